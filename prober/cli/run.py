"""`prober run`: the checks of one or more scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prober.cli.loading import load_scenarios
from prober.cli.options import PATH, FabricOptions, OutputOptions, fabric_options, output_options, probe_options

if TYPE_CHECKING:
    from prober.cli.fabrics import Ground
    from prober.coordinator.run import Request
    from prober.scenario import Scenario

SEPARATE = ("table", "wide")
"""Formats in which several scenarios are shown one after the other; the others hold one record, merged."""


@click.command("run")
@click.argument("scenarios", nargs=-1, required=True, type=PATH, metavar="SCENARIO...")
@click.option(
    "-n", "--namespace", default="", help="The namespace of names in scenarios whose metadata does not say one."
)
@fabric_options
@probe_options
@output_options(("table", "wide", "matrix", "json", "yaml", "junit", "tap"), "table")
@click.option("--dry-run", is_flag=True, help="Show what would be probed from where; send nothing.")
def command(
    scenarios: tuple[Path, ...],
    namespace: str,
    lab: bool,
    manifests: tuple[Path, ...],
    enforcement: str | None,
    faults: tuple[str, ...],
    timeout: str | None,
    attempts: int | None,
    output: str,
    reports: tuple[Path, ...],
    color: str,
    dry_run: bool,
) -> int:
    """Run the checks of one or more SCENARIO files and say what is wrong, and why."""
    from prober.cli import session
    from prober.report.write import check_paths

    out = OutputOptions(output, reports, color)
    fabric = FabricOptions(lab, manifests, enforcement, faults)
    check_paths(reports)
    read = load_scenarios(scenarios, lab=lab, manifests=manifests, namespace=namespace)
    loaded: Sequence[Scenario] = [overridden(scenario, timeout, attempts) for scenario in read]
    if dry_run:
        for scenario in loaded:
            _dry_run(scenario, fabric, output)
        return 0
    records = []
    for scenario in loaded:
        ground, request = prepared(scenario, fabric)
        records.append(session.run(ground, request))
        if output in SEPARATE:
            session.show(records[-1], out)
    if output not in SEPARATE:
        from prober.coordinator.merge import merge

        session.show(merge(records), out)
    return session.conclude(records, out)


def _dry_run(scenario: Scenario, fabric: FabricOptions, output: str) -> None:
    from prober.cli import session, terminal
    from prober.report.plan import render_plan

    ready = session.plan(*prepared(scenario, fabric))
    form = output if output in ("json", "yaml") else "table"
    click.echo(render_plan(ready.checks, ready.wave.plans, form, width=terminal.width()).rstrip("\n"))


def prepared(scenario: Scenario, options: FabricOptions) -> tuple[Ground, Request]:
    """The fabric and the request of a scenario."""
    from prober.cli.fabrics import build
    from prober.coordinator.run import Request
    from prober.scenario import resolve

    ground = build(options, scenario.lab_manifests)
    return ground, Request(
        name=scenario.name,
        checks=lambda snapshot: resolve(scenario, snapshot, outside=tuple(ground.fabric.hosts)),
        warnings=ground.warnings,
    )


def overridden(scenario: Scenario, timeout: str | None, attempts: int | None) -> Scenario:
    """The scenario with the command line's timeout and attempts instead of its own."""
    from prober.scenario import parse_duration

    seconds = parse_duration(timeout) if timeout is not None else None
    checks = tuple(
        replace(
            check,
            timeout=check.timeout if seconds is None else seconds,
            attempts=check.attempts if attempts is None else attempts,
        )
        for check in scenario.checks
    )
    return replace(scenario, checks=checks)
