"""Change reports: every format tells the same, and none is greener than the exit code."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
import yaml
from jsonschema import Draft202012Validator

from prober.model.baseline import (
    Cell,
    Change,
    ChangeKind,
    ChangeReport,
    ChangeStatus,
    EditKind,
    FlowKey,
    Forecast,
    PolicyEdit,
    Reach,
)
from prober.model.errors import ExitCode
from prober.model.objects import Ref
from prober.model.probe import Failure
from prober.model.run import FabricInfo
from prober.report.changes import FORMATS, render_changes
from prober.report.changes.data import schema_text

KEY = FlowKey("deploy/web.shop", "deploy/db.shop", 5432, "TCP")
OPEN = Cell(Forecast.ALLOWED, Reach.OPEN, ("ok",))
SHUT = Cell(Forecast.DENIED, Reach.CLOSED, ("rejected",), policies=("shop/hard",))
EDIT = PolicyEdit(Ref("NetworkPolicy", "shop", "hard"), EditKind.ADDED)
CLOSED = Change(
    KEY, ChangeKind.CLOSED, ChangeStatus.CHANGED, OPEN, SHUT, (EDIT,), ("nothing allows 5432",)
)
LOST = Change(
    replace(KEY, port=80),
    ChangeKind.UNKNOWN,
    ChangeStatus.UNSURE,
    OPEN,
    Cell(Forecast.ALLOWED, Reach.UNKNOWN, ("timeout",)),
)
MEANT = replace(
    CLOSED,
    key=replace(KEY, port=81),
    status=ChangeStatus.ALLOWED,
    allowed_by="meant (allow.yaml:4)",
)
GONE = Change(
    replace(KEY, port=82),
    ChangeKind.VANISHED,
    ChangeStatus.CHANGED,
    OPEN,
    None,
    reasons=("it is gone",),
)
SILENT = replace(LOST, key=replace(KEY, port=83), status=ChangeStatus.AS_BEFORE)
QUIET = ChangeReport("baseline b.yaml", "2026-01-01T00:00:00Z", FabricInfo("lab", "lab"), 9)
REPORTS = {
    "closed": (replace(QUIET, changes=(CLOSED, MEANT, SILENT), edits=(EDIT,)), ExitCode.FAILED),
    "gone": (replace(QUIET, changes=(GONE,)), ExitCode.FAILED),
    "lost": (replace(QUIET, changes=(LOST,)), ExitCode.UNKNOWN),
    "failure": (
        replace(QUIET, failures=(Failure("pod/a/b", "no image", "push it"),)),
        ExitCode.UNKNOWN,
    ),
    "nothing": (replace(QUIET, compared=0), ExitCode.UNKNOWN),
    "meant": (replace(QUIET, changes=(MEANT, SILENT)), ExitCode.OK),
    "quiet": (QUIET, ExitCode.OK),
}


@pytest.mark.parametrize("name", REPORTS)
def test_no_format_is_greener_than_the_exit_code(name: str) -> None:
    report, code = REPORTS[name]
    assert report.exit_code is code
    assert f"exit {code.value}" in render_changes(report, "table").splitlines()[-1]
    assert json.loads(render_changes(report, "json"))["exitCode"] == code
    assert yaml.safe_load(render_changes(report, "yaml"))["exitCode"] == code
    tap = render_changes(report, "tap").splitlines()
    assert any(line.startswith("not ok") for line in tap) is (code is not ExitCode.OK)
    junit = ET.fromstring(render_changes(report, "junit"))  # noqa: S314 - our own text
    bad = int(junit.get("failures", "0")) + int(junit.get("errors", "0"))
    assert bool(bad) is (code is not ExitCode.OK)


@pytest.mark.parametrize("name", REPORTS)
def test_the_json_holds_to_the_published_schema(name: str) -> None:
    schema = json.loads(schema_text())
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(render_changes(REPORTS[name][0], "json")))


def test_the_table_names_the_policy_and_says_why() -> None:
    assert render_changes(REPORTS["closed"][0], "table").splitlines() == [
        "baseline b.yaml · lab · since 2026-01-01T00:00:00Z · 9 flows compared",
        "",
        "NetworkPolicy shop/hard was added",
        "  CLOSED  deploy/web.shop → deploy/db.shop:5432/tcp  open → closed (rejected)",
        "          nothing allows 5432",
        "",
        "allowed",
        "  closed  deploy/web.shop → deploy/db.shop:81/tcp  open → closed (rejected)",
        "          meant (allow.yaml:4)",
        "",
        "not comparable, then as now",
        "  unknown  deploy/web.shop → deploy/db.shop:83/tcp  open → unknown (timeout)",
        "",
        (
            "0 opened, 1 closed, 0 predicted, 1 allowed, 0 unknown, 1 not comparable, then as "
            "now · exit 1"
        ),
    ]


def test_an_edit_that_changed_no_flow_is_said() -> None:
    text = render_changes(replace(QUIET, edits=(EDIT,)), "table")
    assert "NetworkPolicy shop/hard was added: no flow changed by that" in text


def test_a_narrow_terminal_keeps_both_ends() -> None:
    lines = render_changes(REPORTS["closed"][0], "table", width=60).splitlines()
    assert max(map(len, lines)) <= 60
    assert any("5432/tcp" in line for line in lines)


@pytest.mark.parametrize("form", FORMATS)
def test_colour_is_never_the_only_sign(form: str) -> None:
    report = REPORTS["closed"][0]
    plain, painted = render_changes(report, form), render_changes(report, form, color=True)
    assert "\x1b" not in plain
    for code in ("1", "1;31", "0", "33", "32"):
        painted = painted.replace(f"\x1b[{code}m", "")
    assert painted == plain
