"""The published JSON Schema, and every way in which a document breaks it.

`scenario.schema.json` is the one home of the file format's shape: editors read it, and so does the
loader. What it cannot say (references, files that must exist, names used twice) is checked by the
loader after it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prober.manifest.reading.document import Document, FieldPath
from prober.scenario.reading.mistakes import Findings
from prober.scenario.reading.schema_words import Sentence, sentences

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

API_VERSION = "prober.dev/v1alpha1"
KIND = "Scenario"

_FILE = Path(__file__).with_name("scenario.schema.json")


def schema_text() -> str:
    """The published schema, as it stands in its file."""
    return _FILE.read_text(encoding="utf-8")


@cache
def schema() -> dict[str, Any]:
    """The published schema."""
    parsed: dict[str, Any] = json.loads(schema_text())
    return parsed


@cache
def _validator(schema_file: Path) -> Draft202012Validator:
    from jsonschema import Draft202012Validator  # 0.1 s: not for those who never read a scenario

    return Draft202012Validator(json.loads(schema_file.read_text(encoding="utf-8")))


def check_document(document: Document, findings: Findings) -> bool:
    """Note every way in which a document breaks the schema. False when it is no scenario at all,
    and nothing in it is worth reading further."""
    if not is_kind(document, KIND, findings, "manifests belong in `lab.manifests`"):
        return False
    check_shape(document, _FILE, findings)
    return True


def check_shape(document: Document, schema_file: Path, findings: Findings) -> None:
    """Note every way in which a document breaks the schema in a file."""
    errors = _validator(schema_file).iter_errors(document.value)
    for sentence in _worth_saying(sentence for error in errors for sentence in sentences(error)):
        findings.add(document, sentence.path, sentence.message, sentence.hint)


def is_kind(document: Document, wanted: str, findings: Findings, hint: str = "") -> bool:
    """Is the document of this kind of prober's, in the version that is read. If not, that is noted;
    `hint` is added to what is said about another kind."""
    kind, version = document.value.get("kind"), document.value.get("apiVersion")
    if kind is None or version is None:
        missing = "`kind`" if version is not None else "`apiVersion`"
        findings.add(
            document,
            (),
            f"{missing} is missing",
            f"start with apiVersion: {API_VERSION} and kind: {wanted}",
        )
        return False
    if kind != wanted:
        hint = f"write kind: {wanted}" + (f"; {hint}" if hint else "")
        findings.add(document, ("kind",), f"must be `{wanted}`, not `{kind}`", hint)
        return False
    if version != API_VERSION:
        findings.add(
            document,
            ("apiVersion",),
            f"must be `{API_VERSION}`, not `{version}`",
            f"write {API_VERSION}",
        )
        return False
    return True


def _worth_saying(sentences: Iterable[Sentence]) -> list[Sentence]:
    """One sentence for each field: a mapping with an unknown field needs no complaint about what it
    lacks as well, since that field is probably the one, misspelt."""
    ordered = sorted(sentences, key=lambda sentence: sentence.rank)
    misspelt = {sentence.path[:-1] for sentence in ordered if sentence.unknown_field}
    said: dict[FieldPath, Sentence] = {}
    for sentence in ordered:
        if sentence.structural and sentence.path in misspelt:
            continue
        said.setdefault(
            (*sentence.path, sentence.about) if sentence.about else sentence.path, sentence
        )
    return list(said.values())
