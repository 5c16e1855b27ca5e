"""`prober matrix`: every pair of pods, observed and predicted."""

from __future__ import annotations

from dataclasses import dataclass

import click

from prober.cli.options.decorating import takes
from prober.cli.options.selection import SelectionOptions, selection_options
from prober.cli.options.shared import FabricOptions, OutputOptions, fabric_options, output_options


@dataclass(frozen=True, slots=True)
class MatrixOptions:
    """What `matrix` takes."""

    selection: SelectionOptions
    timeout: str
    fabric: FabricOptions
    out: OutputOptions


@click.command("matrix")
@selection_options
@click.option(
    "--timeout", default="2s", show_default=True, metavar="DURATION", help="Timeout of each probe."
)
@fabric_options
@output_options(("matrix", "table", "wide", "json", "yaml", "junit", "tap"), "matrix")
@takes(MatrixOptions)
def command(options: MatrixOptions) -> int:
    """Probe every port that a pod declares from every other pod, and compare with what the policies
    say."""
    from prober.baseline.survey import in_scope
    from prober.cli.options.fabrics import build
    from prober.cli.output import session
    from prober.cli.output.state import remember
    from prober.coordinator.pairs import pair_checks, without_network
    from prober.coordinator.run import Request
    from prober.model.baseline import Scope
    from prober.report.write import check_paths
    from prober.scenario import parse_duration

    out, selection = options.out, options.selection
    check_paths(out.reports)
    seconds = parse_duration(options.timeout)
    wanted = in_scope(Scope(selection.chosen, selection.selector))
    fabric = options.fabric.within(*selection.namespaces)
    choice = build(fabric)
    request = Request(
        name="matrix",
        checks=lambda snapshot: pair_checks(snapshot, timeout=seconds, wanted=wanted),
        warnings=choice.warnings,
        left_out=lambda snapshot: without_network(snapshot, wanted=wanted),
    )
    record = session.run(choice, request)
    remember(record, fabric.manifests.paths() if fabric.lab else ())
    session.show(record, out)
    return session.conclude([record], out)
