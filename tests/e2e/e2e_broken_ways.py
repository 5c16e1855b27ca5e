"""Ways broken for a while: a firewall in a node's own network namespace, and a policy engine whose
process is stopped without being ended, so that the kernel keeps what it had; and objects that are
there for a while."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from e2e_cluster import Cluster
from e2e_enacted import wait_for_pods
from e2e_workloads import responding
from incident_objects import Object

LARGE = (
    "import http.server as h\n"
    "class A(h.BaseHTTPRequestHandler):\n"
    " def do_GET(s):\n"
    "  b = b'x' * 20000; s.send_response(200); s.send_header('Content-Length', str(len(b)))\n"
    "  s.end_headers(); s.wfile.write(b)\n"
    "h.ThreadingHTTPServer(('', 9095), A).serve_forever()\n"
)
"""A server whose answers do not fit into one packet."""


def real(one: Object, image: str) -> Object:
    """The object with containers that listen; one called `large` answers with what fits into no
    packet."""
    if one["kind"] != "Pod":
        return one
    spec = responding(one["spec"], image)
    if one["spec"].get("hostNetwork"):
        spec["hostNetwork"] = True
        del spec["securityContext"]["sysctls"]  # a node's are not a pod's to set
    if one["metadata"]["name"] == "large":
        spec["containers"][0]["command"] = ["python3", "-c", LARGE]
    return {**one, "spec": spec}


@contextmanager
def firewall(node: str, *rules: str, hook: str = "forward") -> Iterator[None]:
    """Rules of nftables on a node, for a while."""
    from testbed.layout import netns
    from testbed.shell import sh

    table = "prober_e2e"
    head = f"type filter hook {hook} priority -150; policy accept;"  # after conntrack
    lines = [f"table inet {table} {{", "chain c {", head, *rules, "}", "}", ""]
    space = netns(node)
    sh("nft", "-f", "-", netns=space, input_text="\n".join(lines))
    try:
        yield
    finally:
        sh("nft", "delete", "table", "inet", table, netns=space)


@contextmanager
def hanging(cluster: Cluster, node: str) -> Iterator[Callable[[], None]]:
    """The policy engine's agent on a node does nothing any more, and its pod is ready all the same:
    nobody asks the process itself. What it gives lets it go on."""
    from testbed.policy import POLICIES
    from testbed.shell import DAEMONS

    probe = '[{"op": "remove", "path": "/spec/template/spec/containers/0/readinessProbe"}]'
    daemonset = ("-n", "kube-system", "daemonset", cluster.policy)
    cluster.kubectl("patch", *daemonset, "--type=json", "-p", probe)
    cluster.kubectl("-n", "kube-system", "rollout", "status", f"ds/{cluster.policy}")
    group = DAEMONS / f"{node}-{POLICIES[cluster.policy].agent}"
    pids = [int(pid) for file in group.rglob("cgroup.procs") for pid in file.read_text().split()]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)

    def wake() -> None:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)

    try:
        yield wake
    finally:
        wake()


@contextmanager
def in_place(cluster: Cluster, *objects: Object) -> Iterator[None]:
    """The objects, until they are deleted again."""
    cluster.apply(*(real(one, cluster.image) for one in objects))
    wait_for_pods(cluster, objects)
    try:
        yield
    finally:
        for one in objects:
            where = (
                "-n",
                one["metadata"]["namespace"],
                "delete",
                one["kind"],
                one["metadata"]["name"],
            )
            cluster.kubectl(*where, "--grace-period=0", "--force")
