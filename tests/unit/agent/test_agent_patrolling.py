"""What an agent probes by itself: bounded, reloaded, and told."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from agent.entering.request import Visit, encode_request
from agent.patrolling import assignment as module, rounds
from agent.patrolling.assignment import decode
from agent.patrolling.rounds import Patrol
from agent.patrolling.tally import Tally
from agent.serving.counters import Counters
from agent.serving.metrics import Condition, scrape
from agent.wire import decode_plan, encode_plan
from prober.model.errors import UsageError
from prober.model.outcome import Observation, Outcome
from prober.model.probe import Plan, Probe, ProbeKind


def written(count: int = 1, **parts: Any) -> bytes:
    probes = [
        {"id": f"p{n}", "kind": "tcp", "host": "198.51.100.11", "port": 9731} for n in range(count)
    ]
    plan = {"version": 2, "vantage": "node/n1", "probes": probes}
    about = {f"p{n}": ["node", f"n{n}"] for n in range(count)}
    return json.dumps({"version": 2, "plan": plan, "about": about, **parts}).encode()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "cannot be read"),
        (b"[" * 10_000, "cannot be read"),
        (b"\xff", "cannot be read"),
        (written(version=9), "version 9"),
        (written(more=1), "cannot be read"),
        (written(module.MOST_PROBES + 1), "more than 500 probes"),
        (b" " * (module.MOST_BYTES + 1), "larger than"),
    ],
)
def test_what_is_no_assignment(text: bytes, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        decode(text)


def test_whatever_it_says_it_is_bounded() -> None:
    body = json.loads(written(interval=0.001, rate=1e9))
    body["plan"]["probes"][0] |= {"timeout": 3000, "attempts": 90, "hops": True}
    found = decode(json.dumps(body).encode())
    (probe,) = found.plan.probes
    assert (probe.timeout, probe.attempts, probe.hops) == (module.LONGEST_TIMEOUT, 1, False)
    assert (found.interval, found.plan.rate) == (module.SHORTEST, module.FASTEST)


def test_a_new_assignment_is_taken_without_a_restart(tmp_path: Path) -> None:
    told: list[str] = []
    file = tmp_path / "n1"
    patrol = Patrol(file, told.append)
    patrol.reload()
    assert patrol._assignment is None
    file.write_bytes(written(2))
    patrol.reload()
    patrol.reload()
    assert told == ["2 probes are assigned, every 30 s"]
    file.write_bytes(b"{")
    patrol.reload()
    assert patrol._assignment is None
    assert "cannot be read" in told[-1]
    file.unlink()
    patrol.tally.take(decode(written()), [Observation("p0", Outcome.OK)], 1.0)
    patrol.reload()
    assert not patrol.tally.last, "a node that is drained says nothing about now"


async def test_a_round_is_told_in_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    async def answered(plan: Any, on_observation: Any) -> None:
        for probe in plan.probes:
            outcome = Outcome.TIMEOUT if probe.id == "p1" else Outcome.OK
            on_observation(Observation(probe.id, outcome, 2.0))

    monkeypatch.setattr(rounds, "run_plan", answered)
    patrol = Patrol(Path("/nowhere"), lambda _: None)
    await patrol.round(decode(written(2)))
    text = scrape(Condition("1", False, 1.0, 0.0, 1, 1), Counters(), "", patrol.tally.fill)[
        0
    ].decode()
    assert 'prober_mesh_success{kind="node",target="n0"} 1.0' in text
    assert 'prober_mesh_success{kind="node",target="n1"} 0.0' in text
    assert 'prober_mesh_probes_total{kind="node",outcome="timeout"} 1.0' in text
    assert "198.51.100.11" not in text, "no address is in a label"


def test_of_two_probes_about_the_same_the_worst_is_told() -> None:
    body = json.loads(written(2))
    body["about"] = {"p0": ["node", "n1"], "p1": ["node", "n1"]}
    assignment = decode(json.dumps(body).encode())
    for order in (("p0", "p1"), ("p1", "p0")):
        tally = Tally()
        outcomes = {"p0": Outcome.OK, "p1": Outcome.REFUSED}
        tally.take(assignment, [Observation(name, outcomes[name]) for name in order], 1.0)
        assert tally.last["node", "n1"].outcome is Outcome.REFUSED


LABELS = ["shop/shop", "shop", "deploy/web", "shop", "svc/db", "tcp", "5432"]


def with_checks(*answers: bool, **parts: Any) -> bytes:
    """An assignment with a check from a pod for each of these."""
    body = json.loads(written())
    probes = [
        {"id": f"c{n}", "kind": "tcp", "host": "198.18.2.2", "port": 5432, "timeout": 90.0}
        for n, _ in enumerate(answers)
    ]
    plan = {"version": 2, "vantage": "pod", "probes": probes}
    checks = {f"c{n}": {"labels": LABELS, "answers": wanted} for n, wanted in enumerate(answers)}
    visit = {"container": "a" * 64, "addresses": ["198.18.1.2"], "plan": plan}
    return json.dumps({**body, "visits": [visit], "checks": checks, **parts}).encode()


def test_checks_from_pods_are_bounded_too() -> None:
    found = decode(with_checks(True, True, rate=1e9))
    plan = decode_plan(bytes(found.visits[0].plan))
    assert {probe.timeout for probe in plan.probes} == {module.LONGEST_TIMEOUT}
    assert plan.rate == module.FASTEST
    assert found.probes == 3


def test_pods_that_are_visited_at_once_share_the_budget() -> None:
    body = json.loads(with_checks())
    visits = []
    for number in range(8):
        probe = {"id": f"c{number}", "kind": "tcp", "host": "198.18.2.2", "port": 5432}
        plan = {"version": 2, "vantage": "pod", "probes": [probe]}
        visits.append({"container": f"{number}" * 64, "addresses": [], "plan": plan})
    body |= {"visits": visits, "rate": 20}
    body["checks"] = {f"c{number}": {"labels": LABELS, "answers": True} for number in range(8)}
    found = decode(json.dumps(body).encode())
    rates = [decode_plan(bytes(visit.plan)).rate for visit in found.visits]
    assert sum(rates[: module.PODS_AT_ONCE]) == 20


@pytest.mark.parametrize(
    "text",
    [
        with_checks(True, checks={}),
        with_checks(True, visits=[]),
        with_checks(
            True,
            visits=[{"plan": {"version": 2, "vantage": "pod", "probes": []}}],
            checks={},
        ),
    ],
    ids=["a probe of no check", "a check without a probe", "the node's own network"],
)
def test_what_does_not_belong_together_is_no_assignment(text: bytes) -> None:
    with pytest.raises(UsageError, match="do not belong"):
        decode(text)


def told(answers: bool, *outcomes: Outcome) -> str:
    """What is scraped after a round in which checks of the same labels ended so."""
    assignment = decode(with_checks(*[answers] * len(outcomes)))
    tally = Tally()
    seen = [Observation(f"c{n}", outcome) for n, outcome in enumerate(outcomes)]
    tally.take(assignment, seen, 1.0)
    return scrape(Condition("1", True, 1.0, 0.0, 1, 1), Counters(), "", tally.fill)[0].decode()


SERIES = (
    'prober_agent_check_success{destination="svc/db",namespace="shop",port="5432",protocol="tcp",'
    'scenario="shop/shop",source="deploy/web",source_namespace="shop"}'
)


def test_a_check_is_told_as_the_scenario_means_it() -> None:
    assert f"{SERIES} 1.0" in told(True, Outcome.OK)
    assert f"{SERIES} 0.0" in told(True, Outcome.OK, Outcome.TIMEOUT)
    assert f"{SERIES} 0.0" in told(True, Outcome.REFUSED, Outcome.OK)
    assert f"{SERIES} 0.0" in told(False, Outcome.OK), "a denied flow that is answered"


def test_what_an_agent_cannot_know_has_no_series() -> None:
    """A denial that seems to hold: no control has shown that the target would have answered."""
    assert SERIES not in told(False, Outcome.TIMEOUT)
    assert SERIES not in told(True, Outcome.ERROR)
    assert SERIES not in told(False, Outcome.SILENT)
    gone = told(True)
    assert SERIES not in gone


def test_a_pod_that_could_not_be_visited_is_not_green() -> None:
    assignment = decode(with_checks(True))
    tally = Tally()
    tally.take(assignment, [Observation("c0", Outcome.OK)], 1.0)
    tally.take(assignment, [], 2.0)
    text = scrape(Condition("1", True, 1.0, 0.0, 1, 1), Counters(), "", tally.fill)[0].decode()
    assert SERIES not in text
    assert 'prober_agent_checks_total{outcome="error",scenario="shop/shop"} 1.0' in text


VISITING = """
import asyncio, json, sys
from agent.entering.request import decode_request
from agent.patrolling.pods import from_pods

async def main():
    for _ in range(2):
        seen = []
        wrong = await from_pods(decode_request(sys.argv[1].encode()), seen.append)
        print(json.dumps([sorted([one.probe, one.outcome.value] for one in seen), wrong]))

asyncio.run(main())
"""


def test_pods_are_visited_from_a_running_agent() -> None:
    """Really forked, over loopback, and nothing is entered; a pod that is not there harms no
    other. In a process of its own, which has one thread as an agent has."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        here = Plan("pod", (Probe("c0", ProbeKind.TCP, "127.0.0.1", port),))
        closed = Plan("pod", (Probe("c1", ProbeKind.TCP, "127.0.0.1", 1),))
        visits = [
            Visit(msgspec.Raw(encode_plan(here))),
            Visit(msgspec.Raw(encode_plan(closed)), "f" * 64, ("198.18.1.2",)),
            Visit(msgspec.Raw(encode_plan(closed))),
        ]
        done = subprocess.run(
            [sys.executable, "-c", VISITING, encode_request(visits).decode()],
            cwd=Path(__file__).parents[3],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    rounds_seen = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rounds_seen) == 2
    for seen, wrong in rounds_seen:
        assert seen == [["c0", "ok"], ["c1", "refused"]]
        assert len(wrong) == 1
        assert "no process of container ffffffffffff is on this node" in wrong[0]
