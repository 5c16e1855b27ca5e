"""The document of rules is the table of rules."""

from __future__ import annotations

from pathlib import Path

from prober.diagnosis import RULES
from prober.diagnosis.catalog import catalog

DOCUMENT = Path(__file__).parents[3] / "docs" / "diagnosis.md"


def test_the_document_is_generated_from_the_table() -> None:
    assert DOCUMENT.read_text() == catalog(), (
        "regenerate it: python -m prober.diagnosis.catalog > docs/diagnosis.md"
    )


def test_every_rule_has_an_id_of_its_own() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
