"""`prober matrix`: every pair of pods, observed and predicted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from prober.cli.options.decorating import takes
from prober.cli.options.selection import SelectionOptions, selection_options
from prober.cli.options.shared import FabricOptions, OutputOptions, fabric_options, output_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from prober.model.objects import Pod


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
    "--timeout", default="2s", show_default=True, metavar="DURATION", help="For each probe."
)
@fabric_options
@output_options(("matrix", "table", "wide", "json", "yaml", "junit", "tap"), "matrix")
@takes(MatrixOptions)
def command(options: MatrixOptions) -> int:
    """Probe every port that a pod declares from every other pod, and compare with what the policies
    say."""
    from prober.cli.options.fabrics import build
    from prober.cli.output import session
    from prober.cli.output.state import remember
    from prober.coordinator.pairs import pair_checks, without_network
    from prober.coordinator.run import Request
    from prober.report.write import check_paths
    from prober.scenario import parse_duration

    out, selection = options.out, options.selection
    check_paths(out.reports)
    seconds = parse_duration(options.timeout)
    wanted = chosen(selection.chosen, selection.selector)
    fabric = options.fabric.within(*selection.namespaces)
    ground = build(fabric)
    request = Request(
        name="matrix",
        checks=lambda snapshot: pair_checks(snapshot, timeout=seconds, wanted=wanted),
        warnings=ground.warnings,
        left_out=lambda snapshot: without_network(snapshot, wanted=wanted),
    )
    record = session.run(ground, request)
    remember(record, fabric.manifests.paths() if fabric.lab else ())
    session.show(record, out)
    return session.conclude([record], out)


def chosen(namespaces: tuple[str, ...], selector: str) -> Callable[[Pod], bool]:
    """Which pods take part."""
    from prober.policy.deciding.selectors import selects
    from prober.scenario.text.selector import parse_selector

    labels = parse_selector(selector)

    def wanted(pod: Pod) -> bool:
        return (not namespaces or pod.namespace in namespaces) and selects(labels, pod.labels)

    return wanted
