"""`prober validate`: every mistake in scenario files, before anything is run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from prober.cli.options.decorating import PATH
from prober.cli.options.loading import Read, look_up
from prober.cli.options.manifests import ManifestOptions, manifest_options
from prober.cli.terminal import note, say, show
from prober.model.errors import ExitCode, InputError, Mistake

if TYPE_CHECKING:
    from prober.scenario import Scenario

NOT_LOOKED_UP = "names not looked up: give manifests with -f"


@click.command("validate")
@click.argument("scenarios", nargs=-1, type=PATH, metavar="SCENARIO...")
@manifest_options("Look names up in these manifests [default: those of the scenario's own lab].")
@click.option(
    "--schema",
    is_flag=True,
    help="Print the JSON Schema of scenario files, for editors, and exit.",
)
def command(scenarios: tuple[Path, ...], manifests: ManifestOptions, schema: bool) -> int:
    """Find every mistake in SCENARIO files: wrong fields, broken references, unknown names."""
    if schema:
        from prober.scenario.reading.schema import schema_text

        show(schema_text())
        return ExitCode.OK
    if not scenarios:
        raise click.UsageError("Missing argument 'SCENARIO...'.")
    from prober.scenario.reading.load import read_scenario

    mistakes: list[Mistake] = []
    for path in scenarios:
        read = look_up(Read(*read_scenario(path)), manifests)
        mistakes += read.mistakes
        for warning in read.warnings:
            note(warning)
        if read.scenario and not read.mistakes:
            say(f"ok  {_summary(read.scenario, looked_up=read.looked_up)}")
    if mistakes:
        raise InputError(list(dict.fromkeys(mistakes)))
    return ExitCode.OK


def _summary(scenario: Scenario, *, looked_up: bool) -> str:
    count = len(scenario.checks)
    said = f"{scenario.name} · {count} check{'' if count == 1 else 's'}"
    return said if looked_up else f"{said} · {NOT_LOOKED_UP}"
