"""Offers as files that can be applied, reviewed and undone without prober."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from shlex import quote

from prober.model.errors import ReportError
from prober.model.jsonpatch import Operation, PatchError, undo_of
from prober.model.objects import Ref
from prober.remedy.clean import clean
from prober.remedy.offers import Offer, Offers
from prober.report.yaml_ import dump

README = "README.md"


def files_of(offers: Offers) -> Mapping[str, str]:
    """The name and the text of each file: for each fix its patch, the patch that undoes it and the whole object; and a
    README that says what is what."""
    found: dict[str, str] = {}
    for offer in offers.items:
        found[f"{offer.slug}.patch.json"] = _json(offer.fix.patch)
        undo = undo_patch(offer)
        if undo:
            found[f"{offer.slug}.undo.json"] = _json(undo)
        if offer.fix.manifest is not None:
            found[f"{offer.slug}.yaml"] = dump(clean(offer.fix.manifest))
    return {README: readme(offers), **found}


def emit(offers: Offers, folder: Path) -> int:
    """Write the files, and return how many. Raises `ReportError`."""
    files = files_of(offers)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ReportError(f"the fixes cannot be written: {error}", hint="name another directory") from error
    return len(files)


def undo_patch(offer: Offer) -> tuple[Operation, ...]:
    """The patch that undoes the fix on the object as the fix leaves it; empty where that is not known."""
    if offer.fix.manifest is None:
        return ()
    try:
        return undo_of(offer.fix.manifest, offer.fix.patch)
    except PatchError:
        return ()


def kubectl(target: Ref, file: str) -> str:
    """The command that applies a patch file."""
    where = f"-n {target.namespace} " if target.namespace else ""
    return f"kubectl {where}patch {target.kind.lower()} {target.name} --type=json --patch-file {quote(file)}"


def readme(offers: Offers) -> str:
    """What each file is for, what it opens, and how to apply and undo it."""
    lines = [
        f"# Fixes of run {offers.run}",
        "",
        f"On {offers.fabric} `{offers.context}`. Apply one, run the checks again.",
        "",
    ]
    for offer in offers.items:
        lines += [
            f"## {offer.number}. {offer.id} ({offer.confidence})",
            "",
            offer.cause + ".",
            "",
            f"Fix: {offer.fix.summary}.",
            "",
        ]
        lines += [*(f"- opens {line}" for line in offer.fix.opens), ""] if offer.fix.opens else []
        lines += ["    " + kubectl(offer.target, f"{offer.slug}.patch.json")]
        lines += [f"    {kubectl(offer.target, f'{offer.slug}.undo.json')}    # undo"] if undo_patch(offer) else []
        lines += [""]
    lines += _left(offers.without)
    return "\n".join(lines).rstrip() + "\n"


def _left(without: Sequence[str]) -> list[str]:
    return ["## Without a fix", "", *(f"- {one}" for one in without)] if without else []


def _json(patch: Sequence[Operation]) -> str:
    return json.dumps(list(patch), indent=2, ensure_ascii=False) + "\n"
