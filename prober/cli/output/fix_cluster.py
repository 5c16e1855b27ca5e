"""Fixes in a cluster: tried by the API server, shown, asked about, applied. Shared by the commands
that change one."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from difflib import unified_diff
from typing import TYPE_CHECKING, Any

from prober.cli.options.cluster import access
from prober.cli.output.interrupts import run_async
from prober.cli.terminal import confirm, note, show
from prober.model.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from prober.cli.options.cluster import ClusterOptions
    from prober.fabric.kubernetes.client import Api, Trial
    from prober.remedy.offers import Offer


def change(
    options: ClusterOptions,
    chosen: Sequence[Offer],
    offers: Sequence[Offer],
    *,
    undo: bool,
    applied: Callable[[], None] | None,
    yes: bool,
) -> int:
    """Show what the chosen ones of a run's offers (or their undoing) would change; ask and change
    it, and call `applied` after each. `applied` is None: nothing is changed."""
    if applied and not yes and not sys.stdin.isatty():
        raise UsageError(
            "nobody is there to be asked",
            hint="add --yes to change the cluster without being asked",
        )
    return run_async(_change(options, chosen, offers, undo=undo, applied=applied, yes=yes))


async def _change(
    options: ClusterOptions,
    chosen: Sequence[Offer],
    offers: Sequence[Offer],
    *,
    undo: bool,
    applied: Callable[[], None] | None,
    yes: bool,
) -> int:
    from prober.fabric.kubernetes import Settings
    from prober.fabric.kubernetes.client import Api, carry_out

    async with await Api.open(access(options), Settings(image="")) as api:
        # One after the other: two fixes may be of one object, and each is tried on what the one
        # before left.
        for offer in reversed(chosen) if undo else chosen:
            name = f"{offer.target.kind} {offer.target}"
            trial = await (_undoing(api, offer) if undo else _applying(api, offer, offers))
            if trial is None:
                note(f"{name} has the fix already")
                continue
            show(_diff(trial))
            if applied is None:
                continue
            if not yes and not confirm(f"{_verb(trial)} {name} in {api.name}?"):
                note("nothing more was changed")
                return ExitCode.FAILED
            await carry_out(api, trial)
            applied()
            note(f"{_verb(trial)}d {name}")
            note(f"to undo: {undo_command(trial)}")
    return ExitCode.OK


async def _applying(api: Api, offer: Offer, offers: Sequence[Offer]) -> Trial | None:
    from prober.fabric.kubernetes.client import attempt, attempt_creation, known
    from prober.remedy.clean import clean
    from prober.remedy.object_state import creation_needed, patch_for

    if offer.fix.creates:
        needed = creation_needed(offer, await known(api, offer.target))
        return (
            await attempt_creation(api, offer.target, clean(offer.fix.manifest or {}))
            if needed
            else None
        )
    return await attempt(api, offer.target, lambda now: patch_for(offer, now, offers))


async def _undoing(api: Api, offer: Offer) -> Trial | None:
    from prober.fabric.kubernetes.client import Trial, attempt, known
    from prober.model.patches.jsonpatch import undo_of
    from prober.remedy.object_state import check_undone_by_deleting

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
    from prober.model.patches.jsonpatch import inverse
    from prober.model.text.shell import kubectl, piped
    from prober.remedy.clean import clean

    if trial.after is None:
        whole = json.dumps(clean(trial.before or {}), separators=(",", ":"))
        return piped(whole, "kubectl create -f -")
    if trial.before is None:
        return kubectl("delete", trial.target)
    patch = json.dumps(inverse(trial.before, trial.patch), separators=(",", ":"))
    return kubectl("patch", trial.target, "--type=json", "-p", patch)


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
