"""What is read of a cluster to find out why something fails, and what is said where it may not be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kube_fakes import Answer, api_of, status

from prober.fabric.kubernetes.testimony.gather import gather
from prober.model.testimony import SearchScope, StatementKind, Testimony as Told

REFUSED = "dial tcp 198.19.0.40:5432: connect: connection refused"


def pod(name: str, owner: str, *, ready: bool, restarts: int = 0) -> dict[str, Any]:
    return {
        "metadata": {
            "name": name,
            "namespace": "shop",
            "ownerReferences": [{"kind": "ReplicaSet", "name": owner, "controller": True}],
        },
        "spec": {
            "nodeName": "n1",
            "containers": [
                {
                    "name": "app",
                    "args": ["--db=db.shop:5432"],
                    "envFrom": [{"configMapRef": {"name": "settings"}}],
                    "ports": [{"name": "http", "containerPort": 8080}],
                    "readinessProbe": {"httpGet": {"port": "http", "path": "/"}},
                }
            ],
        },
        "status": {
            "phase": "Running",
            "podIP": "198.18.1.2",
            "conditions": [{"type": "Ready", "status": str(ready), "message": f"{name} waits"}],
            "containerStatuses": [
                {
                    "name": "app",
                    "ready": ready,
                    "restartCount": restarts,
                    "lastState": {"terminated": {"exitCode": 1}} if restarts else {},
                }
            ],
        },
    }


GROUPS = {
    "groups": [
        {
            "name": "kustomize.toolkit.fluxcd.io",
            "preferredVersion": {"groupVersion": "kustomize.toolkit.fluxcd.io/v1", "version": "v1"},
        }
    ]
}
KUSTOMIZATION = {
    "metadata": {"name": "apps", "namespace": "shop"},
    "spec": {"sourceRef": {"kind": "GitRepository", "name": "flux"}},
    "status": {"conditions": [{"type": "Ready", "status": "Unknown", "message": "Reconciling"}]},
}
EVENT = {
    "metadata": {"name": "api-1.1", "namespace": "shop"},
    "involvedObject": {"kind": "Pod", "namespace": "shop", "name": "api-1"},
    "reason": "Unhealthy",
    "message": "Readiness probe failed: dial tcp 198.18.1.2:8080: i/o timeout",
    "count": 12,
    "lastTimestamp": "2026-11-27T03:12:09Z",
}
POLICY = {
    "metadata": {
        "name": "deny",
        "namespace": "shop",
        "creationTimestamp": "2026-11-27T03:00:00Z",
        "managedFields": [{"manager": "kubectl", "time": "2026-11-27T03:10:00Z"}],
    }
}


def page(*items: Any) -> Answer:
    return Answer(body={"items": list(items), "metadata": {}})


def answers(method: str, url: str) -> Answer:
    pods = (
        pod("api-1", "api-7d9", ready=False, restarts=2),
        pod("web-1", "web-5f4", ready=True),
        pod("kustomize-controller-1", "kustomize-controller-6c", ready=True),
    )
    known = {
        "/apis": lambda: Answer(body=GROUPS),
        "/log": lambda: Answer(body=f"2026-11-27T03:12:09.123456789Z {REFUSED}\n".encode()),
        "/pods": lambda: page(*pods),
        "/events": lambda: page(EVENT),
        "/kustomizations": lambda: page(KUSTOMIZATION),
        "/networkpolicies": lambda: page(POLICY),
        "/configmaps/settings": lambda: Answer(
            body={
                "metadata": {"name": "settings", "namespace": "shop"},
                "data": {"CACHE": "redis.shop:6379"},
            }
        ),
    }
    path = url.partition("?")[0]
    return next((made() for end, made in known.items() if path.endswith(end)), page())


async def asked(
    scope: SearchScope, script: Callable[[str, str], Answer] = answers
) -> tuple[Told, list[str]]:
    api, client = api_of(script)
    return await gather(api, scope), [url for _, url in client.calls]


def texts(testimony: Told, kind: StatementKind) -> dict[str, str]:
    return {
        f"{one.about} {one.where}": one.text for one in testimony.statements if one.kind is kind
    }


async def test_logs_are_read_of_pods_that_are_not_well_and_of_controllers_that_are_waited_for() -> (
    None
):
    testimony, calls = await asked(SearchScope(namespace="shop"))
    assert texts(testimony, StatementKind.LOG) == {
        "pod/api-1.shop app": REFUSED,
        "pod/api-1.shop app, before it restarted": REFUSED,
        "pod/kustomize-controller-1.shop app": REFUSED,
    }
    logs = [url for url in calls if "/log?" in url]
    assert all("tailLines=" in url and "limitBytes=" in url and "sinceTime=" in url for url in logs)
    assert testimony.statements[0].last == "2026-11-27T03:12:09Z"
    assert "3 pods" in testimony.looked_at and "3 logs" in testimony.looked_at


async def test_pods_that_are_well_are_read_when_asked() -> None:
    testimony, _ = await asked(SearchScope(namespace="shop", everything=True))
    assert "pod/web-1.shop app" in texts(testimony, StatementKind.LOG)
    configured = texts(testimony, StatementKind.CONFIGURED)
    assert not [about for about in configured if "web" in about], "of these nobody complains"
    one, _ = await asked(SearchScope(object="deploy/web.shop"))
    assert list(texts(one, StatementKind.LOG)) == ["pod/web-1.shop app"]


async def test_events_and_conditions_are_read() -> None:
    testimony, _ = await asked(SearchScope(namespace="shop"))
    [event] = [one for one in testimony.statements if one.kind is StatementKind.EVENT]
    assert (event.about, event.count, event.last) == ("pod/api-1.shop", 12, "2026-11-27T03:12:09Z")
    assert texts(testimony, StatementKind.CONDITION)["kustomization/apps.shop Ready"] == (
        "Reconciling"
    )


async def test_where_a_pod_that_is_not_well_is_told_to_go_and_what_is_probed() -> None:
    testimony, _ = await asked(SearchScope(namespace="shop"))
    told = [one for one in testimony.statements if one.kind is StatementKind.CONFIGURED]
    assert {(one.about, one.by, one.where, one.text) for one in told if "api" in one.about} == {
        ("pod/api-1.shop", "pod/api-1.shop", "its command line", "--db=db.shop:5432"),
        ("pod/api-1.shop", "node/n1", "the readiness probe of app", "198.18.1.2:8080"),
        ("pod/api-1.shop", "pod/api-1.shop", "ConfigMap settings", "redis.shop:6379"),
    }


async def test_an_object_is_read_with_what_works_on_it() -> None:
    testimony, _ = await asked(SearchScope(object="kustomizations/apps.shop"))
    assert list(texts(testimony, StatementKind.LOG)) == ["pod/kustomize-controller-1.shop app"]
    assert list(texts(testimony, StatementKind.CONDITION)) == ["kustomization/apps.shop Ready"]


async def test_what_was_changed_is_known_by_its_metadata() -> None:
    testimony, _ = await asked(SearchScope(namespace="shop"))
    assert testimony.changes[0].what == "NetworkPolicy shop/deny was changed by kubectl"


async def test_what_may_not_be_read_is_said_and_the_rest_is_read() -> None:
    def forbidding(method: str, url: str) -> Answer:
        if "/log" in url or "/events" in url or "webhookconfigurations" in url:
            return status(403, "it is forbidden", "Forbidden")
        return answers(method, url)

    testimony, _ = await asked(SearchScope(namespace="shop"), forbidding)
    said = " ".join(testimony.unread)
    assert all(word in said for word in ("events:", "logs:", "webhooks:"))
    assert texts(testimony, StatementKind.CONDITION)


async def test_no_secret_is_read_and_nothing_is_written() -> None:
    api, client = api_of(answers)
    await gather(api, SearchScope())
    assert {method for method, _ in client.calls} == {"GET"}
    assert not [url for _, url in client.calls if "secret" in url]


async def test_nodes_and_rollouts_are_changes_too() -> None:
    def script(method: str, url: str) -> Answer:
        path = url.partition("?")[0]
        if path.endswith("/nodes"):
            return page(
                {
                    "metadata": {"name": "n2", "creationTimestamp": "2026-11-27T05:00:00Z"},
                    "spec": {
                        "taints": [
                            {
                                "key": "node.kubernetes.io/not-ready",
                                "effect": "NoExecute",
                                "timeAdded": "2026-11-27T05:02:00Z",
                            }
                        ]
                    },
                    "status": {
                        "conditions": [
                            {
                                "type": "Ready",
                                "status": "Unknown",
                                "reason": "NodeStatusUnknown",
                                "lastTransitionTime": "2026-11-27T05:01:00Z",
                            }
                        ]
                    },
                }
            )
        if path.endswith("/events") and "ScalingReplicaSet" in url:
            return page(
                {
                    "metadata": {"name": "e", "namespace": "shop"},
                    "involvedObject": {"kind": "Deployment", "namespace": "shop", "name": "api"},
                    "reason": "ScalingReplicaSet",
                    "message": "Scaled up replica set api-7d9f to 1",
                    "lastTimestamp": "2026-11-27T05:03:00Z",
                }
            )
        return answers(method, url)

    testimony, _ = await asked(SearchScope(namespace="shop"), script)
    assert [one.what for one in testimony.changes[:4]] == [
        "Deployment shop/api: Scaled up replica set api-7d9f to 1",
        "Node n2 got the taint node.kubernetes.io/not-ready",
        "Node n2: Ready became Unknown (NodeStatusUnknown)",
        "Node n2 was made",
    ]
