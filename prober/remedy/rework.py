"""Offers as edits of manifests on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Any

from prober.manifest.cursor import Report
from prober.manifest.document import documents_of
from prober.manifest.edit import edit_text, has_object
from prober.manifest.files import manifest_files
from prober.manifest.load import ref_of
from prober.manifest.manifests import manifests_of
from prober.model.errors import InputError, UsageError
from prober.model.jsonpatch import undo_of
from prober.model.objects import Ref
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
            f"{self.file} (now)",
            f"{self.file} (then)",
        )
        return "".join(lines)


def rework(paths: Sequence[Path], offers: Sequence[Offer], *, undo: bool = False) -> tuple[Edit, ...]:
    """The edits that apply (or undo) the offers in the manifests of these paths; nothing is written.

    Raises `UsageError` when an object is in none of the files, or its text cannot be edited in place.
    """
    texts = {file: _read(file) for file, _ in manifest_files(paths)}
    before = dict(texts)
    for offer in offers:
        file = _home(texts, offer.target)
        patch = undo_of(_object(file, texts[file], offer.target), offer.fix.patch) if undo else offer.fix.patch
        texts[file] = edit_text(str(file), texts[file], offer.target, patch)
    return tuple(Edit(file, before[file], text) for file, text in texts.items() if text != before[file])


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {file}: {error}", hint="check the paths after -f") from error


def _home(texts: Mapping[Path, str], target: Ref) -> Path:
    for file, text in texts.items():
        try:
            if has_object(str(file), text, target):
                return file
        except InputError:
            continue  # a file that is no manifest, beside those that are
    where = ", ".join(map(str, texts)) or "no file"
    raise UsageError(f"{target.kind} {target} is not in {where}", hint="give the manifests that have it with -f")


def _object(file: Path, text: str, target: Ref) -> Mapping[str, Any]:
    found = (one for document in documents_of(str(file), text) for one in manifests_of(document, Report()))
    return next(one.value for one in found if ref_of(one) == target)
