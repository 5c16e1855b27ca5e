"""Offers as edits of manifests on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Any

from prober.manifest.reading.files import manifest_files
from prober.manifest.writing.edit import (
    append_object,
    edit_text,
    has_object,
    objects_in,
    remove_object,
)
from prober.model.errors import InputError, UsageError
from prober.model.objects import Ref
from prober.model.patches.jsonpatch import undo_of
from prober.remedy.clean import clean
from prober.remedy.object_state import check_undone_by_deleting, creation_needed, patch_for
from prober.remedy.offers import Offer


@dataclass(frozen=True, slots=True)
class Edit:
    """One file, before and after."""

    file: Path
    before: str
    after: str

    @property
    def diff(self) -> str:
        """As `diff -u` has it; empty when nothing changes."""
        lines = unified_diff(
            self.before.splitlines(keepends=True),
            self.after.splitlines(keepends=True),
            f"{shown(self.file)} (now)",
            f"{shown(self.file)} (then)",
        )
        return "".join(lines)


def shown(file: Path) -> Path:
    """The file as a person who is here would call it: a run remembers whole paths."""
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file


def rework(
    paths: Sequence[Path], chosen: Sequence[Offer], offers: Sequence[Offer], *, undo: bool = False
) -> tuple[Edit, ...]:
    """The edits that apply (or undo) the chosen ones of a run's offers in the manifests of these
    paths; nothing is written.

    An object that several files have, word for word, is changed in all of them: whichever is
    applied last, the change stays. Raises `UsageError` when an object is in none of the files, in
    several that differ, was changed since the run, or its text cannot be edited in place.
    """
    texts = {file: _read(file) for file, _ in manifest_files(paths)}
    before = dict(texts)
    for offer in reversed(chosen) if undo else chosen:
        texts.update(_undone(texts, offer) if undo else _applied(texts, offer, offers))
    return tuple(
        Edit(file, before[file], text) for file, text in texts.items() if text != before[file]
    )


def _applied(
    texts: Mapping[Path, str], offer: Offer, offers: Sequence[Offer]
) -> Mapping[Path, str]:
    """The new texts of the files that change."""
    if offer.fix.supplements is not None:
        file = _homes(texts, offer.fix.supplements)[0]
        there = next((path for path in texts if _has(path, texts[path], offer.target)), None)
        now = _object(there, texts[there], offer.target) if there else None
        if not creation_needed(offer, now):
            return {}
        return {file: append_object(str(file), texts[file], clean(offer.fix.manifest or {}))}
    homes = _homes(texts, offer.target)
    patch = patch_for(offer, _object(homes[0], texts[homes[0]], offer.target), offers)
    return {file: edit_text(str(file), texts[file], offer.target, patch) for file in homes}


def _undone(texts: Mapping[Path, str], offer: Offer) -> Mapping[Path, str]:
    homes = _homes(texts, offer.target)
    now = _object(homes[0], texts[homes[0]], offer.target)
    if offer.fix.creates:
        check_undone_by_deleting(offer, now)
        made = clean(offer.fix.manifest or {})
        return {file: remove_object(str(file), texts[file], offer.target, made) for file in homes}
    patch = undo_of(now, offer.fix.patch)
    return {file: edit_text(str(file), texts[file], offer.target, patch) for file in homes}


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {file}: {error}", hint="check the paths after -f") from error


def _homes(texts: Mapping[Path, str], target: Ref) -> list[Path]:
    """The files that have the object, at least one, all with the same content."""
    homes = [file for file, text in texts.items() if _has(file, text, target)]
    if not homes:
        where = ", ".join(map(str, texts)) or "no file"
        raise UsageError(
            f"{target.kind} {target} is not in {where}",
            hint="give the manifests that have it with -f",
        )
    first = _object(homes[0], texts[homes[0]], target)
    for file in homes[1:]:
        if _object(file, texts[file], target) != first:
            raise UsageError(
                f"{target.kind} {target} is in {homes[0]} and, with other content, in {file}",
                hint="keep one of them, or name the file that is applied with -f",
            )
    return homes


def _has(file: Path, text: str, target: Ref) -> bool:
    try:
        return has_object(str(file), text, target)
    except InputError:
        return False  # a file that is no manifest, beside those that are


def _object(file: Path, text: str, target: Ref) -> Mapping[str, Any]:
    return objects_in(str(file), text, target)[0]
