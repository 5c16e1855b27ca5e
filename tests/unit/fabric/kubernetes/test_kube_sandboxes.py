"""Pods that get no network: what the kubelet said, asked for only where there are any."""

from __future__ import annotations

from typing import Any

from kube_fakes import Answer, api_of, script, status

from prober.fabric.kubernetes.reading.sandboxes import with_reasons
from prober.model.objects import Pod
from prober.model.snapshot import Snapshot

FINE = Pod("shop", "web", node="n1", ips=("198.18.1.10",))
STUCK = Pod(
    "shop", "db", node="n1", ready=False, waiting_reason="its containers wait: ContainerCreating"
)
UNSCHEDULED = Pod("ops", "idle", ready=False, waiting_reason="no node takes it")
FAILED = "Failed to create pod sandbox: plugin type=cilium failed:\n no identity"


def world(*pods: Pod) -> Snapshot:
    return Snapshot(pods={(one.namespace, one.name): one for one in pods})


def event(name: str, message: str, at: str) -> dict[str, Any]:
    return {
        "metadata": {"name": "e", "namespace": "shop"},
        "involvedObject": {"name": name},
        "message": message,
        "lastTimestamp": at,
    }


async def test_the_last_word_about_a_pod_on_a_node() -> None:
    items = [
        event("db", FAILED, "2026-01-01T12:00:02Z"),
        event("db", "earlier", "2026-01-01T12:00:01Z"),
    ]
    api, client = api_of(script(Answer(body={"items": items, "metadata": {}})))
    after = await with_reasons(api, world(FINE, STUCK, UNSCHEDULED))
    assert (
        after.pods["shop", "db"].waiting_reason
        == "Failed to create pod sandbox: plugin type=cilium failed: no identity"
    )
    assert after.pods["ops", "idle"] == UNSCHEDULED
    [(_, url)] = client.calls
    assert "/namespaces/shop/events" in url and "FailedCreatePodSandBox" in url


async def test_a_healthy_cluster_is_not_asked() -> None:
    api, client = api_of(script())
    assert await with_reasons(api, world(FINE)) == world(FINE)
    assert not client.calls


async def test_without_the_right_to_read_events_the_pods_own_words_stay() -> None:
    api, _ = api_of(script(status(403, "events is forbidden", "Forbidden")))
    assert (await with_reasons(api, world(STUCK))).pods["shop", "db"] == STUCK
