"""Documents to objects: apiVersion, kind and name, with lists unwrapped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from prober.manifest.reading.cursor import Cursor, Report
from prober.manifest.reading.document import Document
from prober.manifest.reading.kinds import LAB, PROBER_API, READ, SCENARIO, Handling, handling_of
from prober.model.errors import Location
from prober.model.languages.kinds import BY_KIND, LanguageKind

_NO_KIND_HINT = (
    "Kubernetes objects have both apiVersion and kind; move other YAML files out of the directory"
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """One object as it was written."""

    api_version: str
    kind: str
    cursor: Cursor
    """At the object: the root of its document, or an item of a list."""
    handling: Handling

    @property
    def language(self) -> LanguageKind | None:
        """What it is, where it is of one of the other policy languages."""
        return BY_KIND.get((self.api_version, self.kind))

    @property
    def value(self) -> dict[str, Any]:
        value: dict[str, Any] = self.cursor.value
        return value

    @property
    def metadata(self) -> dict[str, Any]:
        """As it was written; empty when it is absent or no mapping."""
        metadata = self.value.get("metadata")
        return metadata if isinstance(metadata, dict) else {}

    @property
    def origin(self) -> Location:
        return self.cursor.document.location(self.cursor.path)


def is_object(value: Mapping[str, Any]) -> bool:
    """Is a document meant as a Kubernetes object, perhaps one that lacks a field: Helm's values and
    what belongs to other tools is not."""
    if "apiVersion" in value and "kind" in value:
        return True
    return bool(value.keys() & {"apiVersion", "kind"}) and bool(value.keys() & {"metadata", "spec"})


def manifests_of(document: Document, report: Report) -> Iterator[Manifest]:
    """The objects of a document. Those without a kind, or in an apiVersion that nobody serves,
    become mistakes."""
    yield from _unwrap(Cursor(document, (), document.value, report), "", "")


def _unwrap(cursor: Cursor, implied_version: str, implied_kind: str) -> Iterator[Manifest]:
    """`implied_…` are those of the typed list around it: the API leaves them out in its items."""
    if cursor.mapping() is None:
        if cursor.absent:
            cursor.wrong("is empty", "remove the item")
        return
    api_version = cursor.field("apiVersion").text() or implied_version
    kind = cursor.field("kind").text() or implied_kind
    if not api_version or not kind:
        missing = " and ".join(
            name for name, value in (("apiVersion", api_version), ("kind", kind)) if not value
        )
        cursor.wrong(f"has no {missing}", _NO_KIND_HINT)
        return
    manifest = Manifest(api_version, kind, cursor, handling_of(api_version, kind))
    if manifest.handling is Handling.LIST:
        item = (api_version, kind.removesuffix("List")) if kind != "List" else ("", "")
        for element in cursor.field("items").items():
            yield from _unwrap(element, *item)
    elif manifest.handling is Handling.WRONG_VERSION:
        cursor.field("apiVersion").wrong(
            f"no API server serves the kind {kind} in {api_version}",
            f"write `apiVersion: {READ[kind]}`",
        )
    elif manifest.handling is Handling.WRONG_KIND:
        wrong = "apiVersion" if kind in (LAB, SCENARIO) else "kind"
        hint = f"its kinds are Lab and Scenario, in `apiVersion: {PROBER_API}`"
        cursor.field(wrong).wrong(f"prober has no {kind} in {api_version}", hint)
    else:
        yield manifest
