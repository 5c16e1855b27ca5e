"""Offers as files that can be applied, reviewed and undone without prober.

Patches of one object are on top of each other, in the order of their numbers; the whole object has
all of them. So neither applying all patches nor applying all objects loses a fix.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Any

from prober.files import file_name, write_tree
from prober.model.errors import ReportError
from prober.model.objects import Ref
from prober.model.patches.jsonpatch import Operation, PatchError, apply, inverse
from prober.model.patches.rebase import rebased
from prober.model.text import shell
from prober.remedy.clean import clean
from prober.remedy.object_state import found_by_run
from prober.remedy.offers import Advice, Offer, Offers
from prober.report.text import printable
from prober.report.yaml_ import dump

README = "README.md"
OBJECTS = "objects"
"""The directory of the whole objects: beside patches, `kubectl apply -f DIR` would trip over
them."""
_TITLE = "# Fixes of run "
_OURS = re.compile(r"[0-9]{2,}-[a-z0-9-]+\.(patch|undo)\.json")


@dataclass(frozen=True, slots=True)
class Step:
    """One offer, after those before it."""

    offer: Offer
    patch: tuple[Operation, ...] = ()
    """Empty for a new object, and where the steps before do the same."""
    undo: tuple[Operation, ...] = ()
    """Empty where the object before is not known."""
    after: Mapping[str, Any] | None = None
    """The object after this step and all before it; None where it is not known."""


def steps_of(offers: Offers, chosen: Sequence[Offer]) -> Iterator[Step]:
    """The chosen ones of a run's offers on top of each other."""
    objects: dict[Ref, Mapping[str, Any]] = {}
    for offer in chosen:
        before = objects.get(offer.target) or found_by_run(offer.target, offers.items)
        step = _step(offer, before)
        if step.after is not None:
            objects[offer.target] = step.after
        yield step


def _step(offer: Offer, before: Mapping[str, Any] | None) -> Step:
    if offer.fix.creates:
        return Step(offer, after=offer.fix.manifest)
    if before is None:
        return Step(offer, offer.fix.patch, after=offer.fix.manifest)
    try:
        patch = rebased(offer.fix.patch, before)
        return Step(offer, patch, inverse(before, patch), apply(before, patch))
    except PatchError:
        return Step(offer, offer.fix.patch, after=offer.fix.manifest)


def files_of(offers: Offers, chosen: Sequence[Offer] | None = None) -> Mapping[str, str]:
    """The name and the text of each file: for each fix its patch and the patch that undoes it, each
    object as it is after all of them, and a README that says what is what. Without `chosen`, of all
    offers."""
    steps = list(steps_of(offers, offers.items if chosen is None else chosen))
    files: dict[str, str] = {}
    for step in steps:
        if step.patch:
            files[f"{step.offer.slug}.patch.json"] = _json(step.patch)
        if step.undo:
            files[f"{step.offer.slug}.undo.json"] = _json(step.undo)
        if step.after is not None:
            files[object_file(step.offer.target)] = dump(clean(step.after))
    return {README: readme(offers, steps), **files}


def emit(offers: Offers, folder: Path, chosen: Sequence[Offer] | None = None) -> int:
    """Write the files in place of those of an earlier run, and return how many. Raises
    `ReportError`."""
    files = files_of(offers, chosen)
    try:
        earlier = _earlier(folder)
        write_tree(folder, files, what="the fixes in")
        for old in earlier - {folder / name for name in files}:
            old.unlink()
    except OSError as error:
        raise ReportError(
            f"the fixes cannot be written: {error}", hint="name another directory"
        ) from error
    return len(files)


def _earlier(folder: Path) -> set[Path]:
    """What an earlier run has emitted here: left lying, it would be applied with the rest. Nothing
    of it is behind a symbolic link: that would be somebody else's."""
    about, objects = folder / README, folder / OBJECTS
    if about.is_symlink() or not about.is_file():
        return set()
    with about.open("rb") as readme:
        if readme.read(len(_TITLE)) != _TITLE.encode():
            return set()
    patches = {path for path in folder.iterdir() if _OURS.fullmatch(path.name)}
    return patches if objects.is_symlink() else {*patches, *objects.glob("*.yaml")}


def object_file(target: Ref) -> str:
    """Where an object is written, as in `objects/networkpolicy-shop-web.yaml`. A name that no file
    can have (`system:a`) gets a digest of its own: `system-a` is another object."""
    wanted = "-".join(part for part in (target.kind.lower(), target.namespace, target.name) if part)
    name = file_name(wanted)
    if name != wanted:
        name = f"{name}-{hashlib.sha256(wanted.encode()).hexdigest()[:8]}"
    return f"{OBJECTS}/{name}.yaml"


def kubectl(target: Ref, file: str) -> str:
    """The command that applies a patch file."""
    return shell.kubectl("patch", target, "--type=json", "--patch-file", file)


def readme(offers: Offers, steps: Sequence[Step]) -> str:
    """What each file is for, what it opens, and how to apply and undo it."""
    lines = [
        f"{_TITLE}{offers.run}",
        "",
        (
            f"On {offers.fabric} `{offers.context}`. Apply what you agree with, and run the "
            "checks again."
        ),
        "",
    ]
    if len(steps) > 1 and all(step.after is not None for step in steps):
        lines += [
            f"All of them at once: `kubectl apply -f {OBJECTS}/`. These are whole objects "
            "with every fix below in "
            "them, and overwrite what somebody else changed since the run; patches do not.",
            "",
        ]
    for number, step in enumerate(steps):
        lines += _section(
            step,
            [
                earlier.offer
                for earlier in steps[:number]
                if earlier.offer.target == step.offer.target
            ],
        )
    lines += _left(offers.without)
    # One line each: a name with line ends in it would begin a command of its own.
    return "\n".join(map(printable, lines)).rstrip() + "\n"


def _section(step: Step, before: Sequence[Offer]) -> list[str]:
    """One fix. `before` are those of the same object that it stands on."""
    offer = step.offer
    lines = [f"## {offer.number}. {offer.id} ({offer.confidence})", "", offer.cause + ".", ""]
    lines += [f"Fix: {offer.fix.summary}.", ""]
    lines += [*(f"- {_opens(line)}" for line in offer.fix.opens), ""] if offer.fix.opens else []
    if before:
        numbers = " and ".join(str(offer.number) for offer in before)
        lines += [f"Of the same object as {numbers}: apply it after, undo it before.", ""]
    return [*lines, *(f"    {command}" for command in _commands(step)), ""]


def _opens(line: str) -> str:
    return line if line.startswith(("also ", "closes ", "and ")) else f"opens {line}"


def _commands(step: Step) -> Iterator[str]:
    target = step.offer.target
    if step.offer.fix.creates:
        yield f"kubectl create -f {quote(object_file(target))}"
        yield f"{shell.kubectl('delete', target)}    # undo"
        return
    if step.patch:
        yield kubectl(target, f"{step.offer.slug}.patch.json")
    if step.undo:
        yield f"{kubectl(target, f'{step.offer.slug}.undo.json')}    # undo"


def _left(without: Sequence[Advice]) -> list[str]:
    lines = [
        f"- {advice}" + (f". By hand: {advice.by_hand}" if advice.by_hand else "")
        for advice in without
    ]
    return ["## Without a fix", "", *lines] if lines else []


def _json(patch: Sequence[Operation]) -> str:
    return json.dumps(list(patch), indent=2, ensure_ascii=False) + "\n"
