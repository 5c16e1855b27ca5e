"""`prober matrix`: every pair of pods, observed and predicted."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from prober.cli.options.decorating import takes
from prober.cli.options.resuming import resume_option
from prober.cli.options.selection import SelectionOptions, selection_options
from prober.cli.options.sharding import shard_of, shard_option
from prober.cli.options.shared import FabricOptions, OutputOptions, fabric_options, output_options
from prober.model.errors import UsageError

if TYPE_CHECKING:
    from prober.coordinator.run import Request
    from prober.model.check import Check
    from prober.model.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class MatrixOptions:
    """What `matrix` takes."""

    selection: SelectionOptions
    timeout: str
    sample: bool
    seed: int | None
    shard: str
    resume: str
    fabric: FabricOptions
    out: OutputOptions


@click.command("matrix")
@selection_options
@click.option(
    "--timeout", default="2s", show_default=True, metavar="DURATION", help="Timeout of each probe."
)
@click.option(
    "--sample",
    is_flag=True,
    help="Probe one pair for each pair of classes of pods, not all pairs.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31 - 1),
    metavar="NUMBER",
    help="Draw the same sample again; without it, another one each time.",
)
@shard_option
@resume_option
@fabric_options
@output_options(("matrix", "table", "wide", "json", "yaml", "junit", "tap"), "matrix")
@takes(MatrixOptions)
def command(options: MatrixOptions) -> int:
    """Probe every port that a pod declares from every other pod, and compare with what the policies
    say."""
    from prober.cli.options.fabrics import build
    from prober.cli.output import session
    from prober.cli.output.state import remember
    from prober.report import check_paths

    check_paths(options.out.reports)
    seed = _seed(options)
    request = _request(options, seed)
    fabric = options.fabric.within(*options.selection.namespaces)
    choice = build(fabric)
    request = replace(request, warnings=choice.warnings)
    again = f"prober matrix …{f' --seed {seed}' if options.sample else ''}"
    record = session.journalled(choice, request, again, options.resume)
    remember(record, fabric.manifests.paths() if fabric.lab else ())
    session.show(record, options.out)
    return session.conclude([record], options.out)


def _request(options: MatrixOptions, seed: int) -> Request:
    """What is asked of the run."""
    from prober.baseline.survey import in_scope
    from prober.coordinator.pairs import pair_checks, with_strangers, without_network
    from prober.coordinator.run import Request
    from prober.coordinator.sampling import sample
    from prober.model.baseline import Scope
    from prober.scenario import parse_duration

    seconds = parse_duration(options.timeout)
    wanted = in_scope(Scope(options.selection.chosen, options.selection.selector))

    def checks(snapshot: Snapshot) -> Sequence[Check]:
        if options.sample:
            return sample(snapshot, timeout=seconds, wanted=wanted, seed=seed).checks
        return pair_checks(snapshot, timeout=seconds, wanted=wanted)

    def left_out(snapshot: Snapshot) -> Sequence[str]:
        absent = without_network(snapshot, wanted=wanted)
        if not options.sample:
            return absent
        return [sample(snapshot, timeout=seconds, wanted=wanted, seed=seed).words, *absent]

    return Request(
        "matrix",
        checks,
        left_out=left_out,
        predicted_only=lambda snapshot: with_strangers(snapshot, wanted=wanted),
        shard=shard_of(options.shard),
    )


def _seed(options: MatrixOptions) -> int:
    """Of a sample. Raises `UsageError` for options that contradict each other."""
    if options.seed is not None and not options.sample:
        raise UsageError("--seed is for --sample", hint="add --sample, or leave --seed out")
    if options.sample and options.shard and options.seed is None:
        raise UsageError(
            "the shards of a sample have to draw the same one",
            hint="give every shard the same --seed",
        )
    if options.sample and options.resume and options.seed is None:
        raise UsageError(
            "the rest of a sample has to be of the same one",
            hint="give the --seed that the interrupted run told",
        )
    return secrets.randbelow(2**31) if options.seed is None else options.seed
