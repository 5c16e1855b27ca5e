"""A run of any length takes the same way: in chunks, into a log that does not fill the memory."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import replace

import pytest
from test_skipped_checks import Answering, check

from prober.coordinator import run
from prober.coordinator.chunks import chunks_of
from prober.coordinator.record_log import RecordLog
from prober.coordinator.run import Request, execute
from prober.model.check import Check, Vantage, VantageKind
from prober.model.outcome import Observation, Outcome
from prober.model.prediction import Prediction, Ruling
from prober.model.run import CheckRecord, Result, Verdict


def numbered(count: int, vantages: int = 1) -> list[Check]:
    plain = check("web", "api")
    return [
        replace(
            plain,
            id=f"check {number}",
            vantage=Vantage(VantageKind.POD, "shop", f"web-{number % vantages}"),
        )
        for number in range(count)
    ]


def record(number: int, result: Result = Result.PASS) -> CheckRecord:
    (plain,) = numbered(1)
    prediction = Prediction(Ruling.ALLOWED, Ruling.ALLOWED, Ruling.ALLOWED, str(number))
    observation = Observation(str(number), Outcome.OK)
    return CheckRecord(plain, prediction, observation, Verdict.AS_PREDICTED, result)


def test_chunks_keep_the_order_and_their_bounds() -> None:
    checks = numbered(25, vantages=5)
    chunks = list(chunks_of(checks, most=10, vantages=3))
    assert [check.id for chunk in chunks for check in chunk] == [check.id for check in checks]
    assert all(len(chunk) <= 10 for chunk in chunks)
    assert all(len({check.vantage for check in chunk}) <= 3 for chunk in chunks)


def test_nothing_is_one_chunk_less() -> None:
    assert list(chunks_of([])) == []


@pytest.mark.parametrize("most", [100, 3])
def test_a_log_reads_the_same_from_memory_and_from_disk(most: int) -> None:
    log = RecordLog(most_in_memory=most)
    wanted = [record(number) for number in range(10)]
    for number in range(0, 10, 2):
        log.extend(wanted[number : number + 2])
    read: Sequence[CheckRecord] = log.all_records()
    assert list(read) == wanted
    assert (len(read), read[3], list(read[2:4])) == (10, wanted[3], wanted[2:4])


def test_what_went_wrong_is_told_of_a_log_on_disk() -> None:
    log = RecordLog(most_in_memory=1)
    log.extend(record(number, Result.FAIL if number == 7 else Result.PASS) for number in range(10))
    assert [one.observation.probe for one in log.for_diagnosis() if not one.as_expected] == ["7"]


def records_in_memory() -> int:
    """How many there are in this process, whoever made them."""
    gc.collect()
    return sum(isinstance(item, CheckRecord) for item in gc.get_objects())


async def test_a_long_run_is_the_same_run_and_keeps_no_records_in_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    checks = numbered(500)
    request = Request("long", lambda _: checks)
    short = await execute(Answering(), request)
    monkeypatch.setattr(run, "chunks_of", lambda checks, **_: chunks_of(checks, most=50))
    monkeypatch.setattr(run, "RecordLog", lambda: RecordLog(most_in_memory=100))
    monkeypatch.setattr("prober.coordinator.telling.MOST_AS_EXPECTED", 10)
    before = records_in_memory()
    long = await execute(Answering(), request)
    alive = records_in_memory() - before
    assert list(long.checks) == list(short.checks)
    assert (long.summary, long.exit_code) == (short.summary, short.exit_code)
    assert alive <= len(short.checks), "no more than what was compared"
