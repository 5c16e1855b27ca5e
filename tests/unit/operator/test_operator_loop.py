"""What the operator does with Scenarios: when it runs them, and what it says of them."""

from __future__ import annotations

import datetime

import pytest
from operator_cluster import NOW, World, record

from prober.fabric.kubernetes.client.refusals import ApiError
from prober.model.errors import FabricError, InputError, Location, Mistake
from prober.model.run import Result, RunRecord
from prober.operator.objects import REQUESTED, time_text
from prober.operator.running import UnresolvedError


async def look(world: World, seconds: float = 0) -> None:
    """One look of a replica that knows nothing yet, so many seconds later, and the runs that it
    begins."""
    world.now += datetime.timedelta(seconds=seconds)
    operator = world.operator()
    await operator.look()
    await operator.settle()


@pytest.fixture
async def world() -> World:
    """A Scenario of every minute that has passed once."""
    world = World()
    world.scenario()
    await look(world)
    world.runs.clear()
    return world


async def test_a_new_scenario_is_run_and_says_how_it_is() -> None:
    world = World()
    world.scenario()
    await look(world)
    assert world.runs == ["shop"]
    assert world.ready == ("True", "ChecksPassed")
    assert world.status["counts"]["passed"] == 1
    assert world.status["observedGeneration"] == 1
    assert world.status["lastRun"]["trigger"] == "New"
    assert world.status["nextRun"] == "2026-01-01T12:01:00Z"
    assert [one["type"] for one in world.status["conditions"]] == ["Ready"]


async def test_it_is_run_again_when_its_time_has_come(world: World) -> None:
    await look(world, 30)
    assert not world.runs
    await look(world, 30)
    assert world.runs == ["shop"]


async def test_a_schedule_is_heeded() -> None:
    world = World()
    world.scenario(every=None, schedule="30 * * * *")
    del world.server.objects[next(iter(world.server.objects))]["every"]
    await look(world)
    await look(world, 29 * 60)
    assert len(world.runs) == 1
    await look(world, 60)
    assert len(world.runs) == 2


async def test_a_changed_scenario_is_run_at_once_and_is_not_ready_meanwhile(world: World) -> None:
    seen: list[tuple[str, str]] = []
    world.result = lambda: (seen.append(world.ready), record(Result.PASS))[1]
    world.meta(generation=2)
    await look(world, 1)
    assert seen == [("Unknown", "Progressing")]
    assert world.ready == ("True", "ChecksPassed")
    assert world.status["observedGeneration"] == 2


async def test_the_annotation_of_flux_asks_for_a_run(world: World) -> None:
    world.meta(annotations={REQUESTED: "now"})
    await look(world, 1)
    assert world.runs == ["shop"]
    assert world.status["lastHandledReconcileAt"] == "now"
    await look(world, 1)
    assert world.runs == ["shop"], "the same request is not heeded twice"


async def test_a_policy_of_a_namespace_that_it_looks_at_asks_for_a_run(world: World) -> None:
    world.policy("elsewhere", "somewhere")
    await look(world, 1)
    assert not world.runs, "nothing of it is in that namespace"
    for space in ("shop", "data"):
        world.policy("closed", space)
        await look(world, 1)
    assert world.runs == ["shop", "shop"]
    assert world.status["lastRun"]["trigger"] == "PoliciesChanged"
    world.policy("closed", "data", generation=2)
    await look(world, 1)
    assert len(world.runs) == 3


async def test_what_fails_is_named_with_since_when(world: World) -> None:
    world.result = lambda: record(Result.PASS, Result.FAIL)
    await look(world, 60)
    await look(world, 60)
    assert world.ready == ("False", "ChecksFailed")
    (failing,) = world.status["failing"]
    assert failing["check"] == "web → svc/db:5433"
    assert failing["since"] == "2026-01-01T12:01:00Z"
    assert (
        "1 failed: web → svc/db:5433: timeout (blocked)" in world.status["conditions"][0]["message"]
    )


@pytest.mark.parametrize(
    ("result", "ready"),
    [
        (Result.PASS, ("True", "ChecksPassed")),
        (Result.FAIL, ("False", "ChecksFailed")),
        (Result.INCONCLUSIVE, ("Unknown", "Inconclusive")),
    ],
)
async def test_only_a_run_that_passed_is_ready(result: Result, ready: tuple[str, str]) -> None:
    world = World(result=lambda: record(result))
    world.scenario()
    await look(world)
    assert world.ready == ready


def raising(error: Exception) -> RunRecord:
    raise error


@pytest.mark.parametrize(
    ("error", "ready"),
    [
        (FabricError("no cluster", hint="look"), ("Unknown", "RunFailed")),
        (
            UnresolvedError([Mistake(Location("shop/shop"), "checks[0]", "no such pod")]),
            ("False", "Unresolved"),
        ),
    ],
)
async def test_a_run_that_fails_is_never_green(
    world: World, error: Exception, ready: tuple[str, str]
) -> None:
    world.result = lambda: raising(error)
    await look(world, 60)
    assert world.ready == ready
    assert "counts" not in world.status, "they were those of another run"


async def test_a_wrong_scenario_says_what_validate_says_and_is_not_run() -> None:
    world = World()
    world.scenario(checks=["deploy/web -> nowhere", "deploy/web.other -> tcp://svc/db:1"])
    await look(world)
    assert not world.runs
    assert world.ready == ("False", "InvalidSpec")
    message = world.status["conditions"][0]["message"]
    assert "checks[0].to: there is no target named `nowhere`" in message or (
        "there is no target named `nowhere`" in message
    )
    assert "`deploy/web.other` is not for Scenarios of namespace shop" in message
    assert {one["type"] for one in world.status["conditions"]} == {"Ready", "Stalled"}
    writes = [call for call in world.server.calls if call[0] == "PATCH"]
    await look(world, 5)
    assert [call for call in world.server.calls if call[0] == "PATCH"] == writes, "said once"
    world.scenario(checks=["deploy/web -> tcp://svc/db:1"])
    world.meta(generation=2)
    await look(world, 5)
    assert world.ready == ("True", "ChecksPassed")


async def test_an_old_green_is_not_green(world: World) -> None:
    """A replica that takes over late says first that nobody knows."""
    seen: list[tuple[str, str]] = []
    world.result = lambda: (seen.append(world.ready), record(Result.PASS))[1]
    await look(world, 600)
    assert seen == [("Unknown", "Stale")]
    stale, passed = world.outcomes[-2:]
    assert (stale.answer.reason, passed.answer.reason) == ("Stale", "ChecksPassed")
    assert passed.changed, "whoever reads the Events learns that it is known again"
    (ready,) = world.status["conditions"]
    assert ready["lastTransitionTime"] == time_text(passed.at), "it is green since this run"


async def test_one_that_is_suspended_is_not_run_and_not_green(world: World) -> None:
    world.scenario(suspend=True)
    await look(world, 60)
    assert not world.runs
    assert world.ready == ("Unknown", "Suspended")
    world.scenario(suspend=False)
    await look(world, 1)
    assert world.ready == ("True", "ChecksPassed")


async def test_where_the_operator_is_stopped_nothing_stays_green(world: World) -> None:
    await world.operator().abandon()
    assert world.ready == ("Unknown", "OperatorStopped")
    await look(world, 1)
    assert world.ready == ("True", "ChecksPassed"), "whoever starts again runs it at once"


async def test_a_replica_that_may_not_act_writes_nothing(world: World) -> None:
    world.lease.held = False
    before = dict(world.status)
    world.result = lambda: record(Result.FAIL)
    await look(world, 60)
    assert world.status == before


async def test_a_change_of_the_answer_is_told_once(world: World) -> None:
    world.result = lambda: record(Result.FAIL)
    await look(world, 60)
    await look(world, 60)
    assert [one.changed for one in world.outcomes] == [True, True, False]


async def test_an_old_list_starts_no_second_run(world: World) -> None:
    """A list from the API server's memory may be from before the run that has just ended."""
    operator = world.operator()
    world.now += datetime.timedelta(seconds=60)
    old = dict(world.server.objects)
    await operator.look()
    await operator.settle()
    world.server.objects = old
    await operator.look()
    await operator.settle()
    assert world.runs == ["shop"]


async def test_a_lost_api_server_is_an_error_and_no_answer(world: World) -> None:
    world.server.down = True
    with pytest.raises(FabricError):
        await world.operator().look()
    assert NOW.isoformat() and not world.runs


async def test_a_status_that_could_not_be_written_is_written_later(world: World) -> None:
    operator = world.operator()
    world.now += datetime.timedelta(seconds=60)
    world.result = lambda: (setattr(world.server, "down", True), record(Result.PASS))[1]
    await operator.look()
    await operator.settle()
    world.server.down = False
    world.result = lambda: record(Result.FAIL)
    world.now += datetime.timedelta(seconds=5)
    await operator.look()
    await operator.settle()
    assert world.ready == ("False", "ChecksFailed")


async def test_hostile_objects_are_passed_over(world: World) -> None:
    world.scenario(status={"conditions": "green", "lastRun": 7, "failing": [1], "policies": []})
    await look(world, 60)
    assert world.ready == ("True", "ChecksPassed")


def test_what_a_run_could_not_find_is_an_input_error() -> None:
    assert issubclass(UnresolvedError, InputError)


async def test_what_is_wrong_beside_scenarios_keeps_none_from_running() -> None:
    world = World()
    world.scenario()

    async def refused(_: object) -> None:
        raise ApiError("ConfigMap prober-assignment is missing", status=404)

    world.beside = refused
    operator = world.operator()
    await operator.look()
    await operator.settle()
    assert world.told[0] == "ConfigMap prober-assignment is missing"
    assert world.ready == ("True", "ChecksPassed")
