"""Offers as edits of manifests on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Any

from prober.manifest.reading.cursor import Report
from prober.manifest.reading.document import documents_of
from prober.manifest.reading.files import manifest_files
from prober.manifest.reading.objects import manifests_of
from prober.manifest.selecting import ref_of
from prober.manifest.writing.edit import append_object, edit_text, has_object, remove_object
from prober.model.errors import InputError, UsageError
from prober.model.jsonpatch import undo_of
from prober.model.objects import Ref
from prober.remedy.clean import clean
from prober.remedy.offers import Offer
from prober.remedy.standing import check_undone_by_deleting, creation_needed, patch_for


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
            f"{self.file} (now)",
            f"{self.file} (then)",
        )
        return "".join(lines)


def rework(
    paths: Sequence[Path], chosen: Sequence[Offer], offers: Sequence[Offer], *, undo: bool = False
) -> tuple[Edit, ...]:
    """The edits that apply (or undo) the chosen ones of a run's offers in the manifests of these
    paths; nothing is written.

    Raises `UsageError` when an object is in none of the files, was changed since the run, or its
    text cannot be edited in place.
    """
    texts = {file: _read(file) for file, _ in manifest_files(paths)}
    before = dict(texts)
    for offer in reversed(chosen) if undo else chosen:
        file, text = _undone(texts, offer) if undo else _applied(texts, offer, offers)
        texts[file] = text
    return tuple(
        Edit(file, before[file], text) for file, text in texts.items() if text != before[file]
    )


def _applied(texts: Mapping[Path, str], offer: Offer, offers: Sequence[Offer]) -> tuple[Path, str]:
    if offer.fix.beside is not None:
        file = _home(texts, offer.fix.beside)
        there = next((one for one in texts if _has(one, texts[one], offer.target)), None)
        now = _object(there, texts[there], offer.target) if there else None
        needed = creation_needed(offer, now)
        return file, append_object(
            str(file), texts[file], clean(offer.fix.manifest or {})
        ) if needed else texts[file]
    file = _home(texts, offer.target)
    patch = patch_for(offer, _object(file, texts[file], offer.target), offers)
    return file, edit_text(str(file), texts[file], offer.target, patch)


def _undone(texts: Mapping[Path, str], offer: Offer) -> tuple[Path, str]:
    file = _home(texts, offer.target)
    now = _object(file, texts[file], offer.target)
    if offer.fix.creates:
        check_undone_by_deleting(offer, now)
        return file, remove_object(
            str(file), texts[file], offer.target, clean(offer.fix.manifest or {})
        )
    return file, edit_text(str(file), texts[file], offer.target, undo_of(now, offer.fix.patch))


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {file}: {error}", hint="check the paths after -f") from error


def _home(texts: Mapping[Path, str], target: Ref) -> Path:
    for file, text in texts.items():
        if _has(file, text, target):
            return file
    where = ", ".join(map(str, texts)) or "no file"
    raise UsageError(
        f"{target.kind} {target} is not in {where}", hint="give the manifests that have it with -f"
    )


def _has(file: Path, text: str, target: Ref) -> bool:
    try:
        return has_object(str(file), text, target)
    except InputError:
        return False  # a file that is no manifest, beside those that are


def _object(file: Path, text: str, target: Ref) -> Mapping[str, Any]:
    found = (
        one
        for document in documents_of(str(file), text)
        for one in manifests_of(document, Report())
    )
    return next(one.value for one in found if ref_of(one) == target)
