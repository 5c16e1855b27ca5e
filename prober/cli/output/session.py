"""From a request to an exit code: run, show, write reports. What `run`, `check` and `matrix` have
in common."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from prober.cli import terminal
from prober.cli.options.fabrics import FabricChoice
from prober.cli.options.shared import OutputOptions
from prober.cli.output.interrupts import run_async
from prober.cli.output.logs import logger
from prober.coordinator.run import Prepared, Request, execute, prepare
from prober.model.errors import ExitCode, ReportError
from prober.model.run import RunRecord
from prober.report import progress_for, render

if TYPE_CHECKING:
    from prober.why.answer import Answer
    from prober.why.asking import WhyQuestion


def run(choice: FabricChoice, request: Request) -> RunRecord:
    """Enter the fabric, run the request, leave the fabric."""

    async def inside() -> RunRecord:
        async with choice.fabric as fabric:
            logger("fabric").info("ready", fabric=fabric.info().name, pods=fabric.info().pods)
            limited = replace(request, limits=choice.limits)
            return await execute(fabric, limited, progress_for(sys.stderr))

    # The fabric is left inside of the coroutine: whatever happens there, an error, a cancellation,
    # what was created is removed before the record is looked at.
    record = run_async(inside())
    notes = {"manifests": choice.manifests} if choice.manifests else {}
    return replace(record, notes={**record.notes, **notes})


def journalled(choice: FabricChoice, request: Request, command: str, resume: str) -> RunRecord:
    """A run that can be resumed when it is interrupted, with `command`; or, with the id of one that
    was, the rest of it. Raises `UsageError` for an id that is not known."""
    import datetime

    from prober.cli.output.journal import Journal
    from prober.coordinator.run import run_id

    journal = Journal(resume or run_id(datetime.datetime.now(datetime.UTC)), command)
    kept = journal.resumed(request.name) if resume else ()
    record = run(choice, replace(request, id=journal.run, kept=kept, keep=journal.keep))
    journal.forget()
    return record


def ask(choice: FabricChoice, question: WhyQuestion) -> Answer:
    """Enter the fabric, find out why, leave the fabric."""
    from prober.why.asking import ask as find_out

    async def inside() -> Answer:
        async with choice.fabric as fabric:
            if question.scope is not None and sys.stderr.isatty():
                terminal.note("reading logs, events and conditions")
            return await find_out(fabric, question, progress_for(sys.stderr))

    return run_async(inside())


def plan(choice: FabricChoice, request: Request) -> Prepared:
    """Enter the fabric and prepare the request, without a packet of its own."""

    async def inside() -> Prepared:
        async with choice.fabric as fabric:
            return await prepare(fabric, request)

    return run_async(inside())


def show(record: RunRecord, options: OutputOptions, *, remembered: bool = True) -> None:
    """Print the record on stdout; `remembered` says whether it is the run whose fixes are known by
    number."""
    color = options.color == "always" or (
        options.color == "auto" and terminal.wants_color(sys.stdout)
    )
    terminal.show_first(
        render(
            record,
            options.output,
            color=color,
            width=terminal.width(),
            remembered=remembered,
        ),
        painted=color,
    )


def conclude(records: Sequence[RunRecord], reports: OutputOptions) -> ExitCode:
    """Write the reports and give the exit code of all runs together. A report that cannot be
    written is never a 0."""
    from prober.coordinator.merge import merge
    from prober.report import format_of

    whole = merge(records)
    return written(
        {path: render(whole, format_of(path)) for path in reports.reports}, whole.exit_code
    )


def reported(record: RunRecord, paths: Sequence[Path], code: ExitCode) -> ExitCode:
    """Write the reports of a run whose exit code is another's word."""
    from prober.report import format_of

    return written({path: render(record, format_of(path)) for path in paths}, code)


def written(texts: Mapping[Path, str], code: ExitCode) -> ExitCode:
    """Write report files after everything was shown; the exit code with that in mind."""
    from prober.files import write_files

    try:
        write_files(texts)
    except ReportError as error:
        terminal.explain(error)
        # A failed check stays a failed check. Only a run that would have been green is lowered:
        # somebody waits for the report, and a missing file must not look like success.
        return max(code, ExitCode.UNKNOWN) if code is ExitCode.OK else code
    return code
