"""docs/reports.md says what is true."""

import re
from pathlib import Path

from prober.model.errors import ExitCode
from prober.report import FORMATS
from prober.report.json_ import schema
from prober.report.words import Mark

TEXT = (Path(__file__).parents[3] / "docs" / "reports.md").read_text(encoding="utf-8")


def table(heading: str) -> list[list[str]]:
    """The cells of the first table under a heading, without its own head."""
    section = TEXT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def test_the_exit_codes() -> None:
    assert table("Exit codes") == [[str(code.value), code.meaning] for code in ExitCode]


def test_the_formats() -> None:
    documented = [
        [f"`{name}`", " ".join(f"`{s}`" for s in entry.suffixes), entry.media]
        for name, entry in FORMATS.items()
    ]
    assert table("Formats") == documented


def test_the_marks() -> None:
    assert [row[0] for row in table("Reading the table")] == [f"`{mark.value}`" for mark in Mark]


def test_every_documented_member_exists_and_every_top_member_is_documented() -> None:
    documented = [re.sub("[`]", "", row[0]) for row in table("Members")]
    for path in documented:
        assert_member(path)
    assert {path.partition(".")[0].removesuffix("[]") for path in documented} == set(
        schema()["properties"]
    )


def assert_member(path: str) -> None:
    """The path, as in `checks[].source.text`, leads somewhere in the schema."""
    node = schema()
    for part in path.split("."):
        node = resolve(node)["properties"][part.removesuffix("[]")]
        if part.endswith("[]"):
            node = node["items"]


def resolve(node: dict) -> dict:  # type: ignore[type-arg]  # a piece of a schema
    """The definition behind a reference, also where null is allowed besides."""
    for option in node.get("anyOf", [node]):
        if "$ref" in option:
            found: dict = schema()["$defs"][option["$ref"].rpartition("/")[2]]  # type: ignore[type-arg]  # the same
            return found
    return node
