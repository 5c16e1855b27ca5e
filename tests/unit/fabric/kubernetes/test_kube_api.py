"""API calls: pages, retries, and what a person is told when they fail."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from kube_fakes import Answer, api_of, script, status

from prober.fabric.kubernetes.client import http as module
from prober.fabric.kubernetes.client.refusals import ApiError
from prober.fabric.kubernetes.client.resources import CONFIG_MAPS, NETWORK_POLICIES, NODES, PODS
from prober.manifest.decoding import wire
from prober.model.errors import ExitCode


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FIRST_PAUSE", 0.0)


def page(*names: str, more: str = "") -> Answer:
    return Answer(
        body={
            "items": [{"metadata": {"name": name}} for name in names],
            "metadata": {"continue": more},
        }
    )


async def names(*answers: Answer | Exception) -> tuple[list[Any], list[tuple[str, str]]]:
    api, client = api_of(script(*answers))
    return [one.metadata.name for one in await api.list_all(NODES, wire.Node)], client.calls


async def failure(
    *answers: Answer | Exception, resource: Any = NODES, namespace: str = ""
) -> ApiError:
    api, _ = api_of(script(*answers))
    with pytest.raises(ApiError) as caught:
        await api.list_all(resource, wire.Node, namespace=namespace)
    assert caught.value.exit_code is ExitCode.UNKNOWN
    return caught.value


async def test_a_list_is_read_page_by_page() -> None:
    found, calls = await names(page("a", "b", more="next"), page("c"))
    assert found == ["a", "b", "c"]
    assert calls == [
        ("GET", "/api/v1/nodes?limit=500"),
        ("GET", "/api/v1/nodes?limit=500&continue=next"),
    ]


async def test_a_list_whose_token_is_too_old_starts_again() -> None:
    found, _ = await names(page("a", more="next"), status(410), page("a"), page("b"))
    assert found == ["a"]


@pytest.mark.parametrize(
    "trouble", [status(429), status(500), status(503), TimeoutError(), aiohttp.ClientError("reset")]
)
async def test_trouble_that_passes_is_not_noticed(trouble: Answer | Exception) -> None:
    found, calls = await names(trouble, trouble, page("a"))
    assert found == ["a"]
    assert len(calls) == 3


async def test_trouble_that_stays_ends_after_four_tries() -> None:
    api, client = api_of(script(status(500, "etcd is ill")))
    with pytest.raises(
        ApiError, match="could not list nodes \\(500\\), and did not recover: etcd is ill"
    ):
        await api.list_all(NODES, wire.Node)
    assert len(client.calls) == 4


async def test_what_is_forbidden_is_not_tried_again_and_names_verb_and_resource() -> None:
    error = await failure(
        status(403, 'User "x" cannot list'), page("a"), resource=NETWORK_POLICIES, namespace="shop"
    )
    assert (
        str(error)
        == 'not allowed to list networkpolicies in namespace shop (403): User "x" cannot list'
    )
    assert error.hint.endswith("kubectl auth can-i list networkpolicies.networking.k8s.io -n shop")


async def test_an_unknown_user_is_told_to_log_in() -> None:
    error = await failure(status(401, "Unauthorized"))
    assert "does not accept these credentials" in str(error)
    assert "log in again" in error.hint


async def test_a_server_that_does_not_answer_is_named() -> None:
    error = await failure(aiohttp.ClientError("connection refused"))
    assert str(error) == (
        "the API server https://203.0.113.1 of context test cannot be reached: connection refused"
    )
    assert "--lab" in error.hint
    assert "no answer in time" in str(await failure(TimeoutError()))


@pytest.mark.parametrize(
    ("message", "said", "hint"),
    [
        (
            'pods "p" is forbidden: exceeded quota: q',
            "the quota of shop leaves no room",
            "kubectl describe quota -n shop",
        ),
        (
            "violates PodSecurity restricted: host namespaces",
            "Pod Security does not admit",
            "--probe-namespace",
        ),
        ("violates PodSecurity other", "Pod Security does not admit", "see what else shop demands"),
        ("because it is being terminated", "namespace shop is being deleted", "probe another"),
        (
            "minimum cpu usage per Pod is 1",
            "admission does not let prober create pods",
            "prober.dev/probe",
        ),
        (
            'admission webhook "w" denied the request: no',
            "admission does not let prober",
            "prober.dev/probe",
        ),
        (
            'User "x" cannot create resource "pods"',
            "not allowed to create pods in namespace shop",
            "can-i create pods",
        ),
    ],
)
async def test_what_admission_forbids_is_not_a_missing_right(
    message: str, said: str, hint: str
) -> None:
    api, _ = api_of(script(status(403, message)))
    with pytest.raises(ApiError) as caught:
        await api.create(PODS, {"metadata": {"name": "p"}}, "shop")
    assert said in str(caught.value)
    assert hint in caught.value.hint


class Slow:
    """An API server that keeps what is posted, and answers the first time only when it is late."""

    def __init__(self, there: dict[str, Any] | None = None) -> None:
        self.there = there
        self.api, self.client = api_of(self.answer)

    def answer(self, method: str, url: str) -> Answer | Exception:
        if method == "GET":
            return Answer(body=self.there) if self.there else status(404)
        if self.there is not None:
            return status(409, "already exists")
        self.there = {"metadata": {**self.client.bodies[-1]["metadata"], "uid": "u"}}
        return TimeoutError()


async def test_a_creation_that_was_lost_on_the_way_back_has_succeeded() -> None:
    server = Slow()
    made = await server.api.create(CONFIG_MAPS, {"metadata": {"name": "p"}}, "shop")
    assert made.metadata.uid == "u"
    assert [method for method, _ in server.client.calls] == ["POST", "POST", "GET"]


@pytest.mark.parametrize(
    "metadata",
    [
        {"name": "p", "uid": "v"},
        {"name": "p", "uid": "v", "annotations": {"prober.dev/creation": ""}},
        {"name": "p", "uid": "v", "annotations": {"prober.dev/creation": "0" * 16}},
        {"name": "p", "uid": "v", "labels": {"prober.dev/probe": "true"}},
    ],
)
async def test_what_somebody_else_has_made_is_not_taken_for_ones_own(
    metadata: dict[str, Any],
) -> None:
    server = Slow({"metadata": metadata})
    with pytest.raises(ApiError, match="ConfigMap p is there already in namespace shop") as caught:
        await server.api.create(CONFIG_MAPS, {"metadata": {"name": "p"}}, "shop")
    assert caught.value.status == 409


async def test_what_is_gone_already_is_deleted() -> None:
    api, client = api_of(script(status(404, "not found")))
    await api.delete(CONFIG_MAPS, "shop", "p")
    assert client.bodies == [{"propagationPolicy": "Background"}]


async def test_an_answer_that_is_not_the_api_servers_is_shown() -> None:
    error = await failure(Answer(502, b"<html>bad gateway</html>"))
    assert "<html>bad gateway</html>" in str(error)
