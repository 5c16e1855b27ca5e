"""What the machine must have, so that a test run can say in one line why it skips."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from testbed.binaries import missing_binaries
from testbed.layout import CGROUPS
from testbed.policy import POLICIES

_COMMANDS = (
    "ip",
    "nsenter",
    "sysctl",
    "containerd",
    "ctr",
    "runc",
    "nft",
    "iptables",
    "ipset",
    "conntrack",
    "kubectl",
)
_PACKAGES = (
    "containerd runc containernetworking-plugins nftables iptables ipset conntrack iproute2 "
    "util-linux procps"
)
CNI_PLUGINS = Path("/usr/lib/cni")


def missing(policy: str) -> str:
    """Why the testbed cannot run here, in one sentence; empty when it can."""
    if os.geteuid() != 0:
        return "the testbed needs root, for network namespaces and containers"
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    engine = POLICIES[policy]
    absent = [
        command
        for command in (*_COMMANDS, *engine.commands)
        if not shutil.which(command, path=path)
    ]
    if absent:
        packages = f"{_PACKAGES} {engine.packages}".strip()
        return (
            f"the testbed needs {', '.join(absent)}; Debian has them as: {packages} (and kubectl)"
        )
    if not (CNI_PLUGINS / "ptp").exists():
        return (
            f"the testbed needs the CNI plugins in {CNI_PLUGINS}; Debian has them as "
            "containernetworking-plugins"
        )
    if not (CGROUPS / "pids").is_dir():
        return "the testbed needs the pids controller at /sys/fs/cgroup/pids (cgroup v1)"
    binaries = missing_binaries(policy)
    if binaries and not shutil.which("go"):
        return (
            f"the testbed's binaries are not built ({', '.join(binaries)}), and there is no Go "
            "to build them with"
        )
    return ""
