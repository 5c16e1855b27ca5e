"""A real connection to a server on this machine: where credentials go, and where they do not."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from prober.fabric.kubernetes.client import http
from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.connection import Access
from prober.fabric.kubernetes.client.objects import KubernetesObject
from prober.fabric.kubernetes.client.refusals import ApiError
from prober.fabric.kubernetes.client.resources import CONFIG_MAPS, NODES
from prober.fabric.kubernetes.settings import Settings

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_FIRST_PAUSE", 0.0)


@asynccontextmanager
async def server(handler: Handler) -> AsyncIterator[str]:
    """A server that answers everything with `handler`; its address."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert runner.addresses
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def connected(folder: Path, address: str) -> AsyncIterator[Api]:
    """An API at that address, with a token."""
    file = folder / "kubeconfig"
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "c",
        "clusters": [{"name": "c", "cluster": {"server": address}}],
        "users": [{"name": "c", "user": {"token": "a-secret"}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "c"}}],
    }
    file.write_text(json.dumps(config))
    async with await Api.open(Access(file), Settings("", request_timeout=2.0)) as api:
        yield api


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(tmp_path: Path, code: int) -> None:
    asked: list[str] = []

    async def elsewhere(request: web.Request) -> web.Response:
        asked.append(f"{request.method} {request.path}")
        return web.json_response({"items": [], "metadata": {}})

    async with server(elsewhere) as other:

        async def redirect(request: web.Request) -> web.Response:
            return web.Response(status=code, headers={"Location": f"{other}/stolen"})

        async with server(redirect) as address, connected(tmp_path, address) as api:
            for call in (
                api.list_all(NODES, KubernetesObject),
                api.delete(CONFIG_MAPS, "shop", "a"),
                anext(api.log("shop", "web")),
                api.exec("shop", "web", "c", ["true"]).__aenter__(),
            ):
                with pytest.raises(ApiError, match=f"redirect \\({code}\\)"):
                    await call
    assert asked == []


async def test_a_body_that_unpacks_without_an_end_is_not_read_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred MiB of blanks in a hundred KiB."""
    import gzip

    packed = gzip.compress(b" " * (100 << 20))
    monkeypatch.setattr("prober.fabric.kubernetes.client.api.LARGEST_PAGE", 1 << 20)

    async def bomb(request: web.Request) -> web.Response:
        return web.Response(body=packed, headers={"Content-Encoding": "gzip"})

    async with server(bomb) as address, connected(tmp_path, address) as api:
        with pytest.raises(ApiError, match="longer than 1 MiB"):
            await api.list_all(NODES, KubernetesObject)


async def test_what_is_asked_for_is_asked_for_with_the_token(tmp_path: Path) -> None:
    seen: list[str] = []

    async def nodes(request: web.Request) -> web.Response:
        seen.append(request.headers["Authorization"])
        return web.json_response({"items": [{"metadata": {"name": "n1"}}], "metadata": {}})

    async with server(nodes) as address, connected(tmp_path, address) as api:
        assert len(await api.list_all(NODES, KubernetesObject)) == 1
    assert seen == ["Bearer a-secret"]
