"""`prober matrix`: every pair of pods, observed and predicted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from prober.cli.options.manifests import ManifestOptions
from prober.cli.options.selection import chosen_namespaces, selection_options
from prober.cli.options.shared import FabricOptions, OutputOptions, fabric_options, output_options

if TYPE_CHECKING:
    pass


@click.command("matrix")
@selection_options
@click.option(
    "--timeout", default="2s", show_default=True, metavar="DURATION", help="For each probe."
)
@fabric_options
@output_options(("matrix", "table", "wide", "json", "yaml", "junit", "tap"), "matrix")
def command(
    namespaces: tuple[str, ...],
    all_namespaces: bool,
    selector: str,
    timeout: str,
    lab: bool,
    manifests: ManifestOptions,
    enforcement: str | None,
    faults: tuple[str, ...],
    output: str,
    reports: tuple[Path, ...],
    color: str,
) -> int:
    """Probe every port that a pod declares from every other pod, and compare with what the policies
    say."""
    from prober.baseline.survey import chooser
    from prober.cli.options.fabrics import build
    from prober.cli.output import session
    from prober.cli.output.state import remember
    from prober.coordinator.pairs import pair_checks, without_network
    from prober.coordinator.run import Request
    from prober.model.baseline import Scope
    from prober.report.write import check_paths
    from prober.scenario import parse_duration

    check_paths(reports)
    seconds = parse_duration(timeout)
    wanted = chooser(Scope(chosen_namespaces(namespaces, all_namespaces), selector))
    world = manifests.within(*namespaces)
    ground = build(FabricOptions(lab, world, enforcement, faults))
    request = Request(
        name="matrix",
        checks=lambda snapshot: pair_checks(snapshot, timeout=seconds, wanted=wanted),
        warnings=ground.warnings,
        left_out=lambda snapshot: without_network(snapshot, wanted=wanted),
    )
    out = OutputOptions(output, reports, color)
    record = session.run(ground, request)
    remember(record, manifests.paths() if lab else ())
    session.show(record, out)
    return session.conclude([record], out)
