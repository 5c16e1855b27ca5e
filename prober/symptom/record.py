"""A symptom as JSON: the contract of `prober symptoms -o jsonl` and of records."""

from __future__ import annotations

from collections.abc import Iterable

from prober.symptom.model import Symptom


def as_json(symptom: Symptom) -> dict[str, str | int | None]:
    """Its members; what was not said is null."""
    return {
        "host": symptom.host or None,
        "address": symptom.address or None,
        "port": symptom.port,
        "protocol": symptom.protocol or None,
        "outcome": symptom.outcome.value,
        "nameServer": symptom.name_server or None,
        "direction": symptom.direction.value,
    }


def line_as_json(number: int, symptoms: Iterable[Symptom]) -> dict[str, object]:
    """What was read from one line of input, the first of which is 1."""
    return {"line": number, "symptoms": [as_json(symptom) for symptom in symptoms]}
