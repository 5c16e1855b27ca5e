"""`prober measure`: what nobody tells about a cluster."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from prober.cli.options.cluster import (
    access,
    cluster_options,
    current_cluster_options,
    settings_of,
)
from prober.cli.output.interrupts import run_async
from prober.cli.terminal import note, show
from prober.model.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from prober.fabric.kubernetes import Access, Settings
    from prober.fabric.kubernetes.measuring import Transition


@click.group("measure")
def command() -> None:
    """Measure what nobody tells about a cluster."""


@command.command("enforcement")
@click.option("-n", "--namespace", required=True, metavar="NAME", help="Where its pods are made.")
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1, 20))
@click.option("-o", "--output", type=click.Choice(["table", "json", "prom"]), default="table")
@cluster_options
def enforcement(namespace: str, rounds: int, output: str) -> int:
    """How long a change of a NetworkPolicy takes until each node enforces it.

    Pods of its own connect to pods of its own, from every node to every node, while a policy that
    selects only those is created and deleted. Nothing else is touched, and all of it is taken away
    at the end, also on Ctrl-C. The exit code is 1 where a change was not enforced within a minute.
    """
    from prober.fabric.kubernetes.measuring.transitions import slowest

    options = current_cluster_options()
    settings = settings_of(options)
    if not settings.image:
        raise UsageError(
            "its pods need the agent's image, and none is named",
            hint="give --image IMAGE or set PROBER_IMAGE (the Dockerfile builds it)",
        )
    transitions = run_async(_measure(access(options), settings, namespace, rounds))
    if output == "json":
        show(_json(transitions))
    elif output == "prom":
        show(_metrics(transitions))
    else:
        show(_table(slowest(transitions), transitions))
    return ExitCode.FAILED if any(pair.seconds is None for pair in transitions) else ExitCode.OK


async def _measure(
    wanted: Access, settings: Settings, namespace: str, rounds: int
) -> list[Transition]:
    from prober.fabric.kubernetes.client import Api
    from prober.fabric.kubernetes.measuring import measure

    async with await Api.open(wanted, settings) as api:
        return await measure(api, settings, namespace, rounds, note)


def _json(transitions: Sequence[Transition]) -> str:
    from prober.report.json_ import dump

    return dump([{**asdict(pair), "seconds": pair.seconds} for pair in transitions])


def _metrics(transitions: Sequence[Transition]) -> str:
    """For a push gateway: a histogram of this measurement, by the node that enforces."""
    from prober.metrics.runs import RunMetrics

    metrics = RunMetrics()
    for pair in transitions:
        if pair.seconds is not None:
            metrics.enforced(pair.target, pair.change.value, pair.seconds)
    return metrics.scrape()[0].decode()


def _table(worst: Sequence[Transition], transitions: Sequence[Transition]) -> str:
    lines = [("change", "from", "to", "first of the new", "last of the old")]
    lines += [
        (pair.change.value, pair.source, pair.target, _time(pair.first), _time(pair.last))
        for pair in worst
    ]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    return "\n".join([*text, "", *_summaries(transitions)]) + "\n"


def _summaries(transitions: Sequence[Transition]) -> list[str]:
    lines = []
    for change in dict.fromkeys(pair.change for pair in transitions):
        times = [
            pair.seconds
            for pair in transitions
            if pair.change is change and pair.seconds is not None
        ]
        missing = sum(pair.change is change and pair.seconds is None for pair in transitions)
        said = "never"
        if times:
            middle, most = statistics.median(times), max(times)
            said = f"median {_time(middle)}, slowest {_time(most)} of {len(times)}"
        lines.append(
            f"{change.value}: {said}" + (f"; {missing} never" if missing and times else "")
        )
    return lines


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
