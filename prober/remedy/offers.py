"""Fixes out of a run's record, as JSON or YAML has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from prober.model.errors import UsageError
from prober.model.naming import is_ref, is_rule
from prober.model.objects import Ref
from prober.model.run import Fix, RunRecord
from prober.report.data import SCHEMA_VERSION, run_data


@dataclass(frozen=True, slots=True)
class Offer:
    """One cause of a run, with the fix for it."""

    number: int
    """As the report numbers its causes."""
    id: str
    """The rule's id."""
    cause: str
    confidence: str
    fix: Fix
    target: Ref
    """Of the fix."""

    @property
    def slug(self) -> str:
        """A name for files."""
        return f"{self.number:02}-{self.id}"


@dataclass(frozen=True, slots=True)
class Advice:
    """One cause of a run that no change of prober's mends."""

    number: int
    id: str
    cause: str
    by_hand: str
    """What a person can do; empty where that is not known."""

    def __str__(self) -> str:
        return f"{self.number} {self.id}: {self.cause}"


@dataclass(frozen=True, slots=True)
class Offers:
    """All that a run offers."""

    run: str
    """Its id."""
    fabric: str
    """`lab` or `kubernetes`."""
    context: str
    """The fabric's name: for a cluster, its context."""
    items: tuple[Offer, ...]
    without: tuple[Advice, ...]
    """Causes without a change that prober could make."""


def offers_of(record: RunRecord) -> Offers:
    """What a run offers."""
    return read_offers(run_data(record))


def read_offers(data: Mapping[str, Any]) -> Offers:
    """What a run's JSON offers. Raises `UsageError` for anything that is not such a record."""
    if data.get("kind") != "Run":
        raise UsageError(
            "this is not the record of a run",
            hint="write one with `prober run … --report run.json`",
        )
    if data.get("schemaVersion") != SCHEMA_VERSION:
        raise UsageError(
            (
                f"the record has schemaVersion {data.get('schemaVersion')}, and this prober "
                f"reads {SCHEMA_VERSION}"
            ),
            hint="run the checks again with this prober",
        )
    try:
        findings = list(data["findings"])
        items = tuple(_named_apart(_offer(one) for one in findings if _applicable(one)))
        without = tuple(_advice(one) for one in findings if not _applicable(one))
        return Offers(data["id"], data["fabric"]["kind"], data["fabric"]["name"], items, without)
    except (KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"the record is damaged: {error!r}", hint="run the checks again"
        ) from error


def _named_apart(offers: Iterable[Offer]) -> Iterator[Offer]:
    """New objects of one name are one object when they are equal, as two runs in one report may
    have it; else the later ones get names of their own."""
    known: dict[Ref, object] = {}
    for offer in offers:
        manifest = offer.fix.manifest
        if not offer.fix.creates or manifest is None:
            yield offer
            continue
        target, number = offer.target, 1
        while known.setdefault(target, manifest.get("spec")) != manifest.get("spec"):
            number += 1
            target = replace(target, name=f"{offer.target.name}-{number}")
        named = {**manifest, "metadata": {**manifest.get("metadata", {}), "name": target.name}}
        yield replace(offer, target=target, fix=replace(offer.fix, target=target, manifest=named))


def choose(offers: Offers, wanted: Sequence[str]) -> tuple[Offer, ...]:
    """The offers with these numbers or rule ids; none given: all. Raises `UsageError` for what
    there is none of."""
    if not wanted:
        return offers.items
    found: dict[int, Offer] = {}
    for text in wanted:
        matching = [one for one in offers.items if text in (str(one.number), one.id)]
        if not matching:
            known = ", ".join(f"{one.number} ({one.id})" for one in offers.items) or "none"
            raise UsageError(f"the run offers no fix {text}", hint=f"it offers {known}")
        found |= {one.number: one for one in matching}
    return tuple(found.values())


def _applicable(finding: Mapping[str, Any]) -> bool:
    fix = finding["fix"]
    return bool(fix and fix["target"] and (fix["patch"] or fix.get("beside")))


def _advice(finding: Mapping[str, Any]) -> Advice:
    by_hand = finding["fix"]["summary"] if finding["fix"] else ""
    return Advice(finding["number"], finding["id"], finding["cause"], by_hand)


def _offer(finding: Mapping[str, Any]) -> Offer:
    fix = finding["fix"]
    if not is_rule(finding["id"]) or not isinstance(finding["number"], int):
        raise UsageError(
            f"the record is forged: {finding['id']!r} is no rule", hint="run the checks again"
        )
    target, beside = _ref(fix["target"]), fix.get("beside")
    change = Fix(
        fix["summary"],
        target,
        tuple(fix["patch"]),
        fix["manifest"],
        tuple(fix["opens"]),
        beside=_ref(beside) if beside else None,
    )
    return Offer(
        finding["number"], finding["id"], finding["cause"], finding["confidence"], change, target
    )


def _ref(data: Mapping[str, str]) -> Ref:
    ref = Ref(data["kind"], data["namespace"], data["name"])
    if not is_ref(ref):
        raise UsageError(
            f"the record is forged: {data!r} is no name of an object", hint="run the checks again"
        )
    return ref
