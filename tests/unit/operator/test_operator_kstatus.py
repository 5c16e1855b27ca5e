"""What Flux makes of a Scenario's status, computed as kstatus does for kinds that it does not know.

Source: https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md, and
checkGenericProperties in pkg/kstatus/status/generic.go.
"""

from __future__ import annotations

from typing import Any

import pytest
from operator_cluster import NOW, PATH, World, record

from prober.model.run import Result
from prober.operator.conditions import Answer, Reason
from prober.operator.crd import definitions
from prober.operator.objects import scenario_object
from prober.operator.status import said


def kstatus(item: dict[str, Any]) -> str:
    """Current, InProgress or Failed."""
    status = item.get("status", {})
    observed = status.get("observedGeneration")
    if observed is not None and observed != item["metadata"]["generation"]:
        return "InProgress"
    held = {one["type"]: one["status"] for one in status.get("conditions", [])}
    if held.get("Reconciling") == "True":
        return "InProgress"
    if held.get("Stalled") == "True":
        return "Failed"
    if "Ready" in held and held["Ready"] != "True":
        return "InProgress"
    return "Current"


async def looked(world: World) -> dict[str, Any]:
    operator = world.operator()
    await operator.look()
    await operator.settle()
    return world.server.objects[PATH]


def defaulted() -> dict[str, Any]:
    """The status that the API server gives a new object."""
    version = definitions()[0]["spec"]["versions"][0]
    found: dict[str, Any] = version["schema"]["openAPIV3Schema"]["properties"]["status"]["default"]
    return dict(found)


async def test_nothing_is_current_before_a_run_has_passed() -> None:
    world = World()
    world.scenario(status=defaulted())
    assert kstatus(world.server.objects[PATH]) == "InProgress"
    assert kstatus(await looked(world)) == "Current"
    world.meta(generation=2)
    assert kstatus(world.server.objects[PATH]) == "InProgress"
    assert kstatus(await looked(world)) == "Current"


@pytest.mark.parametrize("result", [Result.FAIL, Result.INCONCLUSIVE])
async def test_a_run_that_did_not_pass_holds_the_gate(result: Result) -> None:
    world = World(result=lambda: record(result))
    world.scenario(status=defaulted())
    assert kstatus(await looked(world)) == "InProgress"


async def test_what_only_a_change_of_the_object_can_help_has_failed() -> None:
    world = World()
    world.scenario(status=defaulted(), checks=["nonsense"])
    assert kstatus(await looked(world)) == "Failed"


@pytest.mark.parametrize(
    "reason", [Reason.STALE, Reason.STOPPED, Reason.SUSPENDED, Reason.PROGRESSING]
)
async def test_what_nobody_knows_is_not_current(reason: Reason) -> None:
    world = World()
    world.scenario(status=defaulted())
    item = await looked(world)
    body = said(scenario_object(item), Answer(reason, "x"), NOW)
    assert kstatus({**item, "status": {**item["status"], **body}}) == "InProgress"
