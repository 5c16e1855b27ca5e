"""Fixes in a cluster: tried by the API server, shown, asked about, applied. Shared by the commands
that change one."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from difflib import unified_diff
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from prober.cli.options.cluster import access
from prober.cli.output.interrupts import run_async
from prober.model.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from prober.cli.options.cluster import ClusterOptions
    from prober.fabric.kubernetes.client.api import Api
    from prober.fabric.kubernetes.client.change import Trial
    from prober.remedy.offers import Offer


def change(
    options: ClusterOptions,
    chosen: Sequence[Offer],
    offers: Sequence[Offer],
    *,
    undo: bool,
    make: bool,
    yes: bool,
) -> int:
    """Show what the chosen ones of a run's offers (or their undoing) would change; if `make`, ask
    and change it."""
    if make and not yes and not sys.stdin.isatty():
        raise UsageError(
            "nobody is there to be asked",
            hint="add --yes to change the cluster without being asked",
        )
    return run_async(_change(options, chosen, offers, undo=undo, make=make, yes=yes))


async def _change(
    options: ClusterOptions,
    chosen: Sequence[Offer],
    offers: Sequence[Offer],
    *,
    undo: bool,
    make: bool,
    yes: bool,
) -> int:
    from prober.fabric.kubernetes.client.api import Api
    from prober.fabric.kubernetes.client.change import carry_out
    from prober.fabric.kubernetes.settings import Settings

    async with await Api.open(access(options), Settings(image="")) as api:
        # One after the other: two fixes may be of one object, and each is tried on what the one
        # before left.
        for offer in reversed(chosen) if undo else chosen:
            name = f"{offer.target.kind} {offer.target}"
            trial = await (_undoing(api, offer) if undo else _applying(api, offer, offers))
            if trial is None:
                click.echo(f"prober: {name} has the fix already", err=True)
                continue
            click.echo(_diff(trial).rstrip("\n"))
            if not make:
                continue
            if not yes and not click.confirm(f"{_verb(trial)} {name} in {api.name}?", err=True):
                click.echo("prober: nothing more was changed", err=True)
                return ExitCode.FAILED
            await carry_out(api, trial)
            click.echo(f"prober: {_verb(trial)}d {name}", err=True)
            click.echo(f"prober: to undo: {undo_command(trial)}", err=True)
    return ExitCode.OK


async def _applying(api: Api, offer: Offer, offers: Sequence[Offer]) -> Trial | None:
    from prober.fabric.kubernetes.client.change import attempt, attempt_creation, known
    from prober.remedy.clean import clean
    from prober.remedy.standing import creation_needed, patch_for

    if offer.fix.creates:
        needed = creation_needed(offer, await known(api, offer.target))
        return (
            await attempt_creation(api, offer.target, clean(offer.fix.manifest or {}))
            if needed
            else None
        )
    return await attempt(api, offer.target, lambda now: patch_for(offer, now, offers))


async def _undoing(api: Api, offer: Offer) -> Trial | None:
    from prober.fabric.kubernetes.client.change import Trial, attempt, known
    from prober.model.jsonpatch import undo_of
    from prober.remedy.standing import check_undone_by_deleting

    if offer.fix.creates:
        now = await known(api, offer.target)
        check_undone_by_deleting(offer, now)
        return Trial(offer.target, (), now, None)
    return await attempt(api, offer.target, lambda now: undo_of(now, offer.fix.patch))


def _verb(trial: Trial) -> str:
    if trial.after is None:
        return "delete"
    return "create" if trial.before is None else "change"


def undo_command(trial: Trial) -> str:
    """The kubectl command that takes a change back, for a shell's history."""
    from prober.model.jsonpatch import inverse
    from prober.remedy.clean import clean

    if trial.after is None:
        whole = json.dumps(clean(trial.before or {}), separators=(",", ":"))
        return f"echo {quote(whole)} | kubectl create -f -"
    if trial.before is None:
        return (
            f"kubectl -n {trial.target.namespace} delete {trial.target.kind.lower()} "
            f"{trial.target.name}"
        )
    patch = json.dumps(inverse(trial.before, trial.patch), separators=(",", ":"))
    where = f"-n {trial.target.namespace} " if trial.target.namespace else ""
    return (
        f"kubectl {where}patch {trial.target.kind.lower()} {trial.target.name} --type=json -p "
        f"{quote(patch)}"
    )


def _diff(trial: Trial) -> str:
    name = f"{trial.target.kind} {trial.target}"
    lines = unified_diff(
        _text(trial.before),
        _text(trial.after),
        f"{name} (now)",
        f"{name} (then, as the server would keep it)",
    )
    return "".join(lines) or f"{name}: nothing would change"


def _text(manifest: Mapping[str, Any] | None) -> list[str]:
    from prober.remedy.clean import clean
    from prober.report.yaml_ import dump

    if manifest is None:
        return []
    return dump(clean(manifest)).splitlines(keepends=True)
