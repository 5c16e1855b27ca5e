"""Names that are none: refused where paths are made, whoever brings them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from kube_fakes import Answer, api_of

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.objects import KubernetesObject
from prober.fabric.kubernetes.client.resources import (
    CONFIG_MAPS,
    NAMESPACES,
    NETWORK_POLICIES,
    PODS,
)
from prober.model.errors import FabricError

NO_NAMES = (
    "../../victim", "../../kube-system/configmaps/coredns", "..", ".", "a/../b", "a/b", "/a", "a/",
    "%2e%2e", "%2e%2e%2fvictim", "..%2f..%2fvictim", "a%00b", "a?x=1", "a#b", "a;b", "a\\b", "a b",
    " a", "a ", "a\n", "\na", "a\x00", "\x1b[31ma", "A", "Victim", "-a", "a-", ".a", "a.", "a..b", "_a",
    "é", "ａ", "a\u202eb", "\ud800", "a" * 254, "a" * 1_000_000, "{x}", "{namespace}",
)  # fmt: skip


async def attempts(api: Api, namespace: str, name: str) -> list[Any]:
    """Every call that is about one object."""
    return [
        api.get(CONFIG_MAPS, KubernetesObject, namespace, name),
        api.delete(CONFIG_MAPS, namespace, name),
        api.patch(PODS, namespace, name, {}, subresource="ephemeralcontainers"),
        api.json_patch(NETWORK_POLICIES, namespace, name, []),
        api.apply(CONFIG_MAPS, {"metadata": {"name": name}}, namespace),
        api.past_log(namespace, name, "c", since="", lines=1, most=1),
        anext(api.log(namespace, name)),
        api.exec(namespace, name, "c", ["true"]).__aenter__(),
    ]


@pytest.mark.parametrize("name", [*NO_NAMES, ""])
async def test_what_is_no_name_is_never_sent(name: str) -> None:
    api, client = api_of(lambda *_: Answer(body={}))
    for call in await attempts(api, "shop", name):
        with pytest.raises(FabricError, match="not a valid name") as caught:
            await call
        assert len(str(caught.value)) < 300
        assert str(caught.value).isprintable()
    assert client.calls == []


@pytest.mark.parametrize("namespace", [*NO_NAMES, "a.b", "a" * 64, ""])
async def test_what_is_no_namespace_is_never_sent(namespace: str) -> None:
    api, client = api_of(lambda *_: Answer(body={}))
    for call in await attempts(api, namespace, "web"):
        with pytest.raises(FabricError, match="not a valid name of a namespace"):
            await call
    if namespace:
        with pytest.raises(FabricError, match="not a valid name of a namespace"):
            await api.list_all(PODS, KubernetesObject, namespace=namespace)
    assert client.calls == []


@pytest.mark.parametrize(
    "version", ["", "apps/..", "../v1", "a/b/v1", "apps/v1?x=1", "apps/v1#", "%2e/v1"]
)
def test_a_version_that_a_server_made_up_is_never_sent(version: str) -> None:
    """Which versions are served, /apis says."""
    with pytest.raises(FabricError, match="not a valid name of a version"):
        replace(PODS, api_version=version).collection_path()


async def test_a_container_is_a_name_as_well() -> None:
    api, client = api_of(lambda *_: Answer(body={}))
    with pytest.raises(FabricError, match="not a valid name of a container"):
        await api.past_log("shop", "web", "c&follow=true", since="", lines=1, most=1)
    assert client.calls == []


@pytest.mark.parametrize("name", ["a", "web-0", "a.b-c.d", "1", "a" * 253])
async def test_names_are_sent_as_they_are(name: str) -> None:
    api, client = api_of(lambda *_: Answer(body={"metadata": {"name": name}}))
    await api.get(CONFIG_MAPS, KubernetesObject, "shop", name)
    assert client.calls == [("GET", f"/api/v1/namespaces/shop/configmaps/{name}")]
    assert NAMESPACES.object_path("", "shop") == "/api/v1/namespaces/shop"
