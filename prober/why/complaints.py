"""Statements to complaints: read, the same counted once, the most frequent and newest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from prober.model.testimony import Statement, StatementKind
from prober.symptom import Direction, Symptom, symptoms_of
from prober.symptom.controllers import API_SERVER, controller_of
from prober.why.configured import destinations

READ_AT_MOST = 20_000
"""Statements; more say nothing new."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """A failed connection that somebody told of."""

    symptom: Symptom
    statement: Statement
    """The newest that tells of it."""
    count: int = 1
    last: str = ""
    """When it was told last, RFC 3339; empty: not known."""
    also: tuple[str, ...] = ()
    """Other objects with the same symptom, such as more pods of the workload."""


def is_unsigned(complaint: Complaint) -> bool:
    """Nobody says who wrote it, and so who dialled: those are tried who could have."""
    statement = complaint.statement
    unknown = not (statement.by or statement.about)
    return unknown and complaint.symptom.direction is Direction.CLIENT


def complaints_of(statements: Iterable[Statement]) -> tuple[Complaint, ...]:
    """Every complaint, each once for everybody of one workload who has it."""
    counted: dict[tuple[object, ...], Complaint] = {}
    for number, statement in enumerate(statements):
        # Logs of a whole cluster are endless. What was read is counted in the answer, so that
        # "nothing found" is never said of lines that nobody looked at.
        if number >= READ_AT_MOST:
            break
        assumed = statement.kind is StatementKind.CONFIGURED
        symptoms = _assumed_of(statement) if assumed else symptoms_of(statement.text)
        for symptom in symptoms:
            if symptom.names_a_target:
                _count(counted, symptom, statement)
    return ordered(tuple(counted.values()))


def _assumed_of(statement: Statement) -> tuple[Symptom, ...]:
    """What is only configured; a webhook's and an APIService's target is the API server's."""
    dialler = controller_of(statement.about.partition("/")[0])
    direction = Direction.WEBHOOK if dialler == API_SERVER else Direction.CLIENT
    return tuple(replace(symptom, direction=direction) for symptom in destinations(statement.text))


def together(first: Complaint, other: Complaint) -> Complaint:
    """The same complaint of two objects."""
    return replace(
        first,
        count=first.count + other.count,
        last=max(first.last, other.last),
        also=tuple(dict.fromkeys((*first.also, other.statement.about))),
    )


def ordered(complaints: Sequence[Complaint]) -> tuple[Complaint, ...]:
    """Complaints before what is only configured; then the most frequent, and the newest."""
    # Two stable sorts: first by time, then by what matters more. The number of checks is limited,
    # and what happens most often and most recently is most likely what somebody is waiting for.
    newest = sorted(complaints, key=lambda complaint: complaint.last, reverse=True)
    return tuple(
        sorted(newest, key=lambda complaint: (_assumed(complaint.statement), -complaint.count)),
    )


def _assumed(statement: Statement) -> bool:
    return statement.kind is StatementKind.CONFIGURED


def _count(
    counted: dict[tuple[object, ...], Complaint], symptom: Symptom, statement: Statement
) -> None:
    # Not the outcome: the same connection times out, is refused and is reset in one incident, and
    # it is one thing to check.
    who = statement.by or statement.about
    place = symptom.host or symptom.address
    key = (who, place, symptom.port, symptom.protocol, symptom.name_server, symptom.direction)
    known = counted.get(key)
    if known is None:
        counted[key] = Complaint(symptom, statement, statement.count, statement.last)
        return
    if _assumed(statement):
        return
    # The newest text is quoted, but one with an address is kept over one without: the address is
    # what the connection really went to.
    newer = statement.last >= known.last and not (known.symptom.address and not symptom.address)
    counted[key] = replace(
        known,
        symptom=symptom if newer else known.symptom,
        statement=statement if newer else known.statement,
        count=known.count + statement.count,
        last=max(known.last, statement.last),
    )
