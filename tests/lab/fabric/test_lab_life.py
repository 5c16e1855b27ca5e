"""A lab leaves nothing behind, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from lab_observing import MakeLab, observe
from lab_processes import STARTER, Marked, eventually, pinned
from lab_worlds import SHOP

from prober.model.check import Vantage, VantageKind
from prober.model.errors import FabricError
from prober.model.probe import Failure, Observed, Plan, Probe, ProbeKind

pytestmark = pytest.mark.lab

FAR = Vantage(VantageKind.POD, "shop", "far")


@contextmanager
def _started(tmp_path: Path, marked: Marked) -> Iterator[subprocess.Popen[str]]:
    world = tmp_path / "world.yaml"
    world.write_text(SHOP)
    process = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(world)],
        stdout=subprocess.PIPE,
        text=True,
        env=marked.environment(),
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        eventually(lambda: not marked.processes(), "the lab's processes are gone")


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_when_the_starter_is_ended_while_it_probes(
    tmp_path: Path, number: signal.Signals
) -> None:
    marked = Marked()
    with _started(tmp_path, marked) as process:
        assert (_line(process), _line(process)) == ("up", "ok")
        namespaces = marked.namespaces()
        assert len(namespaces) > 10
        process.send_signal(number)
        process.wait()
        eventually(lambda: not marked.processes(), "the lab's processes are gone")
        assert pinned(namespaces) == set()


@pytest.mark.parametrize("progress", [1, 2, 5, 12])
def test_nothing_is_left_when_the_starter_is_killed_while_it_builds(
    tmp_path: Path, progress: int
) -> None:
    """As soon as this many namespaces are there."""
    marked = Marked()
    with _started(tmp_path, marked) as process:
        eventually(lambda: len(marked.namespaces()) >= progress, "the lab is being built")
        namespaces = marked.namespaces()
        process.kill()
        process.wait()
        eventually(lambda: not marked.processes(), "the lab's processes are gone")
        assert pinned(namespaces) == set()


def test_nothing_is_left_when_the_keepers_guard_is_killed(tmp_path: Path) -> None:
    marked = Marked()
    with _started(tmp_path, marked) as process:
        assert _line(process) == "up"
        guard = next(pid for pid in marked.processes() if _parent(pid) == process.pid)
        namespaces = marked.namespaces()
        os.kill(guard, signal.SIGKILL)
        eventually(lambda: set(marked.processes()) <= {process.pid}, "the keeper is gone")
        assert pinned(namespaces) == set()


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


async def test_two_labs_at_once_do_not_meet(make_lab: MakeLab) -> None:
    first, two = (
        make_lab(SHOP),
        make_lab(SHOP, "not-listening=pod/web-1.shop", "not-listening=pod/web-2.shop"),
    )
    async with first, two:
        seen = [await observe(lab, (FAR.id, ["tcp://web:80"])) for lab in (first, two)]
    assert [each.outcome(FAR.id, "tcp://web:80") for each in seen] == ["ok", "refused"]


async def test_a_vantage_that_does_not_exist_fails_alone(make_lab: MakeLab) -> None:
    nobody = Vantage(VantageKind.POD, "shop", "nobody")
    probe = Probe("web", ProbeKind.TCP, "198.19.1.1", 80)
    async with make_lab(SHOP) as lab:
        items = [
            item
            async for item in lab.run(
                [(vantage, Plan(vantage.id, (probe,))) for vantage in (nobody, FAR)]
            )
        ]
    failures = [item for item in items if isinstance(item, Failure)]
    assert [(failure.vantage, failure.message) for failure in failures] == [
        (nobody.id, "the lab has no pod/shop/nobody")
    ]
    assert [item.observation.outcome.value for item in items if isinstance(item, Observed)] == [
        "ok"
    ]


async def test_closing_the_run_stops_the_probes(make_lab: MakeLab) -> None:
    probes = (
        Probe("web", ProbeKind.TCP, "198.19.1.1", 80),
        Probe("hole", ProbeKind.TCP, "198.19.9.9", 80, timeout=60),
    )
    async with make_lab(SHOP) as lab:
        running = lab.run([(FAR, Plan(FAR.id, probes))])
        first = await anext(running)
        await running.aclose()
        assert isinstance(first, Observed)
        code, processes = await lab.command(FAR, "ps", "-e")
        again = [item async for item in lab.run([(FAR, Plan(FAR.id, probes[:1]))])]
    assert code == 0
    assert len(processes.splitlines()) == 5, (
        f"keeper, two servers and ps itself, under a heading:\n{processes}"
    )
    assert len(again) == 1


async def test_an_agent_that_is_killed_is_a_failure_and_not_silence(make_lab: MakeLab) -> None:
    hole = Probe("hole", ProbeKind.TCP, "198.19.9.9", 80, timeout=60)
    web = Probe("web", ProbeKind.TCP, "198.19.1.1", 80)
    items: list[Observed | Failure] = []
    async with make_lab(SHOP) as lab:
        async for item in lab.run([(FAR, Plan(FAR.id, (web, hole)))]):
            items.append(item)
            if isinstance(item, Observed):
                await lab.command(FAR, "sh", "-c", "kill -9 $(ps -e -o pid= | sort -n | sed -n 4p)")
    assert isinstance(items[-1], Failure)
    assert "the stream was cut off" in items[-1].message
    assert "-9" in items[-1].message


async def test_when_a_server_of_the_lab_ends_the_lab_ends(make_lab: MakeLab) -> None:
    """Otherwise everything would look refused, and the lab would have told a lie."""
    async with make_lab(SHOP) as lab:
        with pytest.raises(FabricError, match="keeper has ended"):
            await lab.command(
                FAR, "sh", "-c", "kill -9 $(ps -e -o pid= | sort -n | sed -n 2p); sleep 60"
            )
        items = [
            item
            async for item in lab.run(
                [(FAR, Plan(FAR.id, (Probe("w", ProbeKind.TCP, "web", 80),)))]
            )
        ]
    assert [type(item) for item in items] == [Failure]


async def test_a_command_sees_the_files_of_its_seat(make_lab: MakeLab) -> None:
    async with make_lab(SHOP) as lab:
        _, pod = await lab.command(FAR, "sh", "-c", "hostname; cat /etc/resolv.conf /etc/hosts")
        _, node = await lab.command(Vantage(VantageKind.NODE, "", "n1"), "cat", "/etc/resolv.conf")
        missing, _ = await lab.command(FAR, "no-such-command")
    assert pod.splitlines()[:4] == [
        "far",
        "nameserver 198.19.0.10",
        "search shop.svc.cluster.local svc.cluster.local cluster.local",
        "options ndots:5",
    ]
    assert "198.18.3.2\tfar" in pod
    assert node == "nameserver 203.0.113.53\n"
    assert missing == 127
