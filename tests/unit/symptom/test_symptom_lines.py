"""What is read out of real lines of many emitters, and that nothing is read out of others."""

from __future__ import annotations

from pathlib import Path

import pytest
import symptom_lines_clients as clients
import symptom_lines_found as found
import symptom_lines_more as more
from symptom_distractors import DISTRACTORS
from symptom_noise import NOISE

from prober.symptom import Direction, Symptom, symptoms_of

TABLES = {
    f"{module.__name__.rpartition('_')[2]}-{name.lower()}": lines
    for module in (clients, more, found)
    for name, lines in vars(module).items()
    if name.isupper()
}


def brief(symptom: Symptom) -> str:
    """A symptom in the words of the tables."""
    port = f":{symptom.port}" if symptom.port else ""
    server = f" @{symptom.name_server}" if symptom.name_server else ""
    who = "" if symptom.direction is Direction.CLIENT else f" !{symptom.direction}"
    return (
        f"{symptom.outcome} {symptom.protocol} {symptom.host}/{symptom.address}{port}{server}{who}"
    )


def read(line: str) -> str:
    return " + ".join(map(brief, symptoms_of(line))) or "-"


CASES = [
    pytest.param(line, want, id=f"{name}-{at}")
    for name, table in TABLES.items()
    for at, (line, want) in enumerate(table)
]


@pytest.mark.parametrize(("line", "want"), CASES)
def test_a_line_is_read(line: str, want: str) -> None:
    assert read(line) == want


@pytest.mark.parametrize("line", (*DISTRACTORS, *NOISE))
def test_what_is_no_failure_of_ones_own_connection_is_none(line: str) -> None:
    assert read(line) == "-"


HERE = Path(__file__).parent
SHAPES = [
    line.split("\t", 1)
    for name in ("lines_in_many_shapes.tsv", "lines_of_other_emitters.tsv")
    for line in (HERE / name).read_text().split("\n")
    if line
]
"""What is to be read, a tab, the line: the same kinds in other loggers, languages and lengths; then
clients, servers and tools that no other table has."""
OTHERS = [
    line
    for name in ("distractors_in_many_shapes.txt", "distractors_of_other_emitters.txt")
    for line in (HERE / name).read_text().split("\n")
]


def test_lines_are_read_in_whatever_shape_they_come() -> None:
    assert len(SHAPES) >= 300
    assert [(line, read(line), want) for want, line in SHAPES if read(line) != want] == []


def test_what_is_none_is_none_in_whatever_shape_it_comes() -> None:
    assert len(OTHERS) >= 200
    assert [(line, read(line)) for line in OTHERS if read(line) != "-"] == []


def test_the_table_is_large_enough() -> None:
    """What the table promises: 150 lines with a symptom, and 40 without."""
    assert sum(want != "-" for table in TABLES.values() for _, want in table) >= 150
    assert len(DISTRACTORS) >= 40
