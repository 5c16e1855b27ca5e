"""`tap`: the Test Anything Protocol, version 14, with a YAML diagnostic under whatever is not
plainly ok.

Specification: testanything.org, "TAP 14". What could not be found out is `not ok`: neither SKIP nor
TODO, which harnesses count as passed.
"""

from __future__ import annotations

from typing import Any

from prober.model.run import RunRecord
from prober.report.cases import TestCase, TestSuite, suite_of
from prober.report.text import printable
from prober.report.words import Mark
from prober.report.yaml_ import dump


def render_tap(record: RunRecord) -> str:
    """The run as one flat stream of test points."""
    return write_tap(suite_of(record))


def write_tap(suite: TestSuite) -> str:
    """A suite as one flat stream of test points."""
    lines = ["TAP version 14", f"1..{len(suite.cases)}"]
    for number, case in enumerate(suite.cases, start=1):
        word = "ok" if case.mark is Mark.OK else "not ok"
        lines.append(f"{word} {number} - {description(case.name)}")
        if diagnostic := _diagnostic(case):
            lines.extend(
                ["  ---", *("  " + line for line in dump(diagnostic).splitlines()), "  ..."]
            )
    lines.append(f"# {printable(suite.last)}")
    return "\n".join(lines) + "\n"


def description(name: str) -> str:
    """A test point's description: `#` would begin a directive such as TODO, and the backslash is
    what escapes it."""
    return printable(name).replace("\\", "\\\\").replace("#", "\\#")


def _diagnostic(case: TestCase) -> dict[str, Any]:
    members: dict[str, Any] = {}
    if case.mark is not Mark.OK:
        members = {
            "message": printable(case.message),
            "severity": "error" if case.mark is Mark.UNSURE else "fail",
            "mark": case.mark.value,
            "kind": case.kind,
            "reasons": [printable(line) for line in case.details],
        }
        if case.origin:
            members["at"] = {"file": printable(case.origin.file), "line": case.origin.line}
    if case.flaky:
        members["flaky"] = case.flaky.removeprefix("flaky: ").split(", ")
    return members
