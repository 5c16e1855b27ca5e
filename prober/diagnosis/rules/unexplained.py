"""What no rule explains: what is known, what is excluded, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.engine import engine_sentence
from prober.diagnosis.facts.known import excluded, known, next_step
from prober.model.listing import listed
from prober.model.run import CheckRecord, Confidence, Finding, Fix, Result

ID = "unexplained"
_UNKNOWN, _UNEXPLAINED = "could not be found out", "is not explained"


def find(case: Case) -> Iterable[Finding]:
    groups: dict[tuple[str, str, Result], list[CheckRecord]] = {}
    for record in case.unmet:
        key = (next_step(record, case.snapshot), str(record.observation.outcome), record.result)
        groups.setdefault(key, []).append(record)
    for (step, outcome, result), records in groups.items():
        names = listed(record.check.name for record in records)
        said = _UNKNOWN if result is Result.INCONCLUSIVE else _UNEXPLAINED
        yield Finding(
            id=ID,
            cause=f"{names} {said}: expected {records[0].check.expected}, saw {outcome}, and no "
            "known cause fits all that was seen",
            confidence=Confidence.POSSIBLE,
            evidence=tuple(
                dict.fromkeys(
                    [
                        *(f"known: {line}" for record in records[:2] for line in known(record)),
                        *(f"excluded: {line}" for line in excluded(records[0], case)),
                        *(line for line in (engine_sentence(case),) if line),
                    ]
                )
            ),
            fix=Fix(step),
            checks=tuple(record.check.id for record in records),
        )


def without_names(cause: str) -> str:
    """What the sentence says of its checks, whichever they are; empty for another rule's."""
    for said in (_UNKNOWN, _UNEXPLAINED):
        _, found, rest = cause.partition(f" {said}: ")
        if found:
            return f"{said}: {rest}"
    return ""


def about_all(cause: str, names: Sequence[str]) -> str:
    """The same sentence about other checks: those of all shards that say it."""
    said = without_names(cause)
    return f"{listed(names)} {said}" if said else cause


RULE = Rule(
    id=ID,
    concludes="No known cause fits everything that was seen; what is known and excluded is said.",
    advice="do what the finding names as the next step, and take a bundle with `prober evidence`",
    needs="a check that failed or could not be found out, and that no other rule explains",
    find=find,
)
