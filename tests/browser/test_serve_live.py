"""The served page in a browser: it listens, shows a new run by itself, and does not stay green when
its server goes."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from aiohttp import web
from chromium import Browser
from conftest import Visit
from report_samples import record, run

from prober.model.run import Result, Verdict
from prober.report import render
from prober.serve.application import Pages
from prober.serve.shelf import Shelf
from prober.web.credentials import Credentials


def keep(folder: Path, number: int, *, good: bool) -> None:
    check = record() if good else replace(record(), verdict=Verdict.LEAK, result=Result.FAIL)
    started = datetime.datetime.now(datetime.UTC).isoformat()
    made = run(check, id=f"run-{number}", started=started)
    (folder / f"{number}.json").write_text(render(made, "json"))


async def said(browser: Browser, expression: str, wanted: Callable[[object], bool]) -> object:
    """What the expression comes to, once it is what is wanted."""
    async with asyncio.timeout(30):
        while True:
            value = await browser.run(expression)
            if wanted(value):
                return value
            await asyncio.sleep(0.1)


def test_a_new_run_appears_by_itself(visit: Visit[None], tmp_path: Path) -> None:
    keep(tmp_path, 1, good=True)
    pages = Pages(Shelf((tmp_path,)), datetime.timedelta(hours=1))
    live, verdict = (
        "document.getElementById('live').innerText",
        "document.querySelector('.verdict').innerText",
    )

    async def look(browser: Browser) -> None:
        await pages.shelf.look()
        runner = web.AppRunner(pages.application((), Credentials()), shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            await browser.open(url)
            assert await browser.run(verdict) == "All is well"
            await said(browser, live, lambda text: str(text).startswith("Live"))
            keep(tmp_path, 2, good=False)
            pages.events.tell(await pages.shelf.look())
            await said(browser, verdict, lambda text: text == "Not as expected")
            await browser.open(f"{url}/runs/run-1")
            await said(browser, live, lambda text: str(text).startswith("Live"))
            keep(tmp_path, 3, good=True)
            pages.events.tell(await pages.shelf.look())
            await said(browser, live, lambda text: "newer run" in str(text))
            assert not browser.complaints
        finally:
            pages.events.end()
            await runner.cleanup()
        await said(browser, live, lambda text: "may be old" in str(text))

    visit(look)
