"""`prober validate`: every mistake in scenario files, before anything is run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prober.cli.options import PATH
from prober.model.errors import ExitCode, InputError, Mistake

if TYPE_CHECKING:
    from prober.manifest import Loaded
    from prober.model.snapshot import Snapshot

NOT_LOOKED_UP = "names not looked up: give manifests with -f"


@click.command("validate")
@click.argument("scenarios", nargs=-1, type=PATH, metavar="SCENARIO...")
@click.option(
    "-f",
    "--manifests",
    multiple=True,
    type=PATH,
    metavar="DIR|FILE",
    help="Look names up in these manifests. Default: those of the scenario's own lab.",
)
@click.option(
    "--schema", is_flag=True, help="Print the JSON Schema of scenario files, for editors, and do nothing else."
)
def command(scenarios: tuple[Path, ...], manifests: tuple[Path, ...], schema: bool) -> int:
    """Find every mistake in SCENARIO files: fields, references, and names that the manifests do not have."""
    if schema:
        from prober.scenario.schema import schema_text

        click.echo(schema_text(), nl=False)
        return ExitCode.OK
    if not scenarios:
        raise click.UsageError("Missing argument 'SCENARIO...'.")
    mistakes: list[Mistake] = []
    for path in scenarios:
        try:
            click.echo(f"ok  {_summary(path, manifests)}")
        except InputError as error:
            mistakes += error.mistakes
    if mistakes:
        raise InputError(list(dict.fromkeys(mistakes)))
    return ExitCode.OK


def _summary(path: Path, manifests: Sequence[Path]) -> str:
    """What is in a sound scenario. Raises `InputError` with all that is wrong in it."""
    from prober.cli.fabrics import LAB_NODES, worlds
    from prober.manifest import load_manifests
    from prober.scenario import load_scenario, resolve

    scenario = load_scenario(path)
    count = len(scenario.checks)
    said = f"{scenario.name} · {count} check{'' if count == 1 else 's'}"
    world = worlds(manifests or scenario.lab_manifests)
    if not world:
        return f"{said} · {NOT_LOOKED_UP}"
    loaded = load_manifests(list(world), nodes=LAB_NODES)
    for warning in loaded.warnings:
        click.echo(f"prober: {warning}", err=True)
    outside = [host.name for host in loaded.lab.outside] if loaded.lab else []
    resolve(scenario, _with_nodes(loaded), outside=outside, addressed=False)
    return said


def _with_nodes(loaded: Loaded) -> Snapshot:
    """The snapshot, with the nodes that the lab makes where the manifests have none."""
    from dataclasses import replace

    from prober.cli.fabrics import LAB_NODES
    from prober.manifest.lab import node_names
    from prober.model.objects import Node

    snapshot = loaded.snapshot
    names = node_names(loaded.lab.nodes) if loaded.lab else LAB_NODES
    return snapshot if snapshot.nodes else replace(snapshot, nodes={name: Node(name) for name in names})
