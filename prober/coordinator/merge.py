"""Several records as one: several scenarios of one command (`prober run a.yaml b.yaml -o json`),
and the shards of one scenario that several machines ran. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from prober.coordinator import shards
from prober.coordinator.parts import causes_of
from prober.diagnosis import about_all, without_names
from prober.model.errors import UsageError
from prober.model.probe import Failure
from prober.model.run import CheckRecord, Finding, RunRecord


def merge(records: Sequence[RunRecord], *, complete: bool = False) -> RunRecord:
    """One record with everything of all of them; the identity for one.

    Records of one scenario are its shards: their checks stand beside each other, and the causes are
    looked for over all of them (`parts`); with `complete`, a shard that is not among them is a
    failure. Of several scenarios, check ids and groups get their scenario's
    name in front, so that they stay unique. Raises `UsageError` for records that are not of one
    fabric, or of which two have the same check.
    """
    fabrics = dict.fromkeys((record.fabric.kind, record.fabric.name) for record in records)
    if len(fabrics) > 1:
        names = ", ".join(f"{kind} {name}" for kind, name in fabrics)
        raise UsageError(
            f"the records are of different fabrics: {names}", hint="merge those of one of them"
        )
    scenarios: dict[str, list[RunRecord]] = {}
    for record in records:
        scenarios.setdefault(record.scenario, []).append(record)
    whole = [_shards(parts, complete=complete) for parts in scenarios.values()]
    return whole[0] if len(whole) == 1 else _scenarios(whole)


def _scenarios(records: Sequence[RunRecord]) -> RunRecord:
    return replace(
        _beside(records),
        scenario=", ".join(record.scenario for record in records),
        checks=tuple(
            _check(record.scenario, check) for record in records for check in record.checks
        ),
        findings=tuple(
            _finding(record.scenario, finding) for record in records for finding in record.findings
        ),
    )


def _shards(records: Sequence[RunRecord], *, complete: bool) -> RunRecord:
    if len(records) == 1 and not (complete and shards.NOTE in records[0].notes):
        return records[0]
    checks = _in_order(records)
    [(most, times)] = Counter(check.check.id for check in checks).most_common(1) or [("", 0)]
    if times > 1:
        raise UsageError(
            f"two of the records of {records[0].scenario} have the check {most}",
            hint="give each shard once: a repeated run is no shard",
        )
    findings = causes_of(records, checks)
    whole = _beside(records)
    return replace(
        whole,
        checks=tuple(checks),
        findings=_causes(records, checks) if findings is None else findings,
        part=None,
        failures=(*whole.failures, *(_missing(records) if complete else ())),
        notes={
            key: note
            for key, note in whole.notes.items()
            if key not in (shards.NOTE, shards.ORDER_NOTE)
        },
    )


def _in_order(records: Sequence[RunRecord]) -> list[CheckRecord]:
    """The checks of all records: in the order of the undivided run, where each says its place in
    it."""
    placed: list[tuple[int, CheckRecord]] = []
    for record in records:
        positions = shards.read(record.notes.get(shards.ORDER_NOTE, ""), len(record.checks))
        if positions is None:
            return [check for record in records for check in record.checks]
        placed += zip(positions, record.checks, strict=True)
    return [check for _, check in sorted(placed, key=lambda place: place[0])]


def _missing(records: Sequence[RunRecord]) -> Iterator[Failure]:
    """The parts of a divided run that are not there: what they would have said is not known.
    Raises `UsageError` where the records are parts of different divisions."""
    texts = [record.notes[shards.NOTE] for record in records if shards.NOTE in record.notes]
    parts = {shards.Shard.parse(text) for text in texts}
    if len({part.count for part in parts}) > 1:
        raise UsageError(
            f"the records are parts of different divisions: {', '.join(sorted(texts))}",
            hint="merge the shards of one run",
        )
    count = max((part.count for part in parts), default=0)
    for shard in (shards.Shard(index, count) for index in range(count)):
        if shard not in parts:
            yield Failure(
                f"shard {shard}", "its record is missing", hint=f"run it: --shard {shard}"
            )


def _causes(records: Sequence[RunRecord], checks: Sequence[CheckRecord]) -> tuple[Finding, ...]:
    """What the records say themselves; a cause that several of them have is one."""
    causes: dict[tuple[object, ...], Finding] = {}
    names = {check.check.id: check.check.name for check in checks}
    for finding in (finding for record in records for finding in record.findings):
        # What nothing explains names its checks, and those of another shard are others.
        said = without_names(finding.cause) or finding.cause
        key = (finding.id, said, repr(finding.fix))
        causes[key] = _joined(causes[key], finding, names) if key in causes else finding
    return tuple(causes.values())


def _joined(cause: Finding, again: Finding, names: Mapping[str, str]) -> Finding:
    """One cause that two shards found; `names` are those of the checks, by id."""
    checks = tuple(dict.fromkeys((*cause.checks, *again.checks)))
    return replace(
        cause,
        cause=about_all(cause.cause, [names[check] for check in checks if check in names]),
        evidence=tuple(dict.fromkeys((*cause.evidence, *again.evidence))),
        checks=checks,
        objects=tuple(dict.fromkeys((*cause.objects, *again.objects))),
    )


def _beside(records: Sequence[RunRecord]) -> RunRecord:
    """The first record with what all of them say beside their checks and findings."""
    return replace(
        records[0],
        started=min(record.started for record in records),
        duration_ms=sum(record.duration_ms for record in records),
        failures=tuple(failure for record in records for failure in record.failures),
        addresses={
            address: name for record in records for address, name in record.addresses.items()
        },
        places={name: place for record in records for name, place in record.places.items()},
        warnings=tuple(dict.fromkeys(warning for record in records for warning in record.warnings)),
        notes={key: note for record in records for key, note in record.notes.items()},
        predicted_only=tuple(
            dict.fromkeys(row for record in records for row in record.predicted_only)
        ),
    )


def _check(scenario: str, record: CheckRecord) -> CheckRecord:
    check = replace(
        record.check, id=f"{scenario}/{record.check.id}", group=f"{scenario}/{record.check.group}"
    )
    return replace(record, check=check)


def _finding(scenario: str, finding: Finding) -> Finding:
    return replace(finding, checks=tuple(f"{scenario}/{check}" for check in finding.checks))
