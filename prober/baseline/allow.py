"""The changes that a rollout is meant to make, from a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from prober.manifest.reading.document import load_documents
from prober.model.baseline import Change, ChangeKind, ChangeStatus, FlowKey
from prober.model.errors import Location
from prober.scenario.reading.mistakes import Findings
from prober.scenario.reading.schema import check_shape, is_kind

KIND = "AllowedChanges"
SCHEMA = Path(__file__).with_name("allow.schema.json")


@dataclass(frozen=True, slots=True)
class Allowance:
    """One kind of change that is meant to happen, to the flows that fit."""

    kind: ChangeKind
    source: str
    """A pattern in which `*` stands for anything."""
    destination: str
    port: str
    """As in `5432/tcp`; empty: any."""
    reason: str
    origin: Location

    def fits(self, kind: ChangeKind, key: FlowKey) -> bool:
        return (
            kind is self.kind
            and fnmatchcase(key.source, self.source)
            and fnmatchcase(key.destination, self.destination)
            and self.port in ("", key.port_text)
        )


def load_allowances(path: Path) -> tuple[Allowance, ...]:
    """The allowances of a file, in its order. Raises `InputError` with every mistake in it."""
    findings = Findings()
    documents = load_documents(path)
    for document in documents:
        if is_kind(document, KIND, findings):
            check_shape(document, SCHEMA, findings)
    findings.raise_if_any()
    return tuple(
        _allowance(change, document.location(("changes", index)))
        for document in documents
        for index, change in enumerate(document.value["changes"])
    )


def _allowance(entry: dict[str, Any], origin: Location) -> Allowance:
    kind = ChangeKind(entry["change"])
    return Allowance(
        kind,
        entry.get("from", "*"),
        entry.get("to", "*"),
        entry.get("port", ""),
        entry["reason"],
        origin,
    )


def allow(changes: Iterable[Change], allowances: Sequence[Allowance]) -> tuple[Change, ...]:
    """The changes, those that an allowance fits marked as allowed."""
    return tuple(_allowed(change, allowances) for change in changes)


def _allowed(change: Change, allowances: Sequence[Allowance]) -> Change:
    allowance = next(
        (allowance for allowance in allowances if allowance.fits(change.kind, change.key)), None
    )
    if allowance is None or change.status is ChangeStatus.AS_BEFORE:
        return change
    return replace(
        change, status=ChangeStatus.ALLOWED, allowed_by=f"{allowance.reason} ({allowance.origin})"
    )


def unused(changes: Iterable[Change], allowances: Iterable[Allowance]) -> tuple[str, ...]:
    """A sentence for each allowance that fits no change: the rollout did not do what it was meant
    to, or is done."""
    happened = list(changes)
    return tuple(
        f"{allowance.origin} allows what did not happen: {allowance.kind.value} "
        f"{allowance.source} → {allowance.destination}"
        + (f":{allowance.port}" if allowance.port else "")
        for allowance in allowances
        if not any(allowance.fits(change.kind, change.key) for change in happened)
    )
