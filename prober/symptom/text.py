"""A symptom in words."""

from __future__ import annotations

from prober.symptom.cleaning import cleaned
from prober.symptom.envelope import unwrapped
from prober.symptom.model import Direction, Symptom

DIALLERS = {Direction.PROBE: "the kubelet", Direction.WEBHOOK: "the API server"}


def target(symptom: Symptom) -> str:
    """What was dialled: `db.shop:5432 (198.19.0.7)`; the name server where a name did not
    resolve."""
    place = symptom.host or symptom.address
    if symptom.port:
        place = f"[{place}]:{symptom.port}" if ":" in place else f"{place}:{symptom.port}"
    if symptom.host and symptom.address:
        place += f" ({symptom.address})"
    if symptom.name_server:
        place = (
            f"{place} asked of {symptom.name_server}" if place.strip(":53") else symptom.name_server
        )
    return place or "something that the line does not name"


def sentence(symptom: Symptom) -> str:
    """One line for people: `refused  tcp db.shop:5432 (198.19.0.7)`."""
    who = DIALLERS.get(symptom.direction)
    protocol = f"{symptom.protocol} " if symptom.protocol else ""
    said = f"{symptom.outcome:<12}  {protocol}{target(symptom)}"
    return f"{said}, dialled by {who}" if who else said


def bare_text(line: str) -> str:
    """The message in a line, without what its logger wrapped around it: to be quoted."""
    return unwrapped(cleaned(line)).text
