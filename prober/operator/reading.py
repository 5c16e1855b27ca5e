"""PURE. A Scenario object as a scenario, or every mistake in it: the same that `prober validate`
finds in a file."""

from __future__ import annotations

from prober.model.errors import InputError
from prober.operator.grants import Grants, trespasses
from prober.operator.objects import ScenarioObject
from prober.scenario.reading.load import read_object
from prober.scenario.spec import Scenario


def read(item: ScenarioObject, grants: Grants) -> Scenario:
    """The scenario. Raises `InputError` with every mistake."""
    scenario, mistakes = read_object(str(item), dict(item.written))
    if scenario is not None:
        mistakes += trespasses(item.namespace, scenario.checks, grants)
    if mistakes:
        raise InputError(mistakes)
    assert scenario is not None  # noqa: S101 - an object that gives no scenario has given a mistake
    return scenario
