"""Who enforces NetworkPolicy. A further engine is one more entry of `POLICIES`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from testbed import cilium
from testbed.layout import BIN, SERVICE_CIDR, kubeconfig_path, netns, pod_cidr
from testbed.pki import Authority
from testbed.shell import spawn


def _nothing(authority: Authority) -> None:
    """Most engines run on nodes only."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One engine."""

    plugins: Callable[[str, Path], list[dict[str, Any]]]
    """The CNI plugins of a node, from its name and its folder."""
    start: Callable[[str], None]
    """Starts what the engine runs on each node, from the node's name; called when the node is
    registered."""
    agent: str = ""
    """What it runs on each node is the daemon NODE-AGENT."""
    health_port: int = 0
    """Where that says on its node's loopback, at /healthz, whether it is well."""
    binaries: tuple[str, ...] = ()
    """The programs that only this engine needs."""
    pod_routes: bool = True
    """Nodes know the way to each other's pods; False for an engine with tunnels of its own."""
    cni_version: str = "0.4.0"
    cni_program: str = ""
    """The one of `binaries` that is a CNI plugin."""
    runtime_environment: Callable[[str], Mapping[str, str]] = lambda node: {}
    """What a node's container runtime hands to CNI plugins, from the node's name."""
    prepare: Callable[[Authority], None] = _nothing
    """Starts what the engine runs beside the control plane, before there are nodes."""
    commands: tuple[str, ...] = ()
    """What it needs of the machine besides what every cluster needs."""
    packages: str = ""
    """The Debian packages that have these."""


def _point_to_point(node: str, root: Path) -> list[dict[str, Any]]:
    """Each pod has a link of its own to its node, as K3s's and kubenet's routed networks have."""
    ipam = {
        "type": "host-local",
        "dataDir": str(root / "ipam"),
        "ranges": [[{"subnet": pod_cidr(node)}]],
        "routes": [{"dst": "0.0.0.0/0"}],
    }
    return [
        {"type": "ptp", "ipMasq": False, "ipam": ipam},
        {"type": "portmap", "capabilities": {"portMappings": True}},
    ]


def _nobody(node: str) -> None:
    """Policies are accepted by the API and enforced by nobody, as with Flannel."""


def _kube_router(node: str) -> None:
    """Only its policy controller, as K3s embeds it: iptables and ipset, and a denied packet is
    rejected."""
    spawn(
        f"{node}-kube-router",
        str(BIN / "kube-router"),
        "--run-router=false",
        "--run-firewall=true",
        "--run-service-proxy=false",
        f"--kubeconfig={kubeconfig_path()}",
        f"--hostname-override={node}",
        f"--service-cluster-ip-range={SERVICE_CIDR}",
        "--iptables-sync-period=30s",
        netns=netns(node),
        env={"NODE_NAME": node},
    )


POLICIES: Mapping[str, Policy] = {
    "kube-router": Policy(_point_to_point, _kube_router, "kube-router", 20244, ("kube-router",)),
    "none": Policy(_point_to_point, _nobody),
    "cilium": Policy(
        cilium.plugins,
        cilium.start_agent,
        "cilium-agent",
        9879,
        ("cilium-agent", "cilium-operator", "cilium-cni", "cilium-dbg"),
        pod_routes=False,
        cni_version="0.3.1",
        cni_program="cilium-cni",
        runtime_environment=cilium.runtime_environment,
        prepare=cilium.prepare,
        commands=("clang-16", "llc-16", "bpftool"),
        packages="clang-16 llvm-16 bpftool",
    ),
}
