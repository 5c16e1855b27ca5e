"""A record and its published JSON are one thing, both ways; what is no record is refused in a sentence."""

from __future__ import annotations

import copy
import json
import math
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, strategies as st
from report_samples import broken, flux, hostile, many, observation, record, run, square

from prober.model.codec import RecordError, decode, encode
from prober.model.prediction import Ruling
from prober.model.run import Confidence, Finding, PredictedOnly, RunRecord
from prober.report import FORMATS, render
from prober.report.json_ import schema


def sound(sample: RunRecord) -> RunRecord:
    """The sample with ids of rules that rules can have."""
    findings = (replace(finding, id=f"rule-{n}") for n, finding in enumerate(sample.findings))
    return replace(sample, findings=tuple(findings))


SAMPLES = {
    sample.__name__: sound(sample()) for sample in (flux, many, square, broken, hostile, run)
}


def read_back(sample: RunRecord) -> RunRecord:
    return decode(json.loads(render(sample, "json")))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_read_back_renders_byte_for_byte_the_same(name: str, form: str) -> None:
    sample = SAMPLES[name]
    for color, width in ((False, None), (True, 80), (False, 120)):
        there = render(sample, form, color=color, width=width)
        assert render(read_back(sample), form, color=color, width=width) == there


@pytest.mark.parametrize("name", [name for name in SAMPLES if name != "hostile"])
def test_yaml_is_read_back_as_well(name: str) -> None:
    sample = SAMPLES[name]
    again = decode(yaml.safe_load(render(sample, "yaml")))
    assert render(again, "json") == render(sample, "json")


times = st.floats(0, 1e7, allow_nan=False)


@given(times, times, times)
def test_times_are_the_same_in_every_format(seen: float, attempt: float, whole: float) -> None:
    one = record(seen=observation(time_ms=seen, phases={"connect": attempt, "resolve": seen}))
    sample = run(one, record("b", seen=observation(time_ms=attempt)), duration_ms=whole)
    for form in ("table", "wide", "junit", "html"):
        assert render(read_back(sample), form) == render(sample, form)


@pytest.mark.parametrize("name", SAMPLES)
def test_encoding_is_a_function_of_what_was_decoded(name: str) -> None:
    data = encode(SAMPLES[name])
    assert encode(decode(data)) == data


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_encoded_fits_the_published_schema(name: str) -> None:
    jsonschema.validate(json.loads(json.dumps(encode(SAMPLES[name]))), schema())


def test_what_is_predicted_only_is_a_member_of_its_own() -> None:
    row = PredictedOnly("demo/web", (), (Ruling.ALLOWED, Ruling.DENIED))
    data = json.loads(json.dumps(encode(run(record(), predicted_only=(row,)))))
    jsonschema.validate(data, schema())
    assert data["predictedOnly"] == [
        {"pod": "demo/web", "fromAnyOtherNamespace": [], "toOutside": ["allowed", "denied"]}
    ]
    assert decode(data).predicted_only == (row,)
    assert "predictedOnly" not in encode(run(record()))
    data["predictedOnly"][0]["toOutside"] = ["open"]
    with pytest.raises(RecordError):
        decode(data)


def members(node: Any, place: tuple[str | int, ...] = ()) -> Any:
    if isinstance(node, dict | list):
        for key, item in node.items() if isinstance(node, dict) else enumerate(node):
            yield (*place, key)
            yield from members(item, (*place, key))


WHOLE = json.loads(json.dumps(encode(SAMPLES["flux"])))
PLACES = list(members(WHOLE))


def changed(place: tuple[str | int, ...], value: Any) -> Any:
    data = copy.deepcopy(WHOLE)
    node = data
    for step in place[:-1]:
        node = node[step]
    node[place[-1]] = value
    return data


WRONG: list[Any] = [
    None, True, -1, 1.5, 10**30, math.nan, math.inf, "", "x", [], {}, [None], {"a": None}, [[[]]],
]  # fmt: skip


@given(st.sampled_from(PLACES), st.sampled_from(WRONG))
def test_a_wrong_value_anywhere_is_a_sentence_or_a_record(
    place: tuple[str | int, ...], wrong: Any
) -> None:
    try:
        again = decode(changed(place, wrong))
    except RecordError as error:
        assert str(error).startswith(("the record ", "this is not the record"))
        assert error.hint
    else:
        for form in FORMATS:
            render(again, form)


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (
            ("checks", 0, "observation", "outcome"),
            "fine",
            "checks[0].observation.outcome: invalid enum value",
        ),
        (("checks", 0, "name"), 1, "checks[0].name: expected `str`, got `int`"),
        (("findings", 0, "id"), "../x", "'../x' is the id of no rule"),
        (("findings", 0, "objects", 0, "name"), "a/../b", "names no object"),
        (("findings", 0, "number"), 9, "not in the order of their numbers"),
        (("exitCode",), 0, "its exitCode is 0, and its checks make it 1"),
        (("summary", "failed"), 0, "its summary does not count its checks"),
        (("durationMs",), math.nan, "durationMs: expected"),
        (("durationMs",), -1, "durationMs: expected `float` >= 0"),
        (("schemaVersion",), 2, "schemaVersion 2, and this prober reads 1"),
        (("schemaVersion",), True, "schemaVersion True"),
        (("kind",), "Pod", "not the record of a run"),
        (("checks",), {}, "checks: expected `array`"),
        (("findings", 0, "fix", "patch", 0, "op"), "exec", "none of RFC 6902"),
        (("findings", 0, "fix", "manifest", "spec"), [], "no mapping"),
    ],
)
def test_what_is_refused_and_what_is_said(
    place: tuple[str | int, ...], value: Any, said: str
) -> None:
    with pytest.raises(RecordError) as caught:
        decode(changed(place, value))
    assert said in str(caught.value)


def test_what_a_later_prober_adds_is_passed_over_and_what_an_earlier_lacks_has_a_default() -> None:
    data = changed(("checks", 0, "observation", "surprise"), 1) | {"another": []}
    assert render(decode(data), "json") == render(SAMPLES["flux"], "json")
    least = {"kind": "Run", "schemaVersion": 1, "id": "r", "fabric": {"kind": "lab", "name": "lab"}}
    assert decode({**least, "findings": []}).checks == ()


def test_a_finding_of_no_rule_is_not_read_back() -> None:
    finding = Finding("rm -rf ~", "x", Confidence.LIKELY)
    with pytest.raises(RecordError, match="is the id of no rule"):
        read_back(run(findings=(finding,)))
