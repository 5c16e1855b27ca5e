"""docs/scenarios.md is true."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from prober.model.check import Expectation
from prober.model.outcome import Outcome
from prober.scenario import load_scenario, parse_source, parse_target
from prober.scenario.reading.schema import schema

DOCS = Path(__file__).parents[3] / "docs" / "scenarios.md"


def section(title: str) -> str:
    text = DOCS.read_text(encoding="utf-8")
    return text.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def rows(title: str) -> Iterator[list[str]]:
    """The cells of the tables in a section, without their heads."""
    for line in section(title).splitlines():
        if line.startswith("| `"):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("|"))]


def code(cell: str) -> str:
    found = re.match(r"`([^`]*)`", cell)
    assert found, cell
    return found[1]


def test_every_outcome_is_listed_with_its_meaning() -> None:
    assert [(code(name), meaning) for name, meaning in rows("Outcomes")] == [
        (one.value, one.meaning) for one in Outcome
    ]


def test_every_expectation_is_listed() -> None:
    assert [code(name) for name, _ in rows("Expectations")] == [one.value for one in Expectation]


@pytest.mark.parametrize("row", list(rows("Sources")), ids=lambda row: row[0])
def test_every_source_is_read_as_shown(row: list[str], tmp_path: Path) -> None:
    path = tmp_path / "shown.yaml"
    head = "apiVersion: prober.dev/v1alpha1\nkind: Scenario\nmetadata: {name: shown}\n"
    path.write_text(
        f"{head}checks: [{{from: {code(row[1])}, to: 'tcp://a.b:1'}}]\n", encoding="utf-8"
    )
    assert load_scenario(path).checks[0].source == parse_source(code(row[0]))


@pytest.mark.parametrize("row", list(rows("Targets")), ids=lambda row: row[0])
def test_every_target_is_read(row: list[str]) -> None:
    assert parse_target(code(row[0]))


def test_every_field_is_listed() -> None:
    fields = {code(row[0]) for row in rows("A check")}
    assert fields == set(schema()["$defs"]["check"]["properties"])


def test_the_library_is_listed() -> None:
    library = load_with_library()
    assert {code(name): code(target) for name, target in rows("The library")} == library


def load_with_library() -> dict[str, str]:
    from prober.manifest import load_documents
    from prober.scenario.reading.include import LIBRARY

    [document] = load_documents(LIBRARY / "common.yaml")
    targets: dict[str, str] = document.value["targets"]
    return targets


@pytest.mark.parametrize(
    "text", re.findall(r"```yaml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
)
def test_every_example_is_a_sound_scenario(text: str, write: Callable[..., Path]) -> None:
    assert load_scenario(write("", head=text)).checks
