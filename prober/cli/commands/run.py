"""`prober run`: the checks of one or more scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prober.cli.options.decorating import PATH, takes
from prober.cli.options.loading import load_scenarios
from prober.cli.options.resuming import resume_option
from prober.cli.options.sharding import shard_of, shard_option
from prober.cli.options.shared import (
    FabricOptions,
    OutputOptions,
    ProbeOptions,
    fabric_options,
    output_options,
    probe_options,
)
from prober.model.errors import UsageError

if TYPE_CHECKING:
    from prober.cli.options.fabrics import FabricChoice
    from prober.coordinator.run import Request
    from prober.scenario import Scenario

SEPARATE = ("table", "wide")
"""Formats in which several scenarios are shown one after the other; the others hold one record,
merged."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What `run` takes."""

    scenarios: tuple[Path, ...]
    namespace: str
    fabric: FabricOptions
    probes: ProbeOptions
    shard: str
    resume: str
    out: OutputOptions
    emit_fixes: Path | None
    evidence: Path | None
    dry_run: bool


@click.command("run")
@click.argument("scenarios", nargs=-1, required=True, type=PATH, metavar="SCENARIO...")
@click.option(
    "-n",
    "--namespace",
    default="",
    help="Namespace for scenarios whose metadata has none.",
)
@fabric_options
@probe_options
@shard_option
@resume_option
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
@takes(RunOptions)
def command(options: RunOptions) -> int:
    """Run the checks of one or more SCENARIO files and say what is wrong, and why."""
    from prober.bundle.pack import check_target
    from prober.cli.commands.bundle import write_evidence
    from prober.cli.output import session
    from prober.cli.output.state import remember
    from prober.report import check_paths

    out, fabric = options.out, options.fabric.within(options.namespace)
    shard = shard_of(options.shard)
    if options.resume and len(options.scenarios) > 1:
        raise UsageError(
            "--resume is of one run, and so of one scenario", hint="name the scenario alone"
        )
    check_paths(out.reports)
    if options.evidence is not None:
        check_target(options.evidence)
    read = load_scenarios(
        options.scenarios,
        lab=fabric.lab,
        manifests=fabric.manifests,
        namespace=options.namespace,
    )
    loaded: Sequence[Scenario] = [overridden(scenario, options.probes) for scenario in read]
    if options.dry_run:
        for scenario in loaded:
            _dry_run(scenario, fabric, out.output)
        return 0
    records = []
    for scenario in loaded:
        choice, request = prepared(scenario, fabric)
        request = replace(request, shard=shard)
        records.append(session.journalled(choice, request, "prober run …", options.resume))
        remember(records[-1], _worlds([scenario], fabric))
        if out.output in SEPARATE:
            session.show(records[-1], out, remembered=scenario is loaded[-1])
    if out.output not in SEPARATE:
        from prober.coordinator.merge import merge

        session.show(merge(records), out, remembered=len(records) == 1)
    code = session.conclude(records, out)
    if options.emit_fixes is not None:
        from prober.cli.commands.fix import emit_fixes_of

        emit_fixes_of(records, options.emit_fixes)
    if options.evidence is not None:
        write_evidence(records, options.evidence, _worlds(loaded, fabric))
    return code


def _worlds(scenarios: Sequence[Scenario], fabric: FabricOptions) -> tuple[Path, ...]:
    """The manifests that the lab was built from; none for a cluster."""
    if not fabric.lab:
        return ()
    own = [path for scenario in scenarios for path in scenario.lab_manifests]
    return fabric.manifests.or_else(own).paths()


def _dry_run(scenario: Scenario, fabric: FabricOptions, output: str) -> None:
    from prober.cli import terminal
    from prober.cli.output import session
    from prober.report import render_plan

    ready = session.plan(*prepared(scenario, fabric))
    form = output if output in ("json", "yaml") else "table"
    terminal.show(render_plan(ready.checks, ready.wave.plans, form, width=terminal.width()))


def prepared(scenario: Scenario, options: FabricOptions) -> tuple[FabricChoice, Request]:
    """The fabric and the request of a scenario."""
    from prober.cli.options.fabrics import build
    from prober.coordinator.run import Request
    from prober.scenario import resolve

    choice = build(options, scenario.lab_manifests)
    return choice, Request(
        name=scenario.name,
        checks=lambda snapshot: resolve(
            scenario, snapshot, outside=tuple(choice.fabric.hosts), whole=options.lab
        ),
        warnings=choice.warnings,
    )


def overridden(scenario: Scenario, probes: ProbeOptions) -> Scenario:
    """The scenario with the command line's timeout and attempts instead of its own."""
    from prober.scenario import parse_duration

    seconds = parse_duration(probes.timeout) if probes.timeout is not None else None
    checks = tuple(
        replace(
            check,
            timeout=check.timeout if seconds is None else seconds,
            attempts=check.attempts if probes.attempts is None else probes.attempts,
        )
        for check in scenario.checks
    )
    return replace(scenario, checks=checks)
