"""The fixes that the record of a run offers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from prober.model.errors import UsageError
from prober.model.objects import Ref
from prober.model.run import Finding, Fix, RunRecord


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
    """What a run offers, numbered as its report numbers the causes."""
    numbered = list(enumerate(record.findings, start=1))
    offers = _named_apart(_offers(numbered))
    without = (_advice(number, finding) for number, finding in numbered if not _fix(finding))
    return Offers(record.id, record.fabric.kind, record.fabric.name, tuple(offers), tuple(without))


def _offers(findings: Iterable[tuple[int, Finding]]) -> Iterator[Offer]:
    for number, finding in findings:
        fix = _fix(finding)
        if fix and fix.target:
            yield Offer(
                number, finding.id, finding.cause, finding.confidence.value, fix, fix.target
            )


def _fix(finding: Finding) -> Fix | None:
    """The fix of a finding, where it is a change that prober could make."""
    fix = finding.fix
    return fix if fix and fix.target and (fix.patch or fix.creates) else None


def _advice(number: int, finding: Finding) -> Advice:
    by_hand = finding.fix.summary if finding.fix else ""
    return Advice(number, finding.id, finding.cause, by_hand)


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
    by_number: dict[int, Offer] = {}
    for text in wanted:
        matching = [offer for offer in offers.items if text in (str(offer.number), offer.id)]
        if not matching:
            known = ", ".join(f"{offer.number} ({offer.id})" for offer in offers.items) or "none"
            raise UsageError(f"the run offers no fix {text}", hint=f"it offers {known}")
        by_number |= {offer.number: offer for offer in matching}
    return tuple(by_number.values())
