"""Manifests that another program renders: helm for charts, kubectl or kustomize for
kustomizations."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from prober.files import identity
from prober.manifest import Text
from prober.model.errors import UsageError

_MOST_SECONDS = 120
_MOST_LINES = 6
"""Of what a program says when it fails."""


@cache
def kustomize(folder: Path) -> Text:
    """What kubectl (or kustomize, where that is there) makes of a kustomization. Raises
    `UsageError`."""
    standalone = shutil.which("kustomize")
    program = [standalone, "build"] if standalone else [_found("kubectl", folder), "kustomize"]
    name = "kustomize build" if standalone else "kubectl kustomize"
    return Text(f"{name} {folder}", _output(f"{name} {folder}", [*program, str(folder)]))


@cache
def helm(chart: str, values: tuple[Path, ...], namespace: str) -> Text:
    """What helm makes of a chart with these files of values. Raises `UsageError`."""
    options = [word for file in values for word in ("--values", str(file))]
    options += ["--namespace", namespace] if namespace else []
    name = f"helm template {chart}"
    release = identity(Path(chart)).name if Path(chart).is_dir() else "release"
    command = [_found("helm", chart), "template", release, chart, *options]
    return Text(name, _output(name, command))


def _found(program: str, what: str | Path) -> str:
    path = shutil.which(program)
    if path is None:
        word = "kustomize" if program == "kubectl" else "template NAME"
        raise UsageError(
            f"{what} wants to be rendered, and {program} is not installed",
            hint=f"install it; or render elsewhere: {program} {word} {what}, and give it with -f -",
        )
    return path


def _output(name: str, command: Sequence[str]) -> str:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_MOST_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError) as error:
        raise UsageError(f"{name} did not end well: {error}", hint="run it by hand") from error
    if done.returncode:
        said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        lines = "; ".join(said[:_MOST_LINES]) or f"it ended with code {done.returncode}"
        raise UsageError(f"{name} failed: {lines}", hint="fix that, or leave it out")
    return done.stdout
