"""A headless Chromium, driven over its DevTools protocol: pages are opened, clicked and looked at as
a person would. https://chromedevtools.github.io/devtools-protocol/"""

from __future__ import annotations

import asyncio
import base64
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp

PROGRAM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
START_SECONDS = 60.0
_ARGUMENTS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
    *("--no-first-run", "--disable-extensions", "--hide-scrollbars", "--remote-debugging-port=0"),
)


class Browser:
    """One page of a browser."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = count(1)
        self.complaints: list[str] = []
        """What the page threw, and what its content security policy refused."""

    async def call(self, method: str, **parameters: Any) -> Any:
        """One command of the protocol, and what it answers."""
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        while True:
            message = await asyncio.wait_for(self._socket.receive_json(), 60)
            if message.get("id") == number:
                assert "error" not in message, message
                return message["result"]
            self._note(message)

    async def until(self, event: str) -> None:
        """Wait for an event."""
        while True:
            message = await asyncio.wait_for(self._socket.receive_json(), 60)
            self._note(message)
            if message.get("method") == event:
                return

    async def open(
        self, url: str, width: int = 1280, height: int = 900, *, dark: bool = False
    ) -> None:
        """Go to a page and wait until it is loaded."""
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.complaints.clear()
        await self.call("Page.navigate", url=url)
        await self.until("Page.loadEventFired")

    async def run(self, expression: str) -> Any:
        """What an expression (or a promise) comes to, as JSON."""
        answer = await self.call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    async def processor_seconds(self) -> float:
        """What the page's main thread has worked since it was opened, whoever else works here."""
        answer = await self.call("Performance.getMetrics")
        metrics = {metric["name"]: metric["value"] for metric in answer["metrics"]}
        return float(metrics["TaskDuration"])

    async def key(self, name: str) -> None:
        """Press and release a key."""
        for kind in ("keyDown", "keyUp"):
            await self.call("Input.dispatchKeyEvent", type=kind, key=name, code=name)

    async def picture(self, file: Path, *, whole: bool = False) -> None:
        """What is to be seen, as PNG."""
        answer = await self.call("Page.captureScreenshot", captureBeyondViewport=whole)
        await asyncio.to_thread(file.write_bytes, base64.b64decode(answer["data"]))

    def _note(self, message: Any) -> None:
        if message.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(str(message["params"]["exceptionDetails"]))
        if message.get("method") == "Log.entryAdded":
            self.complaints.append(str(message["params"]["entry"].get("text")))


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser with a profile of its own, gone afterwards."""
    assert PROGRAM
    with tempfile.TemporaryDirectory(
        prefix="prober-browser-", ignore_cleanup_errors=True
    ) as profile:
        process = await asyncio.create_subprocess_exec(
            PROGRAM,
            *_ARGUMENTS,
            f"--user-data-dir={profile}",
            "about:blank",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with aiohttp.ClientSession() as session:
                port = await _port(Path(profile) / "DevToolsActivePort")
                async with session.get(f"http://127.0.0.1:{port}/json") as response:
                    pages = await response.json()
                target = next(page for page in pages if page["type"] == "page")
                async with session.ws_connect(
                    target["webSocketDebuggerUrl"], max_msg_size=0
                ) as socket:
                    browser = Browser(socket)
                    for domain in ("Page", "Runtime", "Log"):
                        await browser.call(f"{domain}.enable")
                    yield browser
        finally:
            process.terminate()
            await process.wait()


async def _port(file: Path) -> str:
    """The port that the browser chose, once it says so."""

    def said() -> list[str]:
        return file.read_text().split() if file.exists() else []

    async with asyncio.timeout(START_SECONDS):
        while not (words := said()):  # noqa: ASYNC110 - a file, of which nobody tells
            await asyncio.sleep(0.1)
    return words[0]
