"""Up, load and down."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from testbed import network, node, pki
from testbed.agent_image import write_agent_image
from testbed.archive import write_image
from testbed.binaries import build
from testbed.control_plane import start_control_plane
from testbed.layout import (
    BIN,
    CGROUP,
    CGROUPS,
    DNS_IMAGE,
    HERE,
    IMAGES,
    LOGS,
    OUTSIDE,
    PAUSE_IMAGE,
    SOCKETS,
    STATE,
    WORLD,
    kubeconfig_path,
    node_names,
)
from testbed.policy import POLICIES
from testbed.shell import end_daemon, end_daemons, kubectl, sh, spawn, wait
from testbed.stand_ins import apply_stand_ins


def up(nodes: int, policy: str) -> Path:
    """Build what is missing, start everything, wait until pods can be run; the administrator's
    kubeconfig."""
    build(policy)
    down()
    for folder in (LOGS, IMAGES, SOCKETS):
        folder.mkdir(parents=True)
    names, engine = node_names(nodes), POLICIES[policy]
    network.build_network(names, pod_routes=engine.pod_routes)
    spawn("outside", sys.executable, str(HERE / "outside.py"), OUTSIDE, "22", "443", netns=WORLD)
    authority = pki.Authority()
    start_control_plane(authority)
    engine.prepare(authority)
    images = _images()
    for name in names:
        node.start_node(name, engine, authority, images)
    wait(
        "nodes",
        lambda: kubectl("get", "nodes", "--no-headers", check=False).count(" Ready ") == nodes,
        120,
    )
    kubectl("apply", "-f", str(HERE / "dns.yaml"))
    apply_stand_ins(policy, engine.health_port)
    ready = (
        "-n",
        "kube-system",
        "get",
        "deploy",
        "coredns",
        "-o",
        "jsonpath={.status.readyReplicas}",
    )
    wait("cluster DNS", lambda: kubectl(*ready, check=False) == "1", 120)
    return kubeconfig_path()


def load(archive: Path) -> None:
    """Import an image archive on every node."""
    for path in sorted(STATE.glob("n[0-9]*")):
        if path.is_dir():
            node.import_image(path.name, archive)


def stop(node_name: str, daemon: str) -> None:
    """End `kubelet`, `kube-proxy` or the policy engine's agent on a node; containers, and what was
    loaded into the kernel, stay."""
    end_daemon(f"{node_name}-{daemon}")


def start(node_name: str, daemon: str) -> None:
    """Start again what `stop` ended."""
    if daemon == "kube-proxy":
        node.start_kube_proxy(node_name)
    elif daemon == "kubelet":
        node.start_kubelet(node_name)
    else:
        next(engine for engine in POLICIES.values() if engine.agent == daemon).start(node_name)


def down() -> None:
    """End every process of the testbed, and take away its mounts, namespaces, cgroups and files."""
    end_daemons()
    for line in reversed(sh("mount").splitlines()):
        target = line.split(" on ", 1)[1].split(" type ")[0]
        if target.startswith((f"{STATE}/", f"{SOCKETS}/")):
            sh("umount", "-l", target, check=False)
    network.remove_network()
    for top in CGROUPS.glob(f"*/{CGROUP}"):
        for folder in [
            *sorted((file for file in top.rglob("*") if file.is_dir()), reverse=True),
            top,
        ]:
            sh("rmdir", str(folder), check=False)
    for folder in (STATE, SOCKETS):
        shutil.rmtree(folder, ignore_errors=True)


def _images() -> list[Path]:
    pause, dns, agent = (IMAGES / f"{name}.tar" for name in ("pause", "coredns", "agent"))
    write_image(pause, PAUSE_IMAGE, {"/pause": BIN / "pause"}, ["/pause"])
    write_image(dns, DNS_IMAGE, {"/coredns": BIN / "coredns"}, ["/coredns"])
    write_agent_image(agent)
    return [pause, dns, agent]
