"""The published JSON Schema: sound, closed, and of one mind with the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema
import pytest

from prober.model.check import Expectation
from prober.model.kubernetes import SHORT_KINDS
from prober.scenario.reading.schema import schema
from prober.scenario.refs import Scheme
from prober.scenario.text.options import FAMILIES, METHODS, OPTIONS, RECORDS, TRANSPORTS

HEAD = {"apiVersion": "prober.dev/v1alpha1", "kind": "Scenario", "metadata": {"name": "test"}}


def parts(value: Any, path: str = "#") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every mapping in the schema."""
    if isinstance(value, dict):
        yield path, value
        for key, item in value.items():
            yield from parts(item, f"{path}/{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from parts(item, f"{path}/{index}")


def test_it_is_a_json_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def test_every_object_is_closed() -> None:
    open_objects = [
        path
        for path, part in parts(schema())
        if isinstance(part.get("properties"), dict)
        and part.get("additionalProperties") is not False
    ]
    assert open_objects == []


def test_every_reference_leads_somewhere() -> None:
    known = schema()["$defs"]
    names = {
        part["$ref"].removeprefix("#/$defs/")
        for _, part in parts(schema())
        if isinstance(part.get("$ref"), str)
    }
    assert names == set(known)


def test_every_field_of_the_file_and_of_a_check_is_described() -> None:
    definitions = schema()["$defs"]
    for owner in (schema(), definitions["check"]):
        for name, field in owner["properties"].items():
            described = {
                **definitions.get(field.get("$ref", "").removeprefix("#/$defs/"), {}),
                **field,
            }
            assert described.get("description") or "const" in described or name == "metadata", name


def test_its_words_are_the_models() -> None:
    definitions, target = schema()["$defs"], schema()["$defs"]["target"]["properties"]
    assert definitions["expect"]["enum"] == [item.value for item in Expectation]
    assert set(target) == {scheme.value for scheme in Scheme}
    assert target["http"]["properties"]["method"]["enum"] == list(METHODS)
    assert target["dns"]["properties"]["type"]["enum"] == list(RECORDS)
    assert target["dns"]["properties"]["transport"]["enum"] == list(TRANSPORTS)
    assert definitions["family"]["enum"] == list(FAMILIES)
    assert {kind.lower() for kind in SHORT_KINDS} <= set(definitions["source"]["properties"])


@pytest.mark.parametrize("scheme", list(Scheme))
def test_every_option_of_the_text_form_is_a_field_of_the_long_form(scheme: Scheme) -> None:
    assert set(OPTIONS[scheme]) <= set(
        schema()["$defs"]["target"]["properties"][scheme.value]["properties"]
    )


@pytest.mark.parametrize(
    "body",
    [
        {"chekcs": []},
        {"checks": [{"from": "a", "to": "b", "timeouts": "1s"}]},
        {"checks": [{"from": {"deployment": "a", "pod": "b"}, "to": "b"}]},
        {"checks": [{"from": "a", "to": {"tcp": {"host": "a", "port": 0}}}]},
        {
            "checks": [
                {
                    "from": "a",
                    "to": {"tcp": {"host": "a", "port": 1}, "udp": {"host": "a", "port": 1}},
                }
            ]
        },
        {"checks": [{"from": "a"}]},
        {"defaults": {"expect": "fine"}},
        {"metadata": {"name": "test", "finalizers": []}},
        {"lab": {"nodes": 3}},
    ],
)
def test_what_an_editor_marks_as_wrong(body: dict[str, Any]) -> None:
    validator = jsonschema.Draft202012Validator(schema())
    assert validator.is_valid(HEAD)
    assert not validator.is_valid({**HEAD, **body})
