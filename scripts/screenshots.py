"""Pictures of the page and of the report for docs/images, from real runs in the lab.

    python scripts/screenshots.py

Needs the lab and Chromium. The scenario flux is run as it is shipped and with its mended policies,
so that there is a history; then the pages are opened as a person would.
"""

from __future__ import annotations

import asyncio
import datetime
import importlib
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from prober.serve.application import Pages
from prober.serve.shelf import Shelf
from prober.web.credentials import Credentials

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
sys.path.insert(0, str(ROOT / "tests" / "browser"))
LARGEST = 200_000
"""Bytes of a picture: everybody who clones gets them."""


def run(folder: Path, scenario: Path, number: int) -> None:
    """Run a scenario in the lab, and keep its record."""
    file = folder / f"{number}.json"
    command = [sys.executable, "-m", "prober.cli.main", "run", str(scenario), "--lab"]
    environment = {**os.environ, "XDG_STATE_HOME": str(folder / "state")}
    subprocess.run(
        [*command, "--report", str(file)], env=environment, stdout=subprocess.DEVNULL, check=False
    )
    print(f"ran {scenario.name}: {file.stat().st_size} bytes")  # noqa: T201 - a script


def runs(folder: Path) -> None:
    """Broken, mended, broken again: one series."""
    mended = ROOT / "scenarios" / "flux-fixed.yaml"
    place = ROOT / "scenarios" / f".{mended.name}"
    place.write_text(mended.read_text().replace("name: flux-fixed", "name: flux"))
    try:
        for number, file in enumerate((ROOT / "scenarios" / "flux.yaml", place, place), start=1):
            run(folder, file, number)
    finally:
        place.unlink()
    run(folder, ROOT / "scenarios" / "flux.yaml", 4)


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[tuple[str, Shelf]]:
    """The page over these runs."""
    pages = Pages(Shelf((folder,)), datetime.timedelta(hours=1))
    await pages.shelf.look()
    runner = web.AppRunner(pages.application((), Credentials()))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", pages.shelf
    finally:
        pages.events.end()
        await runner.cleanup()


async def picture(browser: Any, url: str, name: str, *, height: int, dark: bool, show: str) -> None:
    """One picture, of what is to be seen when `show` has been scrolled to."""
    await browser.open(url, 1280, height, dark=dark)
    await asyncio.sleep(1)
    await browser.run(f"document.querySelector({show!r}).scrollIntoView()")
    await asyncio.sleep(0.5)
    file = IMAGES / name
    await browser.picture(file)
    size = await asyncio.to_thread(lambda: file.stat().st_size)
    if size > LARGEST:
        raise SystemExit(f"{file} has {size} bytes: take a smaller part of the page")


async def pictures(folder: Path) -> None:
    """All of them."""
    chromium = importlib.import_module("chromium").chromium
    async with served(folder) as (url, shelf), chromium() as browser:
        run_url = f"{url}/runs/{shelf.runs[-1].id}"
        await picture(browser, url, "overview.png", height=520, dark=False, show="header")
        await picture(browser, run_url, "run.png", height=700, dark=False, show="nav")
        await picture(browser, run_url, "run-map.png", height=1180, dark=True, show="#filter")


def main() -> None:
    """Run, open, take pictures."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        runs(Path(folder))
        asyncio.run(pictures(Path(folder)))


if __name__ == "__main__":
    main()
