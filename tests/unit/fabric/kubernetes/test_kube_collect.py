"""What a cluster has to say about a run, also where some of it may not be read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from kube_fakes import Answer, api_of, status

from prober.fabric.kubernetes.reading.collecting import collect

STARTED = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
AGENT = {
    "metadata": {"name": "cilium-x", "namespace": "kube-system", "labels": {"k8s-app": "cilium"}},
    "spec": {"nodeName": "n1", "containers": [{"name": "cilium-agent"}]},
    "status": {
        "phase": "Running",
        "containerStatuses": [
            {"name": "cilium-agent", "image": "cilium:1", "ready": False, "restartCount": 7}
        ],
    },
}
EVENT = {
    "metadata": {"name": "web.1", "namespace": "shop"},
    "involvedObject": {"kind": "Pod", "namespace": "shop", "name": "web"},
    "type": "Warning",
    "reason": "Unhealthy",
    "message": "probe\nfailed",
    "lastTimestamp": "2026-01-01T11:59:00Z",
}


def answers(method: str, url: str) -> Answer:
    if "/log?" in url:
        return Answer(body=b"2026-01-01T11:58:00Z identity lost\n")
    if url == "/version":
        return Answer(body={"gitVersion": "v1.34.4"})
    if "/events" in url:
        return (
            status(403, "events is forbidden", "Forbidden") if "kube-system" in url else page(EVENT)
        )
    return page(AGENT) if "cilium" in url else page()


def page(*items: Any) -> Answer:
    return Answer(body={"items": list(items), "metadata": {}})


async def test_components_their_logs_and_the_version() -> None:
    api, client = api_of(answers)
    parts = {part.path: part.content for part in (await collect(api, ["shop"], STARTED)).parts}
    assert parts["versions.txt"] == "Kubernetes v1.34.4\n"
    assert "cilium-agent  cilium:1  not ready  7 restarts" in parts["components.txt"]
    assert "identity lost" in parts["logs/kube-system.cilium-x.cilium-agent.log"]
    assert "Warning  Unhealthy  Pod shop/web  ×1  probe failed" in parts["events.txt"]
    [log] = [url for _, url in client.calls if "/log?" in url]
    assert "sinceTime=2026-01-01T11:45:00Z" in log


async def test_what_may_not_be_read_is_a_gap_and_no_failure() -> None:
    api, _ = api_of(answers)
    found = await collect(api, ["kube-system", "shop"], STARTED)
    [gap] = found.gaps
    assert gap.what == "events"
    assert "403" in gap.why
    assert any(part.path == "components.txt" for part in found.parts)


NO_PODS: list[Any] = [
    {"metadata": {"name": "p", "namespace": "kube-system"}, "spec": {"containers": "x"}},
    {"metadata": {"name": "p", "namespace": "kube-system"}, "spec": []},
    {"metadata": {"name": "../p", "namespace": "kube-system"}},
    {"spec": {}},
    7,
]


@pytest.mark.parametrize("wrong", NO_PODS)
async def test_what_is_no_pod_is_a_gap_and_no_failure(wrong: Any) -> None:
    api, _ = api_of(lambda method, url: page(wrong) if "/pods" in url else answers(method, url))
    found = await collect(api, ["shop"], STARTED)
    assert any(gap.what.startswith("components") for gap in found.gaps)
    assert "versions.txt" in [part.path for part in found.parts]


async def test_bare_objects_and_odd_words_are_written_as_they_can_be() -> None:
    bare = {"metadata": {"name": "cilium-x", "namespace": "kube-system"}}
    odd = {**EVENT, "message": "\x1b[31mred" + "x" * 9_000, "involvedObject": {}, "count": None}
    api, _ = api_of(
        lambda method, url: (
            page(bare)
            if "/pods" in url
            else page(odd)
            if "/events" in url
            else answers(method, url)
        )
    )
    parts = {part.path: part.content for part in (await collect(api, ["shop"], STARTED)).parts}
    assert "kube-system/cilium-x  node -  unknown" in str(parts["components.txt"])
    assert "\x1b" not in str(parts["events.txt"])
    assert len(str(parts["events.txt"])) < 3_000


async def test_a_container_with_a_name_that_is_none_has_no_log() -> None:
    pod = {**AGENT, "spec": {"containers": [{"name": "c/../../x?follow=true"}]}}
    api, client = api_of(lambda method, url: page(pod) if "/pods" in url else answers(method, url))
    parts = {part.path: part.content for part in (await collect(api, ["shop"], STARTED)).parts}
    assert "not a valid name" in str(parts["logs/kube-system.cilium-x.container.log"])
    assert not [url for _, url in client.calls if "/log" in url]
