"""`prober history`: the runs of the past, what changed between them, and since when."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from prober.cli import terminal
from prober.cli.options.cluster import access, access_options, current_cluster_options
from prober.cli.options.decorating import with_options
from prober.cli.output.interrupts import run_async
from prober.cli.terminal import show
from prober.model.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from prober.history.summary import Summary
    from prober.model.run import RunRecord

F = TypeVar("F", bound=Callable[..., Any])
_FORMATS = ("table", "wide", "matrix", "json", "yaml", "junit", "tap")


def _where(command: F) -> F:
    """--cluster, --namespace, and which cluster."""
    options = (
        click.option(
            "--cluster", is_flag=True, help="Those that the operator has kept in the cluster."
        ),
        click.option(
            "-n",
            "--namespace",
            default="",
            metavar="NAME",
            help="Of this namespace of the cluster.",
        ),
    )
    return with_options(options, access_options(command))


@click.group("history")
def command() -> None:
    """The runs of the past: this machine's, or with --cluster those of Scenario objects."""


@command.command("list")
@click.argument("scenario", default="")
@_where
def list_command(scenario: str, cluster: bool, namespace: str) -> int:
    """Which runs there are [of SCENARIO], the newest first, by number."""
    from prober.history.summary import summary_of

    records = _records(cluster, namespace, scenario)
    numbered = [(len(records) - place, summary_of(record)) for place, record in enumerate(records)]
    lines = [_line(number, run) for number, run in reversed(numbered)]
    show("".join(f"{line}\n" for line in _aligned(lines)))
    return ExitCode.OK


@command.command("show")
@click.argument("run")
@click.option("-o", "--output", type=click.Choice(_FORMATS), default="table", show_default=True)
@_where
def show_command(run: str, output: str, cluster: bool, namespace: str) -> int:
    """Show RUN, as it was printed then. RUN is its id, the beginning of it, or its number."""
    from prober.cli.output.past import chosen
    from prober.report import render

    record = chosen(_records(cluster, namespace), run)
    color = terminal.wants_color(sys.stdout)
    text = render(record, output, color=color, width=terminal.width(), remembered=False)
    terminal.show(text, painted=color)
    return record.exit_code


@command.command("diff")
@click.argument("before")
@click.argument("after")
@_where
def diff_command(before: str, after: str, cluster: bool, namespace: str) -> int:
    """What changed from the run BEFORE to the run AFTER. The exit code is 1 when something went
    wrong in between."""
    from prober.cli.output.past import chosen
    from prober.history import changes_of, summary_of
    from prober.report.words import Mark

    records = _records(cluster, namespace)
    old, new = (summary_of(chosen(records, name)) for name in (before, after))
    if old.series != new.series:
        raise UsageError(
            f"{old.id} is of {old.scenario} on {old.fabric}, {new.id} of {new.scenario} on "
            f"{new.fabric}",
            hint="runs of the same scenario on the same cluster can be compared",
        )
    changes = changes_of(old, new)
    lines = [(_word(change.before), "→", _word(change.after), change.subject) for change in changes]
    show("".join(f"{line}\n" for line in _aligned(lines)) or "nothing changed\n")
    worse = [change for change in changes if change.after not in (None, Mark.OK)]
    return ExitCode.FAILED if worse else ExitCode.OK


@command.command("since")
@click.argument("scenario", default="")
@_where
def since_command(scenario: str, cluster: bool, namespace: str) -> int:
    """Since when what is wrong now is wrong [in SCENARIO]. The exit code is 1 when something is."""
    from prober.history import since, summary_of
    from prober.report.words import Mark

    series: dict[tuple[str, str], list[Summary]] = {}
    for record in _records(cluster, namespace, scenario):
        summary = summary_of(record)
        series.setdefault(summary.series, []).append(summary)
    lines = []
    for runs in series.values():
        wrong = [name for name, mark in runs[-1].marks.items() if mark is not Mark.OK]
        for subject in wrong:
            first = since(runs, subject)
            began = first.started if first else runs[-1].started
            oldest = " or longer" if first is runs[0] else ""
            lines.append(
                (
                    runs[-1].marks[subject].value,
                    f"since {began}{oldest}",
                    runs[-1].scenario,
                    subject,
                )
            )
    text = "".join(f"{line}\n" for line in _aligned(lines))
    show(text or "nothing is wrong in the last run of each scenario\n")
    return ExitCode.FAILED if lines else ExitCode.OK


def _records(cluster: bool, namespace: str, scenario: str = "") -> Sequence[RunRecord]:
    from prober.cli.output.past import kept_here, kept_in_cluster

    options = current_cluster_options()
    if cluster or namespace:
        records = run_async(kept_in_cluster(access(options), namespace))
    elif options.kubeconfig or options.context or options.impersonate:
        raise UsageError(
            "a cluster is named, and runs of this machine are asked for", hint="add --cluster"
        )
    else:
        records = kept_here()
    if scenario:
        records = [
            record
            for record in records
            if scenario in (record.scenario, record.scenario.rpartition("/")[2])
        ]
    if not records:
        raise UsageError(
            "no run is kept" + (f" of scenario {scenario}" if scenario else ""),
            hint="prober run keeps its runs on this machine, and the operator keeps those of "
            "Scenario objects in the cluster (--cluster)",
        )
    return records


def _line(number: int, run: Summary) -> tuple[str, ...]:
    code = run.exit_code
    state = {ExitCode.OK: "ok", ExitCode.FAILED: "FAIL"}.get(code, "UNSURE")
    return (str(number), state, run.started, run.scenario, run.counts, run.id)


def _word(mark: object) -> str:
    return str(mark) if mark is not None else "not checked"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns as wide as their widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
