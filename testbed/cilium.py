"""Cilium as the CNI: eBPF, VXLAN between the nodes, identities as objects of the API; a denied
packet is dropped.

Each agent has a mount namespace of its own: its paths are fixed (/run/cilium, /sys/fs/bpf), and two
agents that shared them would corrupt each other's maps. It acts as the service account `cilium`
with the ClusterRole `cilium`, as its Helm chart has it, so that what happens without that role can
be tried.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from testbed.layout import (
    BIN,
    BPF_SOURCES,
    CGROUPS,
    CONTROL_PLANE,
    HERE,
    LOGS,
    SOCKETS,
    STATE,
    kubeconfig_path,
    netns,
)
from testbed.pki import Authority
from testbed.shell import kubectl, sh, spawn

ACCOUNT = "system:serviceaccount:kube-system:cilium"
ACCOUNT_FILE = "cilium"
"""Of the agents' certificate and kubeconfig."""
_IN_CLUSTER = {"CILIUM_K8S_NAMESPACE": "kube-system"}
_PRIVATE = """\
mkdir -p /run/cilium /sys/fs/bpf
mount --bind "$0" /run/cilium && mount --bind "$0/bpf" /sys/fs/bpf && exec "$@"
"""


def plugins(node: str, root: Path) -> list[dict[str, Any]]:
    """The CNI plugin, which asks the node's agent."""
    return [{"type": "cilium-cni", "log-file": str(LOGS / f"{node}-cilium-cni.log")}]


def runtime_environment(node: str) -> Mapping[str, str]:
    """Where the plugin finds the agent, which sees the same folder as /run/cilium."""
    return {"CILIUM_SOCK": str(_state(node) / "cilium.sock")}


def prepare(authority: Authority) -> None:
    """The agents' account and its rights, and the operator, which makes Cilium's resource
    definitions."""
    authority.user(ACCOUNT, "system:serviceaccounts", file=ACCOUNT_FILE)
    kubectl("apply", "-f", str(HERE / "cilium.yaml"))
    spawn(
        "cilium-operator",
        str(BIN / "cilium-operator"),
        f"--k8s-kubeconfig-path={kubeconfig_path()}",
        "--identity-allocation-mode=crd",
        "--ipam=kubernetes",
        netns=CONTROL_PLANE,
        env={**_IN_CLUSTER, "K8S_NODE_NAME": "control-plane"},
    )


def start_agent(node: str) -> None:
    """The agent of a node, for the first time or again. It compiles its programs with the machine's
    clang when it starts; what it has loaded stays when it ends, as on any node."""
    state, library = _state(node), STATE / node / "cilium"
    if not state.exists():
        (state / "bpf").mkdir(parents=True)
        sh("mount", "-t", "bpf", "bpf", str(state / "bpf"))
        shutil.copytree(BPF_SOURCES, library / "bpf")
    tools = _tools(library)
    spawn(
        f"{node}-cilium-agent",
        "unshare",
        "--mount",
        "sh",
        "-c",
        _PRIVATE,
        str(state),
        str(BIN / "cilium-agent"),
        f"--k8s-kubeconfig-path={kubeconfig_path(ACCOUNT_FILE)}",
        f"--lib-dir={library}",
        "--enable-ipv6=false",
        "--ipam=kubernetes",
        "--routing-mode=tunnel",
        "--tunnel-protocol=vxlan",
        "--kube-proxy-replacement=false",
        "--enable-l7-proxy=false",
        "--identity-allocation-mode=crd",
        "--enable-ipv4-masquerade=false",
        "--enable-health-checking=false",
        "--enable-endpoint-health-checking=false",
        "--enable-hubble=false",
        f"--cgroup-root={CGROUPS}/unified",
        "--devices=eth0",
        "--prometheus-serve-addr=",
        netns=netns(node),
        env={**_IN_CLUSTER, "K8S_NODE_NAME": node, "PATH": f"{tools}:{os.environ['PATH']}"},
    )


def _state(node: str) -> Path:
    return SOCKETS / f"{node}-cilium"


def _tools(library: Path) -> Path:
    """The compiler under the names that the agent calls, and a modprobe that has nothing to do."""
    folder = library / "bin"
    folder.mkdir(exist_ok=True)
    scripts = {
        "modprobe": "exit 0",
        # newer than the one it was written for, and warns of more
        "clang": 'exec clang-16 "$@" -Wno-error -w',
        "llc": 'exec llc-16 "$@"',
    }
    for name, script in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return folder
