"""The audit as people and programs get it: the command, its formats and exit codes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from audit_world import DENY, DNS, PODS, policy

from prober.audit import CHECKS
from prober.audit.catalog import catalog
from prober.cli.main import run

DOCUMENT = Path(__file__).parents[3] / "docs" / "audit.md"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    wrong = policy(
        "a b".replace(" ", "-"),
        "podSelector: {matchLabels: {app: web}}\ningress: [{ports: [{port: 80}]}]",
    )
    (tmp_path / "my world.yaml").write_text(PODS + DENY + DNS + wrong)
    return tmp_path


def out(capsys: pytest.CaptureFixture[str], *args: str, code: int) -> str:
    assert run(["audit", *args]) == code
    return capsys.readouterr().out


def test_the_document_is_generated_from_the_table() -> None:
    assert DOCUMENT.read_text() == catalog(), (
        "regenerate it: python -m prober.audit.catalog > docs/audit.md"
    )


def test_every_check_has_an_id_of_its_own() -> None:
    ids = [check.id for check in CHECKS]
    assert len(set(ids)) == len(ids)


def test_a_person_reads_where_why_and_what_to_do(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = out(capsys, "-f", "my world.yaml", code=1)
    assert "error    service-port-in-rule" in text
    assert "my world.yaml:" in text
    assert "write 8080 instead of 80" in text
    assert "100 % covered" in text


def test_the_line_is_that_of_the_field(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads(out(capsys, "-f", "my world.yaml", "-o", "json", code=1))
    finding = next(one for one in data["findings"] if one["id"] == "service-port-in-rule")
    lines = (here / "my world.yaml").read_text().splitlines()
    assert finding["field"] == "spec.ingress[0].ports[0]"
    assert "port: 80" in lines[finding["line"] - 1]
    assert data["coverage"]["percent"] == 100.0


def test_yaml_has_what_json_has(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    as_json = json.loads(out(capsys, "-f", ".", "-o", "json", code=1))
    assert yaml.safe_load(out(capsys, "-f", ".", "-o", "yaml", code=1)) == as_json


def test_sarif_has_what_the_specification_requires(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Properties that the schema of 2.1.0 requires, and what viewers need to show a result in a
    file."""
    log = json.loads(out(capsys, "-f", "my world.yaml", "-o", "sarif", code=1))
    assert log["version"] == "2.1.0"
    [one] = log["runs"]
    rules = one["tool"]["driver"]["rules"]
    assert one["tool"]["driver"]["name"] == "prober"
    assert [rule["id"] for rule in rules] == [check.id for check in CHECKS]
    assert all(
        rule[text]["text"]
        for rule in rules
        for text in ("shortDescription", "fullDescription", "help")
    )
    assert one["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]
    assert one["results"]
    for result in one["results"]:
        _sound(result, rules)


PROPERTIES = {
    "": {"$schema", "version", "runs"},
    "runs": {"tool", "invocations", "results", "columnKind"},
    "driver": {"name", "version", "rules"},
    "rules": {"id", "shortDescription", "fullDescription", "help", "defaultConfiguration"},
    "results": {"ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"},
    "locations": {"physicalLocation", "logicalLocations"},
    "logicalLocations": {"fullyQualifiedName", "kind"},
    "region": {"startLine"},
}
"""What the schema of SARIF 2.1.0 knows of what is written here, by the property that holds it: it
allows nothing else. The logs were held against the whole schema, formats included; it is too long
to be kept here."""


def _misplaced(value: Any, holder: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        yield from (
            f"{holder}.{key}" for key in value.keys() - PROPERTIES.get(holder, value.keys())
        )
        for key, inner in value.items():
            yield from _misplaced(inner, key)
    for item in value if isinstance(value, list) else ():
        yield from _misplaced(item, holder)


@pytest.mark.parametrize("name", ["my world.yaml", "a:b.yaml", "ä#1%.yaml"])
def test_sarif_says_nothing_that_its_schema_does_not_know(
    here: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (here / name).write_bytes((here / "my world.yaml").read_bytes())
    log = json.loads(out(capsys, "-f", name, "-o", "sarif", code=1))
    assert not list(_misplaced(log))
    found = {
        one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for one in log["runs"][0]["results"]
    }
    assert {unquote(uri) for uri in found} == {name}
    assert not urlsplit(found.pop()).scheme, "a colon would be read as a scheme's"


def _sound(result: dict[str, Any], rules: list[dict[str, Any]]) -> None:
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert result["level"] in ("error", "warning", "note", "none")
    assert result["message"]["text"]
    [location] = result["locations"]
    physical = location["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "my%20world.yaml"
    assert physical["region"]["startLine"] >= 1
    assert len(result["partialFingerprints"]["prober/v1"]) == 32


def test_markdown_is_a_table_that_names_cannot_break(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = out(capsys, "-f", ".", "-o", "markdown", code=1)
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert all(row.replace("\\|", "").count("|") == 6 for row in rows)


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("--fail-on", "never"), 0),
        (("--ignore", "service-port-in-rule"), 0),
        (("--ignore", "service-port-in-rule", "--fail-on", "note"), 1),
        (("-n", "kube-system"), 2),
        (("--ignore", "service-port"), 2),
    ],
)
def test_exit_codes(here: Path, args: tuple[str, ...], code: int) -> None:
    assert run(["audit", "-f", "my world.yaml", *args]) == code


def test_policies_without_pods_are_never_green(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "policies.yaml"
    path.write_text(DENY.removeprefix("---\n"))
    assert "not checked, for want of pods: " in out(capsys, "-f", str(path), code=3)
    log = json.loads(out(capsys, "-f", str(path), "-o", "sarif", code=3))
    assert log["runs"][0]["invocations"][0]["executionSuccessful"] is False


def test_a_misspelt_check_is_not_ignored_silently(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["audit", "-f", ".", "--ignore", "dns-denid"]) == 2
    assert "did you mean dns-denied?" in capsys.readouterr().err


def test_without_a_cluster_it_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "no-kubeconfig"))
    assert run(["audit"]) == 3
    assert capsys.readouterr().err


@pytest.mark.parametrize(
    ("form", "dialect"),
    [
        ("openreports", ("openreports.io/v1alpha1", "Report")),
        ("policyreports", ("wgpolicyk8s.io/v1alpha2", "PolicyReport")),
    ],
)
def test_an_audit_is_policy_reports_of_either_kind(
    here: Path, capsys: pytest.CaptureFixture[str], form: str, dialect: tuple[str, str]
) -> None:
    listed = json.loads(out(capsys, "-f", "my world.yaml", "-o", form, code=1))
    assert listed["kind"] == "List"
    assert {(item["apiVersion"], item["kind"]) for item in listed["items"]} == {dialect}
    for item in listed["items"]:
        assert item["metadata"]["name"] == "prober-audit"
        assert sum(item["summary"].values()) == len(item["results"])
        assert {one["result"] for one in item["results"]} <= {"fail", "warn"}
