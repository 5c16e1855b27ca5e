"""A run that was interrupted goes on from where it was, and makes no check twice."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from test_chunks import Answering, numbered

from prober.cli.commands import matrix
from prober.cli.output.journal import Journal
from prober.cli.output.state import runs_folder
from prober.coordinator import run
from prober.coordinator.chunks import chunks_of
from prober.coordinator.run import Request, execute
from prober.model.check import Check
from prober.model.errors import UsageError
from prober.model.run import CheckRecord


class Interruption(BaseException):
    """As a signal would end it."""


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> list[Check]:
    """The checks that were made, chunks of ten."""
    made: list[Check] = []

    def small(checks: Sequence[Check], **_: int) -> object:
        for chunk in chunks_of(checks, most=10):
            made.extend(chunk)
            yield chunk

    monkeypatch.setattr(run, "chunks_of", small)
    return made


async def interrupted(checks: Sequence[Check], after: int) -> Journal:
    """A run that ends while its chunk after so many is made."""
    journal = Journal("20260101T000000Z-abcdef", "prober run x.yaml")
    count = 0

    def keep(record: run.RunRecord) -> None:
        nonlocal count
        journal.keep(record)
        count += 1
        if count == after:
            raise Interruption

    with pytest.raises(Interruption):
        await execute(Answering(), Request("long", lambda _: checks, keep=keep))
    return journal


async def test_an_interrupted_run_goes_on_where_it_was(small_chunks: list[Check]) -> None:
    checks = numbered(45)
    whole = await execute(Answering(), Request("long", lambda _: checks))
    journal = await interrupted(checks, 3)
    small_chunks.clear()
    kept = Journal(journal.run, "").resumed("long")
    assert len(kept) == 30
    record = await execute(
        Answering(), Request("long", lambda _: checks, id=journal.run, kept=kept)
    )
    assert [check.id for check in small_chunks] == [check.id for check in checks[30:]]
    assert [one.check.id for one in record.checks] == [one.check.id for one in whole.checks]
    assert (record.summary, record.exit_code) == (whole.summary, whole.exit_code)
    assert record.id == journal.run
    journal.forget()
    assert not journal.folder.exists()


async def test_a_check_that_is_not_what_it_was_is_made_again(small_chunks: list[Check]) -> None:
    checks = numbered(20)
    journal = await interrupted(checks, 1)
    kept: Sequence[CheckRecord] = journal.resumed("long")
    moved = [
        replace(check, probe=replace(check.probe, host="198.18.9.9")) if at == 4 else check
        for at, check in enumerate(checks)
    ]
    small_chunks.clear()
    record = await execute(Answering(), Request("long", lambda _: moved, kept=kept))
    assert {check.id for check in small_chunks} == {
        moved[4].id,
        *(check.id for check in moved[10:]),
    }
    assert len(record.checks) == 20


async def test_a_run_of_one_chunk_writes_nothing(small_chunks: list[Check]) -> None:
    del small_chunks
    kept: list[object] = []
    await execute(Answering(), Request("short", lambda _: numbered(7), keep=kept.append))
    assert kept == []


async def test_only_an_interrupted_run_of_the_same_scenario_is_resumed(
    small_chunks: list[Check],
) -> None:
    del small_chunks
    journal = await interrupted(numbered(20), 1)
    with pytest.raises(UsageError, match="not of other"):
        journal.resumed("other")
    with pytest.raises(UsageError, match="no interrupted run") as caught:
        Journal("20990101T000000Z-ffffff", "").resumed("long")
    assert journal.run in str(caught.value.hint)
    for name in ("../../etc", "", "a/b", "."):
        with pytest.raises(UsageError, match="no interrupted run"):
            Journal(name, "").resumed("long")


def test_a_part_that_is_damaged_is_said(tmp_path: Path) -> None:
    del tmp_path
    folder = runs_folder() / "interrupted" / "broken"
    folder.mkdir(parents=True)
    (folder / "000001.part.json").write_text(json.dumps({"kind": "Run", "schemaVersion": 1}))
    with pytest.raises(UsageError):
        Journal("broken", "").resumed("long")


def test_the_rest_of_a_sample_is_of_the_same_sample() -> None:
    done = CliRunner().invoke(matrix.command, ["--sample", "--resume", "x"])
    assert isinstance(done.exception, UsageError)
    assert "--seed" in done.exception.hint
