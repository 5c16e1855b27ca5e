"""What an agent probes by itself: bounded, reloaded, and told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent.patrolling import assignment as module, rounds
from agent.patrolling.assignment import decode
from agent.patrolling.rounds import Patrol
from agent.patrolling.tally import Tally
from agent.serving.counters import Counters
from agent.serving.metrics import Condition, scrape
from prober.model.errors import UsageError
from prober.model.outcome import Observation, Outcome


def written(count: int = 1, **parts: Any) -> bytes:
    probes = [
        {"id": f"p{n}", "kind": "tcp", "host": "198.51.100.11", "port": 9731} for n in range(count)
    ]
    plan = {"version": 2, "vantage": "node/n1", "probes": probes}
    about = {f"p{n}": ["node", f"n{n}"] for n in range(count)}
    return json.dumps({"version": 1, "plan": plan, "about": about, **parts}).encode()


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
