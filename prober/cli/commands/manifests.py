"""`prober manifests`: what `install` applies, for those who apply things in their own way."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from prober.cli.options.decorating import PATH
from prober.cli.options.installing import (
    choice_options,
    choices,
    run_options,
    scenarios_to_run,
    where_probe_pods,
)
from prober.cli.terminal import say, show
from prober.model.errors import UsageError


@click.command("manifests")
@choice_options
@run_options
@click.option(
    "--shards",
    type=click.IntRange(1, 10_000),
    default=0,
    metavar="N",
    help="With --run: in N parts, by an Indexed Job.",
)
@click.option(
    "--kustomize", type=PATH, metavar="DIR", help="Write kustomize directories instead of printing."
)
def command(
    namespace: str,
    image: str | None,
    coordinator_image: str | None,
    enter_pods: bool,
    probe_pods_in: tuple[str, ...],
    probe_pods_everywhere: bool,
    operator: bool,
    settings: Path | None,
    scenarios: tuple[Path, ...],
    schedule: str | None,
    shards: int,
    kustomize: Path | None,
) -> int:
    """Print the manifests that `prober install` applies, as in: prober manifests | kubectl apply -f
    -"""
    from prober.fabric.kubernetes.installation import everything, run_manifests, to_yaml, tree

    texts = scenarios_to_run(scenarios, schedule)
    if shards and (schedule or not texts):
        raise UsageError(
            "--shards divides one run of scenarios", hint="with --run SCENARIO, without --schedule"
        )
    probe_pods = where_probe_pods(
        probe_pods_in, scenarios, everywhere=probe_pods_everywhere, enter_pods=enter_pods
    )
    chosen = choices(
        namespace, image, coordinator_image, enter_pods, probe_pods, settings, operator=operator
    )
    if kustomize is not None:
        _write(kustomize, tree(chosen))
        return 0
    extra = run_manifests(chosen, texts, schedule or "", shards) if texts else []
    show(to_yaml([*everything(chosen), *extra]))
    return 0


def _write(folder: Path, content: Mapping[str, str]) -> None:
    from prober.files import write_tree

    write_tree(folder, content, what="the manifests in")
    say(f"wrote {len(content)} files to {folder}; then: kubectl apply -k {folder}/default")
