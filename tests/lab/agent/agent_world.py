"""A way of three hosts in anonymous network namespaces: client — router — server, over IPv4 and
IPv6.

Works as root and as an ordinary user (then inside a user namespace). Everything hangs on processes
that this module starts, so ending them takes the whole world away.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from agent import wire
from prober.model.outcome import Observation
from prober.model.probe import Plan, Probe

ROOT = Path(__file__).parents[3]
CLIENT, CLIENT6 = "198.18.1.2", "2001:db8:1::2"
NEAR, NEAR6 = "198.18.1.1", "2001:db8:1::1"
"""The router, as the client sees it."""
SERVER, SERVER6 = "198.18.2.2", "2001:db8:2::2"
FAR, FAR6 = "198.18.2.1", "2001:db8:2::1"
"""The router, as the server sees it."""
ABSENT, ABSENT6 = "198.18.2.99", "2001:db8:2::99"
"""On the server's network, but nobody has it."""
NO_ROUTE, NO_ROUTE6 = "203.0.113.7", "2001:db8:ffff::7"
"""The client sends it to the router, which has no route to it."""
CUT_OFF = "203.0.113.66"
"""The router says that there is no such network. (A missing route says the same, but Linux sends
that error only a few times, whatever the limits are set to.)"""
VIRTUAL = "198.19.0.10"
"""A virtual address, which the router translates to the server (as kube-proxy does)."""

NO_CAPABILITIES = ("setpriv", "--inh-caps=-all", "--bounding-set=-all")


class World:
    """The three hosts. `enter` starts them, `close` ends every process that was started."""

    def __init__(self) -> None:
        self._processes: list[subprocess.Popen[bytes]] = []
        self._prefix: dict[str, list[str]] = {}

    def open(self) -> None:
        """Make the namespaces, the links and the routes."""
        user = os.geteuid() != 0
        unshare = (
            ["unshare", "--user", "--map-root-user", "--net"] if user else ["unshare", "--net"]
        )
        client = self._keep(unshare)
        self._prefix["client"] = ["nsenter", f"--target={client}", "--net"]
        if user:
            self._prefix["client"] += ["--user", "--preserve-credentials"]
        for name in ("router", "server"):
            pid = self._keep([*self._prefix["client"], "unshare", "--net"])
            self._prefix[name] = [
                *self._prefix["client"][:1],
                f"--target={pid}",
                *self._prefix["client"][2:],
            ]
            self._pids = {**getattr(self, "_pids", {}), name: pid}
        for name in ("client", "router", "server"):
            # An address that is still being checked for a duplicate answers nobody.
            self.shell(name, "for f in /proc/sys/net/ipv6/conf/*/accept_dad; do echo 0 > $f; done")
        self._link("client", "router", (CLIENT, CLIENT6), (NEAR, NEAR6))
        self._link("server", "router", (SERVER, SERVER6), (FAR, FAR6))
        for name, link in (
            ("client", "to-router"),
            ("router", "to-client"),
            ("router", "to-server"),
            ("server", "to-router"),
        ):
            self._until_up(name, link)
        for name, gateway, gateway6 in (("client", NEAR, NEAR6), ("server", FAR, FAR6)):
            self.shell(
                name, f"ip route add default via {gateway}; ip -6 route add default via {gateway6}"
            )
        self.shell(
            "router",
            (
                "echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > "
                "/proc/sys/net/ipv6/conf/all/forwarding"
            ),
        )
        for name in ("client", "router", "server"):
            # A machine limits the ICMP errors it sends; the tests want each of theirs.
            self.shell(name, "ip link set lo up; echo 0 > /proc/sys/net/ipv4/icmp_ratelimit")
            self.shell(name, "echo 0 > /proc/sys/net/ipv6/icmp/ratelimit")
            # Neighbour discovery gives up after three seconds; the tests need not wait for it.
            self.shell(
                name, "for f in /proc/sys/net/ipv?/neigh/*/retrans_time_ms; do echo 200 > $f; done"
            )

    def close(self) -> None:
        """End what was started, the newest first."""
        for process in reversed(self._processes):
            process.kill()
            process.wait()

    def shell(self, host: str, script: str) -> str:
        """Run a script on a host and return what it printed; its failure is the test's."""
        done = subprocess.run(
            [*self._prefix[host], "sh", "-ec", script],
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        )
        assert done.returncode == 0, f"on {host}: {script}\n{done.stderr}"
        return done.stdout

    def rules(self, host: str, ruleset: str) -> None:
        """Load nftables rules on a host."""
        done = subprocess.run(
            [*self._prefix[host], "nft", "-f", "-"],
            input=ruleset,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def start(self, host: str, *command: str) -> subprocess.Popen[bytes]:
        """Start a Python program on a host; it runs until the world closes. It says that it is
        ready by a line."""
        process = subprocess.Popen(
            [*self._prefix[host], sys.executable, *command],
            stdout=subprocess.PIPE,
            cwd=ROOT,
            start_new_session=True,
        )
        self._processes.append(process)
        return process

    def run(
        self,
        *probes: Probe,
        host: str = "client",
        options: Sequence[str] = (),
        under: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> dict[str, Observation]:
        """Run a plan with the agent's runner on a host; observations by probe id. The stream must
        be complete."""
        done = subprocess.run(
            [*self._prefix[host], *under, sys.executable, "-m", "agent.runner", *options],
            input=wire.encode_plan(Plan(host, tuple(probes))) + b"\n",
            capture_output=True,
            check=False,
            timeout=60,
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
        )
        lines = [wire.decode_line(line) for line in done.stdout.splitlines()]
        assert done.returncode == 0, (done.stdout, done.stderr)
        assert lines[-1] == wire.End(len(probes)), (lines, done.stderr)
        assert done.stderr == b""
        return {line.probe: line for line in lines if isinstance(line, Observation)}

    def one(self, probe: Probe, **how: object) -> Observation:
        """Run a single probe."""
        return self.run(probe, **how)[probe.id]  # type: ignore[arg-type]  # the same keywords

    def _keep(self, command: list[str]) -> int:
        """A process that holds a namespace open; its id is the target of nsenter."""
        process = subprocess.Popen(
            [*command, "sh", "-c", "echo ready; exec sleep 600"], stdout=subprocess.PIPE
        )
        self._processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n", "no right to make network namespaces"
        return process.pid

    def _link(self, this: str, other: str, near: tuple[str, str], far: tuple[str, str]) -> None:
        self.shell(
            this, f"ip link add to-{other} type veth peer name to-{this} netns {self._pids[other]}"
        )
        for host, peer, (four, six) in ((this, other, near), (other, this, far)):
            self.shell(
                host,
                (
                    f"ip address add {four}/24 dev to-{peer}; ip -6 address add {six}/64 dev "
                    f"to-{peer} nodad"
                ),
            )
            self.shell(host, f"ip link set to-{peer} up")

    def _until_up(self, host: str, link: str) -> None:
        """Wait until the kernel's link watch has seen the carrier, up to a second later on a busy
        machine: until then the queue of the link discards every packet (net/core/link_watch.c),
        and neighbour discovery, shortened below, would give up before it."""
        wait_until(lambda: "state UP" in self.shell(host, f"ip -o link show dev {link}"))


def wait_for_line(process: subprocess.Popen[bytes]) -> None:
    """Wait until the program has said that it is ready."""
    assert process.stdout is not None
    assert process.stdout.readline(), "the program ended before it was ready"


def wait_until(condition: object, seconds: float = 10.0) -> None:
    """Wait for something that says nothing when it is ready."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():  # type: ignore[operator]  # any callable
            return
        time.sleep(0.02)
    raise AssertionError("it did not get ready in time")
