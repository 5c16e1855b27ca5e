"""From a probe pod's log to observations, and what is said when it ends too soon."""

from __future__ import annotations

import aiohttp
import pytest
from kube_fakes import Answer, api_of, status

from agent.wire import encode_end, encode_failure, encode_observation
from prober.fabric.kubernetes.probe_pods import logs as module
from prober.fabric.kubernetes.probe_pods.logs import observations
from prober.model.errors import FabricError
from prober.model.outcome import Observation, Outcome
from prober.model.probe import Plan, Probe, ProbeKind

PLAN = Plan("pod/shop/web-0", tuple(Probe(name, ProbeKind.TCP, "198.18.1.2", 80) for name in "abc"))
A, B, C = (encode_observation(Observation(name, Outcome.OK)) for name in "abc")
END = encode_end(3)
RUNNING = {"phase": "Running", "containerStatuses": [{"name": "probe", "state": {"running": {}}}]}


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAUSE", 0.0)


async def read(*logs: Answer, state: Answer | None = None) -> tuple[list[str], str, str]:
    """The probes observed, and the error with its hint, when the log is opened again and again."""
    left = list(logs)
    pod = state or Answer(body={"metadata": {"name": "p", "namespace": "shop"}, "status": RUNNING})
    api, _ = api_of(
        lambda _, url: (left.pop(0) if len(left) > 1 else left[0]) if "/log" in url else pod
    )
    found: list[str] = []
    try:
        async for one in observations(api, "shop", "p", PLAN):
            found.append(one.probe)
    except FabricError as error:
        return found, str(error), error.hint
    return found, "", ""


async def test_every_observation_comes_in_order() -> None:
    assert await read(Answer(lines=[A, B, C, END])) == (["a", "b", "c"], "", "")


async def test_a_log_that_breaks_is_opened_again_and_nothing_comes_twice() -> None:
    broken = Answer(lines=[A, B], breaks=aiohttp.ClientPayloadError("cut"))
    assert await read(broken, Answer(lines=[A, B, C, END])) == (["a", "b", "c"], "", "")


async def test_an_api_server_that_is_away_for_a_while_loses_nothing() -> None:
    away = status(503, "the server is currently unable to handle the request")
    broken = Answer(lines=[A], breaks=aiohttp.ClientPayloadError("cut"))
    assert await read(broken, *[away] * 9, Answer(lines=[A, B, C, END])) == (
        ["a", "b", "c"],
        "",
        "",
    )


async def test_a_node_that_does_not_come_back_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 0.0)
    silent = status(500, "dial tcp 198.51.100.12:10250: connect: connection refused")
    found, error, hint = await read(
        Answer(lines=[A], breaks=aiohttp.ClientPayloadError("cut")), silent
    )
    assert found == ["a"]
    assert "connection refused" in error
    assert "the pod's node does not answer" in hint


async def test_a_refusal_that_will_not_pass_is_not_waited_for() -> None:
    _, error, hint = await read(status(403, 'pods "p" is forbidden', "Forbidden"))
    assert error.startswith("not allowed to get pods/log p in namespace shop")
    assert "kubectl auth can-i" in hint


async def test_a_log_without_its_end_is_cut_off_and_what_came_is_kept() -> None:
    found, error, hint = await read(Answer(lines=[A]))
    assert found == ["a"]
    assert error == "the probe's log ended after 1 of 3 probes"
    assert "run again" in hint


async def test_a_pod_that_was_taken_away_says_why() -> None:
    evicted = {"phase": "Failed", "reason": "Evicted", "message": "low on memory"}
    state = Answer(body={"metadata": {"name": "p"}, "status": evicted})
    found, error, _ = await read(Answer(lines=[A, B]), state=state)
    assert found == ["a", "b"]
    assert (
        error
        == "the probe pod was taken off its node (Evicted): low on memory; 2 of 3 probes had ended"
    )
    _, error, _ = await read(Answer(lines=[A]), state=status(404))
    assert (
        error
        == "pod p is gone: it was deleted or evicted, or its node was; 1 of 3 probes had ended"
    )


async def test_the_agents_own_complaint_is_passed_on() -> None:
    _, error, hint = await read(
        Answer(lines=[encode_failure("wire version 2", "use the same release")])
    )
    assert error == "the agent could not run its plan: wire version 2"
    assert hint == "use the same release"


@pytest.mark.parametrize(
    "said", [b"ModuleNotFoundError: No module named 'agent'", b"exec format error"]
)
async def test_an_image_that_is_not_the_agents_is_suspected(said: bytes) -> None:
    _, error, hint = await read(Answer(lines=[b"Traceback", said]))
    assert error == f"the agent wrote no observation; it said: {said.decode()}"
    assert "--image" in hint
