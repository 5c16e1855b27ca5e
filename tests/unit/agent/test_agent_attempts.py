"""The loop over tries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from agent import attempts
from agent.attempts import observe
from agent.contract import Context
from agent.loop_lag import LagMeter
from agent.net.resolver import Resolver
from agent.path.rst_origin import RstOrigin
from agent.result import AttemptResult
from prober.model.outcome import Evidence, Outcome
from prober.model.probe import Probe, ProbeKind

PROBE = Probe("a", ProbeKind.TCP, "198.18.0.9", 80, attempts=3)


@pytest.fixture
async def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Context]:
    monkeypatch.setattr(attempts, "PAUSE", 0)
    with LagMeter() as lag:
        yield Context(
            Resolver.of_files(tmp_path / "no-resolv.conf", tmp_path / "no-hosts"),
            lag,
            RstOrigin(),
            asyncio.Semaphore(1),
        )


class Script:
    """A probe function that ends as the script says, and remembers which try it was."""

    def __init__(self, *results: AttemptResult | Exception) -> None:
        self._results: Iterator[AttemptResult | Exception] = iter(results)
        self.tries: list[int] = []

    async def __call__(self, probe: Probe, context: Context) -> AttemptResult:
        self.tries.append(context.attempt)
        result = next(self._results)
        if isinstance(result, Exception):
            raise result
        return result


TIMEOUT = AttemptResult(Outcome.TIMEOUT, "198.18.0.9")
OK = AttemptResult(
    Outcome.OK, "198.18.0.9", {"connect": 1.0}, Evidence(local="198.18.0.5:1"), "fine"
)


async def test_the_first_success_ends_it(context: Context) -> None:
    script = Script(OK)
    seen = await observe(PROBE, script, context)
    assert (seen.outcome, seen.phases, seen.evidence, seen.detail) == (
        Outcome.OK,
        OK.phases,
        OK.evidence,
        "fine",
    )
    assert len(seen.attempts) == 1
    assert not seen.flaky


async def test_a_flake_is_ok_and_shown(context: Context) -> None:
    script = Script(TIMEOUT, OK)
    seen = await observe(PROBE, script, context)
    assert [attempt.outcome for attempt in seen.attempts] == [Outcome.TIMEOUT, Outcome.OK]
    assert seen.outcome is Outcome.OK
    assert seen.flaky
    assert script.tries == [0, 1]


async def test_after_the_last_try_its_outcome_stands(context: Context) -> None:
    seen = await observe(PROBE, Script(TIMEOUT, TIMEOUT, AttemptResult(Outcome.REFUSED)), context)
    assert seen.outcome is Outcome.REFUSED
    assert len(seen.attempts) == 3


async def test_a_mistake_in_a_probe_is_that_probes_error(context: Context) -> None:
    seen = await observe(Probe("a", ProbeKind.TCP, "h", 80), Script(KeyError("x")), context)
    assert (seen.outcome, seen.detail) == (Outcome.ERROR, "internal error: KeyError: 'x'")
