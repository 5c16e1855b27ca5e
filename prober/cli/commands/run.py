"""`prober run`: the checks of one or more scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prober.cli.options.decorating import PATH
from prober.cli.options.loading import load_scenarios
from prober.cli.options.manifests import ManifestOptions
from prober.cli.options.shared import (
    FabricOptions,
    OutputOptions,
    fabric_options,
    output_options,
    probe_options,
)

if TYPE_CHECKING:
    from prober.cli.options.fabrics import Ground
    from prober.coordinator.run import Request
    from prober.scenario import Scenario

SEPARATE = ("table", "wide")
"""Formats in which several scenarios are shown one after the other; the others hold one record,
merged."""


@click.command("run")
@click.argument("scenarios", nargs=-1, required=True, type=PATH, metavar="SCENARIO...")
@click.option(
    "-n",
    "--namespace",
    default="",
    help="The namespace of names in scenarios whose metadata does not say one.",
)
@fabric_options
@probe_options
@output_options(("table", "wide", "matrix", "json", "yaml", "junit", "tap"), "table")
@click.option(
    "--emit-fixes",
    type=PATH,
    metavar="DIR",
    help="Write the offered fixes to DIR, as `prober fix --emit`.",
)
@click.option(
    "--evidence", type=PATH, metavar="DIR|FILE.tar.gz", help="Write a bundle to attach to a ticket."
)
@click.option("--dry-run", is_flag=True, help="Show what would be probed from where; send nothing.")
def command(
    scenarios: tuple[Path, ...],
    namespace: str,
    lab: bool,
    manifests: ManifestOptions,
    enforcement: str | None,
    faults: tuple[str, ...],
    timeout: str | None,
    attempts: int | None,
    output: str,
    reports: tuple[Path, ...],
    color: str,
    emit_fixes: Path | None,
    evidence: Path | None,
    dry_run: bool,
) -> int:
    """Run the checks of one or more SCENARIO files and say what is wrong, and why."""
    from prober.bundle.pack import check_target
    from prober.cli.commands.bundle import write_evidence
    from prober.cli.output import session
    from prober.cli.output.state import remember
    from prober.report.write import check_paths

    out = OutputOptions(output, reports, color)
    fabric = FabricOptions(lab, manifests.within(namespace), enforcement, faults)
    check_paths(reports)
    if evidence is not None:
        check_target(evidence)
    read = load_scenarios(scenarios, lab=lab, manifests=fabric.manifests, namespace=namespace)
    loaded: Sequence[Scenario] = [overridden(scenario, timeout, attempts) for scenario in read]
    if dry_run:
        for scenario in loaded:
            _dry_run(scenario, fabric, output)
        return 0
    records = []
    for scenario in loaded:
        ground, request = prepared(scenario, fabric)
        records.append(session.run(ground, request))
        remember(records[-1], _worlds([scenario], fabric))
        if output in SEPARATE:
            session.show(records[-1], out, remembered=scenario is loaded[-1])
    if output not in SEPARATE:
        from prober.coordinator.merge import merge

        session.show(merge(records), out, remembered=len(records) == 1)
    code = session.conclude(records, out)
    if emit_fixes is not None:
        from prober.cli.commands.fix import emit_fixes_of

        emit_fixes_of(records, emit_fixes)
    if evidence is not None:
        write_evidence(records, evidence, _worlds(loaded, fabric))
    return code


def _worlds(scenarios: Sequence[Scenario], fabric: FabricOptions) -> tuple[Path, ...]:
    """The manifests that the lab was built from; none for a cluster."""
    if not fabric.lab:
        return ()
    own = [path for scenario in scenarios for path in scenario.lab_manifests]
    return fabric.manifests.or_else(own).paths()


def _dry_run(scenario: Scenario, fabric: FabricOptions, output: str) -> None:
    from prober.cli.output import session, terminal
    from prober.report.plan import render_plan

    ready = session.plan(*prepared(scenario, fabric))
    form = output if output in ("json", "yaml") else "table"
    terminal.show(render_plan(ready.checks, ready.wave.plans, form, width=terminal.width()))


def prepared(scenario: Scenario, options: FabricOptions) -> tuple[Ground, Request]:
    """The fabric and the request of a scenario."""
    from prober.cli.options.fabrics import build
    from prober.coordinator.run import Request
    from prober.scenario import resolve

    ground = build(options, scenario.lab_manifests)
    return ground, Request(
        name=scenario.name,
        checks=lambda snapshot: resolve(
            scenario, snapshot, outside=tuple(ground.fabric.hosts), whole=options.lab
        ),
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
