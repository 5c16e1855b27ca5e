"""Fixes in a cluster: tried by the API server, shown, asked about, applied. Shared by the commands that change one."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from difflib import unified_diff
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from prober.cli.cluster import access
from prober.cli.interrupts import run_async
from prober.model.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from prober.cli.cluster import ClusterOptions
    from prober.fabric.kubernetes.api import Api
    from prober.fabric.kubernetes.change import Trial
    from prober.remedy.offers import Offer


def change(options: ClusterOptions, offers: Sequence[Offer], *, undo: bool, make: bool, yes: bool) -> int:
    """Show what the offers (or their undoing) would change; if `make`, ask and change it."""
    if make and not yes and not sys.stdin.isatty():
        raise UsageError("nobody is there to be asked", hint="add --yes to change the cluster without being asked")
    return run_async(_change(options, offers, undo=undo, make=make, yes=yes))


async def _change(options: ClusterOptions, offers: Sequence[Offer], *, undo: bool, make: bool, yes: bool) -> int:
    from prober.fabric.kubernetes.api import Api
    from prober.fabric.kubernetes.change import carry_out
    from prober.fabric.kubernetes.settings import Settings

    async with await Api.open(access(options), Settings(image="")) as api:
        # One after the other: two fixes may be of one object, and each is tried on what the one before left.
        for offer in offers:
            trial = await _trial(api, offer, undo=undo)
            click.echo(_diff(trial).rstrip("\n"))
            if not make:
                continue
            if not yes and not click.confirm(f"change {offer.target.kind} {offer.target} in {api.name}?", err=True):
                click.echo("prober: nothing more was changed", err=True)
                return ExitCode.FAILED
            await carry_out(api, trial)
            click.echo(f"prober: patched {offer.target.kind} {offer.target}", err=True)
            click.echo(f"prober: to undo: {undo_command(trial)}", err=True)
    return ExitCode.OK


async def _trial(api: Api, offer: Offer, *, undo: bool) -> Trial:
    from prober.fabric.kubernetes.change import attempt, current
    from prober.model.jsonpatch import undo_of

    patch = undo_of(await current(api, offer.target), offer.fix.patch) if undo else offer.fix.patch
    return await attempt(api, offer.target, patch)


def undo_command(trial: Trial) -> str:
    """The kubectl command that takes a change back, for a shell's history."""
    from prober.model.jsonpatch import inverse

    patch = json.dumps(inverse(trial.before, trial.patch), separators=(",", ":"))
    where = f"-n {trial.target.namespace} " if trial.target.namespace else ""
    return f"kubectl {where}patch {trial.target.kind.lower()} {trial.target.name} --type=json -p {quote(patch)}"


def _diff(trial: Trial) -> str:
    name = f"{trial.target.kind} {trial.target}"
    lines = unified_diff(
        _text(trial.before), _text(trial.after), f"{name} (now)", f"{name} (then, as the server would keep it)"
    )
    return "".join(lines) or f"{name}: nothing would change"


def _text(manifest: Mapping[str, Any]) -> list[str]:
    from prober.remedy.clean import clean
    from prober.report.yaml_ import dump

    return dump(clean(manifest)).splitlines(keepends=True)
