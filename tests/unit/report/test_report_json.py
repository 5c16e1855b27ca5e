"""JSON and YAML: the published schema is closed, complete and true."""

import json
from dataclasses import fields
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, strategies as st
from report_samples import broken, flux, hostile, many, observation, record, run, square

from prober.model import outcome as outcomes, prediction as predictions, run as runs
from prober.model.check import Expectation, VantageKind
from prober.model.errors import ExitCode
from prober.model.outcome import Evidence, Outcome
from prober.model.probe import ProbeKind
from prober.report import render
from prober.report.json_ import schema
from prober.report.yaml_ import dump

SAMPLES = [flux, many, square, broken, hostile, run]


def data(sample: object) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(render(sample, "json"))  # type: ignore[arg-type]  # a run record
    return decoded


def test_the_schema_itself_is_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_run_is_valid(sample: Any) -> None:
    jsonschema.validate(data(sample()), schema())


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_is_valid(outcome: Outcome) -> None:
    jsonschema.validate(data(run(record(seen=observation(outcome)))), schema())


def test_the_schema_is_closed_everywhere() -> None:
    def objects(node: Any) -> Any:
        if isinstance(node, dict):
            if "properties" in node:
                yield node
            for item in node.values():
                yield from objects(item)

    assert all(node["additionalProperties"] is False for node in objects(schema()))
    strange = data(flux()) | {"surprise": 1}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(strange, schema())


@pytest.mark.parametrize(
    ("definition", "enum"),
    [
        ("outcome", Outcome),
        ("ruling", predictions.Ruling),
        ("match", predictions.Match),
        ("verdict", runs.Verdict),
        ("result", runs.Result),
    ],
)
def test_closed_sets_are_those_of_the_model(definition: str, enum: Any) -> None:
    assert schema()["$defs"][definition]["enum"] == [member.value for member in enum]


def test_the_other_closed_sets_too() -> None:
    definitions = schema()["$defs"]
    assert definitions["check"]["properties"]["expected"]["enum"] == [
        member.value for member in Expectation
    ]
    assert definitions["probe"]["properties"]["kind"]["enum"] == [
        member.value for member in ProbeKind
    ]
    assert definitions["vantage"]["properties"]["kind"]["enum"] == [
        member.value for member in VantageKind
    ]
    assert definitions["finding"]["properties"]["confidence"]["enum"] == [
        member.value for member in runs.Confidence
    ]
    assert schema()["properties"]["exitCode"]["enum"] == [int(code) for code in ExitCode]


@pytest.mark.parametrize(
    ("definition", "model", "elsewhere"),
    [
        ("observation", outcomes.Observation, {"probe"}),
        ("evidence", outcomes.Evidence, set()),
        ("icmp", outcomes.IcmpEvidence, set()),
        ("dns", outcomes.DnsEvidence, set()),
        ("tls", outcomes.TlsEvidence, set()),
        ("http", outcomes.HttpEvidence, set()),
        ("hop", outcomes.Hop, set()),
        ("attempt", outcomes.Attempt, set()),
        ("finding", runs.Finding, set()),
        ("fix", runs.Fix, {"wanted", "supplements"}),
        ("control", runs.Control, set()),
        ("fabric", runs.FabricInfo, set()),
        ("summary", runs.Summary, set()),
        ("predictedOnly", runs.PredictedOnly, set()),
        ("backend", predictions.BackendTrail, {"ruling"}),
        ("prediction", predictions.Prediction, {"backends"}),
        ("rule", predictions.RuleTrail, {"rule"}),
    ],
)
def test_no_field_of_the_model_is_forgotten(
    definition: str, model: Any, elsewhere: set[str]
) -> None:
    """What is `elsewhere` has another name (`ruling` is `verdict`, `backends` is `trail`,
    `supplements` is `beside`) or is
    said by its parent, and `wanted` is the beginning of `opens`."""
    members = set(schema()["$defs"][definition]["properties"])
    assert {camel(field.name) for field in fields(model) if field.name not in elsewhere} <= members


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def test_the_members_that_scripts_use() -> None:
    blocked = data(flux())["checks"][1]
    assert blocked["source"]["text"] == "source-controller"
    assert (blocked["destination"]["name"], blocked["destination"]["port"]) == ("github.com", 22)
    assert blocked["destination"]["protocol"] == "TCP"
    assert blocked["prediction"]["verdict"] == "denied"
    assert blocked["prediction"]["policies"] == [
        {"kind": "NetworkPolicy", "namespace": "flux-system", "name": "allow-egress"}
    ]
    assert blocked["prediction"]["trail"][0]["egress"]["policies"][0]["rules"][0]["ports"] == "no"
    assert blocked["observation"]["outcome"] == "rejected"
    assert blocked["observation"]["evidence"]["icmp"] == [
        {"type": 3, "code": 3, "sender": "198.51.100.11", "mtu": None, "ttl": 64}
    ]
    assert (blocked["verdict"], blocked["expected"], blocked["result"]) == (
        "as-predicted",
        "ok",
        "fail",
    )


def test_findings_summary_and_exit_code() -> None:
    document = data(flux())
    finding = document["findings"][0]
    assert finding["id"] == "egress-policy-missing-port"
    assert finding["confidence"] == "certain"
    assert finding["fix"]["patch"][0]["op"] == "add"
    assert document["summary"]["failed"] == 5
    assert document["exitCode"] == 1


def test_phases_are_in_the_order_of_a_probe() -> None:
    assert list(data(flux())["checks"][0]["observation"]["phases"]) == ["resolve", "connect"]


@pytest.mark.parametrize("sample", SAMPLES[:-2])
def test_yaml_has_the_same_data(sample: Any) -> None:
    assert yaml.safe_load(render(sample(), "yaml")) == data(sample())


@given(st.recursive(st.text() | st.integers() | st.booleans() | st.none(), st.lists, max_leaves=8))
def test_yaml_reads_back_what_was_written(value: Any) -> None:
    assert yaml.safe_load(dump({"value": value})) == {"value": value}


@given(st.text())
def test_json_reads_back_what_the_wire_said(text: str) -> None:
    document = data(run(record(seen=observation(evidence=Evidence(banner=text)))))
    assert document["checks"][0]["observation"]["evidence"]["banner"] == text
