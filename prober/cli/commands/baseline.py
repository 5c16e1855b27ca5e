"""`prober baseline`: what was reachable before a change, and what the change did to it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prober.cli.options.decorating import PATH, takes
from prober.cli.options.selection import SelectionOptions, selection_options
from prober.cli.options.shared import (
    FabricOptions,
    OutputOptions,
    fabric_options,
    output_options,
)
from prober.cli.terminal import note, say
from prober.model.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from prober.baseline.survey import Survey
    from prober.model.baseline import ChangeReport, Scope
    from prober.model.check import Check
    from prober.model.run import RunRecord
    from prober.model.snapshot import Snapshot

CHANGE_FORMATS = ("table", "json", "yaml", "junit", "tap")
TIMEOUT = click.option(
    "--timeout", default="2s", show_default=True, metavar="DURATION", help="Timeout of each probe."
)
ALLOW = click.option(
    "--allow",
    "allow_files",
    multiple=True,
    type=PATH,
    metavar="FILE",
    help="A file of expected changes.",
)


@dataclass(frozen=True, slots=True)
class SaveOptions:
    """What `save` takes."""

    target: Path
    selection: SelectionOptions
    pods: str
    timeout: str
    fabric: FabricOptions


@dataclass(frozen=True, slots=True)
class DiffOptions:
    """What `diff` takes."""

    saved: Path
    allow_files: tuple[Path, ...]
    timeout: str
    fabric: FabricOptions
    out: OutputOptions


@click.group("baseline")
def command() -> None:
    """What was reachable before a change, and what the change did to it."""


@command.command("save")
@click.argument("target", type=PATH, metavar="FILE")
@selection_options
@click.option(
    "--pods",
    type=click.Choice(["all", "one"]),
    default="all",
    show_default=True,
    help="Probe all pods of each workload, or one.",
)
@TIMEOUT
@fabric_options
@takes(SaveOptions)
def save(options: SaveOptions) -> int:
    """Probe every port that a workload declares from every other workload, and write what was seen
    to FILE.

    FILE is YAML, or JSON when it ends in .json. Keep it in git: it has one flow a line, in a stable
    order.
    """
    from prober.baseline.file import baseline_text, check_suffix
    from prober.baseline.survey import in_scope
    from prober.files import check_writable, write_files
    from prober.model.baseline import Scope

    target, selection = options.target, options.selection
    check_suffix(target)
    check_writable(target, what="baseline")
    scope = Scope(selection.chosen, selection.selector, every_pod=options.pods == "all")
    in_scope(scope)
    name = f"baseline {target.name}"
    survey, record = _look(options.fabric, scope, options.timeout, name)
    if not survey.baseline.cells:
        raise UsageError(
            "there is no flow to save: no two pods in scope, or none that declares a port",
            hint="check -n and -l",
        )
    write_files({target: baseline_text(survey.baseline, target.suffix)}, what="baseline")
    return _saved(target, survey, record)


def _saved(target: Path, survey: Survey, record: RunRecord) -> ExitCode:
    from collections import Counter

    cells = survey.baseline.cells.values()
    counts = Counter(cell.observed.value for cell in cells if cell.observed)
    seen = ", ".join(f"{count} {word}" for word, count in sorted(counts.items()))
    workloads = len(survey.baseline.workloads)
    say(f"saved {len(cells)} flows among {workloads} workloads to {target}: {seen}")
    for warning in record.warnings:
        note(f"warning: {warning}")
    for failure in record.failures:
        note(f"{failure.vantage}: {failure.message}")
        if failure.hint:
            say(f"  hint: {failure.hint}", err=True)
    unknown = survey.baseline.unknown
    for key in unknown[:5]:
        note(f"unknown: {key} ({', '.join(survey.baseline.cells[key].outcomes)})")
    if len(unknown) > 5:
        note(f"unknown: and {len(unknown) - 5} more")
    return ExitCode.UNKNOWN if unknown or record.failures else ExitCode.OK


@command.command("diff")
@click.argument("saved", type=PATH, metavar="FILE")
@ALLOW
@TIMEOUT
@fabric_options
@output_options(CHANGE_FORMATS, "table")
@takes(DiffOptions)
def diff(options: DiffOptions) -> int:
    """Probe the flows of FILE again; say what opened, what closed, and which policy did it.

    The exit code is 1 when anything changed that no --allow file lists, and 3 when a flow that was
    known cannot be determined any more.
    """
    from prober.baseline.allow import load_allowances
    from prober.baseline.diff import diff as compared
    from prober.baseline.file import load_baseline
    from prober.report.write import check_paths

    check_paths(options.out.reports)
    then = load_baseline(options.saved)
    allowances = [allowance for path in options.allow_files for allowance in load_allowances(path)]
    name = f"baseline {options.saved.name}"
    survey, record = _look(options.fabric, then.scope, options.timeout, name)
    return conclude(compared(then, survey, record, allowances, name), options.out)


def _look(
    options: FabricOptions, scope: Scope, timeout: str, name: str
) -> tuple[Survey, RunRecord]:
    """Probe everything in scope, with the engine that `run` has."""
    from prober.baseline.survey import survey_checks, survey_of
    from prober.cli.options.fabrics import build
    from prober.cli.output import session
    from prober.coordinator.run import Request
    from prober.scenario import parse_duration

    seconds = parse_duration(timeout)
    choice = build(options)
    seen: list[Snapshot] = []

    def checks(snapshot: Snapshot) -> list[Check]:
        seen.append(snapshot)
        return list(survey_checks(snapshot, scope, seconds))

    record = session.run(choice, Request(name=name, checks=checks, warnings=choice.warnings))
    return survey_of(record, seen[0], scope), record


def conclude(report: ChangeReport, options: OutputOptions) -> ExitCode:
    """Show what changed, write the reports and give the exit code. A report that cannot be written
    is never a 0."""
    import sys

    from prober.cli import terminal
    from prober.cli.output import session
    from prober.report.changes import render_changes, render_for

    color = options.color == "always" or (
        options.color == "auto" and terminal.wants_color(sys.stdout)
    )
    text = render_changes(report, options.output, color=color, width=terminal.width())
    terminal.show_first(text, painted=color)
    texts = {path: render_for(report, path) for path in options.reports}
    return session.written(texts, report.exit_code)
