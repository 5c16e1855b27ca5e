"""An API server that answers what none answers: a sentence each time, and no more memory than is
reasonable."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from kube_fakes import Answer, api_of, script, status

from prober.fabric.kubernetes.client import answers, http, pages
from prober.fabric.kubernetes.client.answers import WrongAnswerError
from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.objects import KubernetesObject
from prober.fabric.kubernetes.client.refusals import ApiError
from prober.fabric.kubernetes.client.resources import (
    CLUSTER_ROLES,
    CONFIG_MAPS,
    NETWORK_POLICIES,
    NODES,
    PODS,
    SERVICES,
    Resource,
)
from prober.fabric.kubernetes.reading.objects import Pod
from prober.manifest.decoding import wire
from prober.model.errors import ExitCode


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_FIRST_PAUSE", 0.0)


def page(*names: Any, more: Any = "", namespace: Any = "shop") -> Answer:
    items = [{"metadata": {"name": name, "namespace": namespace}} for name in names]
    return Answer(body={"items": items, "metadata": {"continue": more}})


async def refuses(api: Api, shape: Any = Pod, **options: Any) -> str:
    """What is said about a list of pods that cannot be used."""
    with pytest.raises(WrongAnswerError) as caught:
        await api.list_all(PODS, shape, **options)
    assert caught.value.exit_code is ExitCode.UNKNOWN
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 500
    assert caught.value.hint
    return str(caught.value)


@pytest.mark.parametrize("token", ["same", "x" * 60_000])
async def test_a_token_that_comes_again_ends_the_list(token: str) -> None:
    api, client = api_of(script(page("a", more=token)))
    assert "one that was there before" in await refuses(api)
    assert len(client.calls) == 2


async def test_tokens_that_take_turns_end_the_list() -> None:
    turns = itertools.cycle("abc")
    api, client = api_of(lambda *_: page("a", more=next(turns)))
    assert "one that was there before" in await refuses(api)
    assert len(client.calls) == 4


async def test_new_tokens_without_objects_end_the_list() -> None:
    numbers = itertools.count()
    api, client = api_of(lambda *_: page(more=f"t{next(numbers)}"))
    assert "have no object" in await refuses(api)
    assert len(client.calls) == pages.MOST_EMPTY + 1


async def test_new_tokens_with_objects_end_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_PAGES", 50)
    numbers = itertools.count()
    api, client = api_of(lambda *_: page("a", more=f"t{next(numbers)}"))
    assert "more than 50 pages" in await refuses(api)
    assert len(client.calls) == 50


async def test_a_list_that_grows_and_grows_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "LARGEST_LIST", 10_000)
    numbers = itertools.count()
    api, _ = api_of(lambda *_: page(*"abcdefgh", more=f"t{next(numbers)}"))
    assert "does not end" in await refuses(api)


async def test_a_token_as_long_as_a_book_is_not_sent_back() -> None:
    api, client = api_of(script(page("a", more="x" * 70_000)))
    assert "70000 characters" in await refuses(api)
    assert len(client.calls) == 1


async def test_a_server_whose_tokens_are_always_too_old_is_asked_twice() -> None:
    turns = itertools.cycle([page("a", more="next"), status(410)])
    api, client = api_of(lambda *_: next(turns))
    with pytest.raises(ApiError):
        await api.list_all(PODS, Pod)
    assert len(client.calls) == 4


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"1", b'"x"', b"{", b"\xff\xfe", b'{"items": 7}', b'{"items": {}}', b'{"items": [7]}',
        b'{"items": [null]}', b'{"items": [{"metadata": 7}]}', b'{"items": [{"metadata": {"name": 7}}]}',
        b'{"items": [{"metadata": {"name": null, "namespace": "shop"}}]}', b'{"items": [{}]}',
        b'{"items": [{"metadata": {"name": "a", "namespace": ["shop"]}}]}',
        b'{"items": [{"metadata": {"name": "a", "namespace": "shop", "labels": []}}]}',
        b'{"items": [{"metadata": {"name": "a", "namespace": "shop"}, "spec": "x"}]}',
        b'{"items": [{"metadata": {"name": "a", "namespace": "shop"}, "spec": {"hostNetwork": "yes"}}]}',
        b'{"items": [], "metadata": {"continue": 7}}', b'{"items": [], "metadata": []}', b'{"items": \xff}',
        b'{"items": [{"metadata": {"name": "\xff"}}]}', b"[" * 100_000, b'{"items":' * 50_000,
        b'{"items": [{"spec": {"activeDeadlineSeconds": 1e999}}]}',
    ],
)  # fmt: skip
async def test_json_of_another_type_is_one_sentence(body: bytes) -> None:
    api, client = api_of(script(Answer(body=body)))
    assert "`list pods`" in await refuses(api)
    assert len(client.calls) == 1, "what is wrong now is wrong again"


@pytest.mark.parametrize("shape", [Pod, dict[str, Any], msgspec.Raw])
@pytest.mark.parametrize(
    ("name", "namespace"),
    [
        ("../../victim", "shop"), ("%2e", "shop"), ("", "shop"), ("Victim", "shop"), ("a\x1b[31m", "shop"),
        ("a" * 300, "shop"), ("web", "../shop"), ("web", ""), ("web", "other"), ("web", "a.b"), (None, "shop"),
    ],
)  # fmt: skip
async def test_objects_that_were_not_asked_for(shape: Any, name: Any, namespace: Any) -> None:
    api, _ = api_of(script(page("fine", name, namespace=namespace)))
    await refuses(api, shape, namespace="shop")


async def test_an_object_of_no_namespace_has_none() -> None:
    api, _ = api_of(script(page("n1", namespace="shop")))
    with pytest.raises(WrongAnswerError, match="Node n1 is in"):
        await api.list_all(NODES, wire.Node)


@pytest.mark.parametrize("namespace", ["shop", None, ""])
async def test_kinds_of_other_projects_are_in_namespaces_or_not(namespace: str | None) -> None:
    kind = Resource("cilium.io/v2", "ciliumegressgatewaypolicies", "Policy", namespaced=None)
    api, _ = api_of(script(page("a", namespace=namespace)))
    found = await api.list_all(kind, KubernetesObject)
    assert found[0].metadata.name == "a"
    api, _ = api_of(script(page("a", namespace="../shop")))
    with pytest.raises(WrongAnswerError):
        await api.list_all(kind, KubernetesObject)


async def test_names_of_roles_are_as_free_as_kubernetes_lets_them_be() -> None:
    names = ["system:controller:a", "My Role", "a", "é"]
    api, _ = api_of(script(page(*names, namespace=None)))
    found = await api.list_all(CLUSTER_ROLES, wire.ClusterRole)
    assert [role.metadata.name for role in found] == names
    for wrong in ("..", "a/b", "a%2fb", "a\nb", "\x1b[0m"):
        api, _ = api_of(script(page(wrong, namespace=None)))
        with pytest.raises(WrongAnswerError):
            await api.list_all(CLUSTER_ROLES, wire.ClusterRole)


class Endless(Answer):
    """A body without an end."""

    async def iter_chunked(self, size: int) -> AsyncIterator[bytes]:
        while True:
            yield b" " * size


@pytest.mark.parametrize("code", [200, 404, 500])
async def test_a_body_without_an_end_is_not_read_to_it(
    code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prober.fabric.kubernetes.client.api.LARGEST_PAGE", 1_000_000)
    api, client = api_of(script(Endless(code)))
    assert "longer than 1 MiB" in await refuses(api)
    assert len(client.calls) == 1
    assert answers.LARGEST_PAGE <= 1 << 30


@pytest.mark.parametrize("body", [b"", b"[]", b'{"metadata": 1}', b"\xff", b"[" * 100_000])
async def test_single_objects_are_checked_as_well(body: bytes) -> None:
    api, _ = api_of(script(Answer(body=body)))
    for call in (
        api.get(CONFIG_MAPS, KubernetesObject, "shop", "a"),
        api.create(CONFIG_MAPS, {"metadata": {"name": "a"}}, "shop"),
        api.json_patch(NETWORK_POLICIES, "shop", "a", []),
        api.version(),
    ):
        if body == b'{"metadata": 1}' and call.__name__ in ("version", "json_patch"):
            await call
            continue
        with pytest.raises(WrongAnswerError):
            await call


async def test_what_a_refusal_says_is_cut_and_made_plain() -> None:
    words = "\x1b]0;title\x07" + "no " * 5_000
    api, _ = api_of(script(status(403, words)))
    with pytest.raises(ApiError) as caught:
        await api.list_all(SERVICES, wire.Service)
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 2_000


async def test_the_servers_version_cannot_write_to_the_terminal() -> None:
    api, _ = api_of(script(Answer(body={"gitVersion": "v1\x1b[31m" + "9" * 5_000})))
    version = await api.version()
    assert version.isprintable()
    assert len(version) < 100
