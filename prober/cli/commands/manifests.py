"""`prober manifests`: what `install` applies, for those who apply things in their own way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from prober.cli.options.decorating import PATH, takes
from prober.cli.options.installing import (
    ChoiceOptions,
    RunsOptions,
    choice_options,
    choices,
    run_options,
    scenarios_to_run,
)
from prober.cli.terminal import say, show
from prober.model.errors import UsageError


@dataclass(frozen=True, slots=True)
class ManifestsOptions:
    """What `manifests` takes."""

    choice: ChoiceOptions
    runs: RunsOptions
    shards: int | None
    kustomize: Path | None


@click.command("manifests")
@choice_options
@run_options
@click.option(
    "--shards",
    type=click.IntRange(1, 10_000),
    metavar="N",
    help="With --run: in N parts, by an Indexed Job.",
)
@click.option(
    "--kustomize", type=PATH, metavar="DIR", help="Write kustomize directories instead of printing."
)
@takes(ManifestsOptions)
def command(options: ManifestsOptions) -> int:
    """Print the manifests that `prober install` applies, as in: prober manifests | kubectl apply -f
    -"""
    from prober.fabric.kubernetes.installation import everything, run_manifests, to_yaml, tree

    runs = options.runs
    texts = scenarios_to_run(runs.scenarios, runs.schedule)
    if options.shards and (runs.schedule or not texts):
        raise UsageError(
            "--shards divides one run of scenarios", hint="with --run SCENARIO, without --schedule"
        )
    chosen = choices(options.choice, runs.scenarios)
    if options.kustomize is not None:
        _write(options.kustomize, tree(chosen))
        return 0
    extra = run_manifests(chosen, texts, runs.schedule or "", options.shards or 0) if texts else []
    show(to_yaml([*everything(chosen), *extra]))
    return 0


def _write(folder: Path, content: Mapping[str, str]) -> None:
    from prober.files import write_tree

    write_tree(folder, content, what="the manifests in")
    say(f"wrote {len(content)} files to {folder}; then: kubectl apply -k {folder}/default")
