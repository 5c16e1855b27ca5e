"""The kinds are the scenario schema, in the words that an API server has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prober.fabric.kubernetes.installation.kinds import kinds
from prober.operator.crd import definitions
from prober.operator.objects import _WRITTEN
from prober.scenario.reading.schema import schema


def test_the_file_is_up_to_date() -> None:
    assert kinds() == definitions(), "python -m prober.operator.crd"


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every schema in a schema."""
    yield value
    below = [*value.get("properties", {}).values()]
    below += [value[key] for key in ("items", "additionalProperties") if key in value]
    for part in below:
        yield from parts(part)


def version(index: int) -> dict[str, Any]:
    found: dict[str, Any] = definitions()[index]["spec"]["versions"][0]
    return found


def test_they_are_structural() -> None:
    for index in (0, 1):
        whole = version(index)["schema"]["openAPIV3Schema"]
        # Of all parts only the status has one, for kstatus; what an author leaves out stays out.
        whole["properties"].get("status", {}).pop("default", None)
        for part in parts(whole):
            anything = part.get("x-kubernetes-preserve-unknown-fields")
            assert anything or isinstance(part.get("type"), str), part
            assert not {"$ref", "oneOf", "const", "default", "propertyNames"} & part.keys()


def test_an_object_has_what_a_file_has() -> None:
    members = version(0)["schema"]["openAPIV3Schema"]["properties"]
    assert members.keys() - {"status"} == schema()["properties"].keys()
    assert {*_WRITTEN, "apiVersion", "kind", "metadata"} == schema()["properties"].keys()


def test_people_see_how_it_is() -> None:
    columns = [column["name"] for column in version(0)["additionalPrinterColumns"]]
    assert columns[:5] == ["Ready", "Reason", "Passed", "Failed", "Last Run"]
    assert version(0)["subresources"] == {"status": {}}
