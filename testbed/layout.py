"""Addresses, paths and names of the testbed.

All addresses are from ranges reserved for documentation and benchmarks, so that no real network can
be meant.
"""

from __future__ import annotations

import os
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
CACHE = Path(os.environ.get("TESTBED_CACHE", Path.home() / ".cache" / "prober-testbed"))
"""Compiled binaries, kept between runs."""
BIN = CACHE / "bin"
BPF_SOURCES = CACHE / "cilium-bpf"
"""What Cilium's agents compile when they start."""
STATE = Path(os.environ.get("TESTBED_STATE", "/var/tmp/prober-testbed"))  # noqa: S108 - root's own, and short enough
"""Everything of the running testbed: certificates, logs, images, data of etcd and the nodes."""
SOCKETS = Path("/run/prober-testbed")
"""Sockets and container state: a Unix socket's path may have 108 bytes only."""
LOGS = STATE / "logs"
IMAGES = STATE / "images"
PKI = STATE / "pki"
CGROUPS = Path("/sys/fs/cgroup")
CGROUP = os.environ.get("TESTBED_CGROUP", "prober-testbed")
"""By which its processes are found again. A second testbed at the same time needs another, and
network and mount namespaces of its own (README.md)."""

KUBERNETES_VERSION = "1.34.4"

NODE_NET = "198.51.100"
POD_NET = "198.18"
POD_CIDR = f"{POD_NET}.0.0/16"
SERVICE_CIDR = "198.19.0.0/16"
API = f"{NODE_NET}.10"
MACHINE = f"{NODE_NET}.1"
"""The machine that the testbed runs on, for kubectl and the tests."""
GATEWAY = f"{NODE_NET}.253"
"""The way to the world outside."""
API_SERVICE = "198.19.0.1"
DNS_SERVICE = "198.19.0.10"
OUTSIDE = "203.0.113.10"
"""A host outside, which answers on TCP 22 and 443; cluster DNS calls it github.com."""

BALANCED = "203.0.113.200/29"
"""Addresses of load balancers: from outside they lead to the first node, as where one node answers
for them."""

NETNS_PREFIX = "tb-"
SWITCH = "tb-net"
CONTROL_PLANE = "tb-cp"
WORLD = "tb-out"
MACHINE_LINK = "tb-host"

AGENT_IMAGE = "testbed.local/prober-agent:1"
COORDINATOR_IMAGE = "testbed.local/prober:1"
PAUSE_IMAGE = "testbed.local/pause:1"
DNS_IMAGE = "testbed.local/coredns:1"


def node_names(count: int) -> list[str]:
    """n1, n2, …"""
    return [f"n{number}" for number in range(1, count + 1)]


def node_address(name: str) -> str:
    """The node's address on the network between the nodes."""
    return f"{NODE_NET}.{10 + int(name.removeprefix('n'))}"


def pod_cidr(name: str) -> str:
    """The addresses of the node's pods."""
    return f"{POD_NET}.{name.removeprefix('n')}.0/24"


def netns(name: str) -> str:
    """The network namespace of a node."""
    return NETNS_PREFIX + name


def kubeconfig_path(user: str = "admin") -> Path:
    """The kubeconfig of a user or a component."""
    return STATE / f"{user}.kubeconfig"
