"""`prober manifests`: what `install` applies, for those who apply things in their own way."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from prober.cli.installing import choice_options, choices
from prober.cli.options import PATH
from prober.model.errors import ReportError, UsageError


@click.command("manifests")
@choice_options
@click.option(
    "--run",
    "scenarios",
    multiple=True,
    type=PATH,
    metavar="SCENARIO",
    help="Also what runs this scenario in the cluster: a ConfigMap and a Job. Several at once.",
)
@click.option("--schedule", metavar="CRON", help="With --run: a CronJob instead, as in '*/15 * * * *'.")
@click.option("--kustomize", type=PATH, metavar="DIR", help="Write directories for kustomize instead.")
def command(
    namespace: str, image: str | None, coordinator_image: str | None, enter_pods: bool, settings: Path | None,
    scenarios: tuple[Path, ...], schedule: str | None, kustomize: Path | None,
) -> int:  # fmt: skip
    """Print the manifests that `prober install` applies, as in: prober manifests | kubectl apply -f -"""
    from prober.fabric.kubernetes.installation.bundle import everything
    from prober.fabric.kubernetes.installation.kustomize import to_yaml, tree
    from prober.fabric.kubernetes.installation.runs import runs

    if schedule and not scenarios:
        raise UsageError("--schedule says when scenarios are run, and none is named", hint="add --run SCENARIO")
    chosen = choices(namespace, image, coordinator_image, enter_pods, settings)
    if kustomize is not None:
        _write(kustomize, tree(chosen))
        return 0
    extra = runs(chosen, {path.name: _text(path) for path in scenarios}, schedule or "") if scenarios else []
    click.echo(to_yaml([*everything(chosen), *extra]), nl=False)
    return 0


def _text(path: Path) -> str:
    """A scenario that can be loaded here. Raises `InputError` with its mistakes: a Job would find them too late."""
    from prober.scenario import load_scenario

    load_scenario(path)
    return path.read_text(encoding="utf-8")


def _write(folder: Path, content: Mapping[str, str]) -> None:
    try:
        for name, text in content.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ReportError(f"the manifests cannot be written: {error}", hint="name another directory") from error
    click.echo(f"wrote {len(content)} files to {folder}; then: kubectl apply -k {folder}/default")
