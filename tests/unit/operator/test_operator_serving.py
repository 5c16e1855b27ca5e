"""The operator's own port: health for everybody, metrics for whoever has the secret."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from prober.model.errors import FabricError
from prober.operator.serving import Listening, Pulse, application, serving
from prober.web.credentials import read_credentials

TOKEN = "a-token-of-some-length"


def scrape(_: str) -> tuple[bytes, str]:
    return b"prober_build_info 1\n", "text/plain"


async def test_metrics_need_the_secret_and_health_does_not(tmp_path: Path) -> None:
    (tmp_path / "credentials").write_text(f"{TOKEN}\n")
    made = application(read_credentials(tmp_path / "credentials"), Pulse(), scrape)
    async with TestClient(TestServer(made)) as client:

        async def asked(path: str, token: str = "") -> int:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            async with client.get(path, headers=headers) as response:
                return response.status

        assert await asked("/healthz") == 200
        assert await asked("/readyz") == 503, "the API server has not answered yet"
        assert await asked("/metrics") == 401
        assert await asked("/metrics", "another-token-of-this") == 401
        assert await asked("/metrics", TOKEN) == 200


async def test_a_port_that_is_taken_is_explained() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listening = Listening("127.0.0.1", taken.getsockname()[1])
        with pytest.raises(FabricError, match="cannot be bound"):
            async with serving(listening, Pulse(), scrape):
                pass
