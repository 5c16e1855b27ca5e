"""How large the page of a large run is, how long it takes to write, and how long Chromium takes to
open and to scroll it.

    python bench/report.py [WORKLOADS]      1,000 of them make a million checks
"""

from __future__ import annotations

import asyncio
import importlib
import sys
import tempfile
import time
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

from prober.model.check import Endpoint, EndpointKind
from prober.model.outcome import Observation, Outcome
from prober.model.prediction import Prediction, Ruling
from prober.model.run import CheckRecord, FabricInfo, Place, Result, RunRecord, Verdict
from prober.report.html.document import render_html

NAMESPACES, NODES = 50, 50
LEAK_EVERY = 5_003
"""Some two hundred surprises in a million checks."""
TESTS = Path(__file__).parents[1] / "tests"


def helper(folder: str, name: str) -> Any:
    """A module that tests share."""
    sys.path.insert(0, str(TESTS / folder))
    return importlib.import_module(name)


def square(size: int) -> RunRecord:
    """Every pair of so many workloads on one port: two of three open, the others closed, as
    predicted; and some leaks."""
    names = [(f"team-{number % NAMESPACES:02}", f"web-{number:04}") for number in range(size)]
    ends = [Endpoint(EndpointKind.POD, namespace, f"{name}-0") for namespace, name in names]
    base = helper("unit/report", "report_samples").record()
    closed = replace(
        base,
        prediction=Prediction(Ruling.DENIED, Ruling.ALLOWED, Ruling.DENIED, "no policy allows it"),
        observation=Observation("p", Outcome.TIMEOUT, 2000.0),
    )
    leak = replace(
        closed,
        observation=base.observation,
        verdict=Verdict.LEAK,
        result=Result.FAIL,
        reasons=("the policies deny it, and it passes",),
    )
    checks = []
    for number, (source, destination) in enumerate(product(ends, ends)):
        kind = closed if (number // size + number % size) % 3 == 0 else base
        kind = kind if number % LEAK_EVERY else leak
        flow = replace(base.check.flow, source=source, destination=destination)
        check = replace(base.check, id=str(number), name=str(number), flow=flow)
        made = (check, kind.prediction, kind.observation, kind.verdict, kind.result, kind.reasons)
        checks.append(CheckRecord(*made))
    return RunRecord(
        id="large",
        scenario=f"{size} × {size} workloads",
        fabric=FabricInfo("kubernetes", "large", nodes=NODES, pods=size),
        started="2026-03-01T10:00:00Z",
        duration_ms=60_000.0,
        checks=checks,
        places={
            f"{namespace}/{name}-0": Place(f"deploy/{name}", f"n{number % NODES}")
            for number, (namespace, name) in enumerate(names)
        },
    )


OPENED = """new Promise((done) => requestAnimationFrame(() => setTimeout(() =>
    done(performance.now()))))"""
"""Milliseconds from the navigation until the page was drawn."""
SCROLLED = """(async () => {
    const scroller = document.querySelector('.scroller');
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const start = performance.now();
    for (let step = 0; step < 60; step += 1) {
        scroller.scrollTop = step * 200;
        scroller.scrollLeft = step * 150;
        await frame();
    }
    return (performance.now() - start) / 60;
})()"""


async def opened(file: Path) -> None:
    """Open the page three times, and scroll its matrix."""
    async with helper("browser", "chromium").chromium() as browser:
        for _ in range(3):
            await browser.call("Page.navigate", url="about:blank")
            await browser.until("Page.loadEventFired")
            await browser.call("Performance.enable", timeDomain="threadTicks")
            await browser.open(file.as_uri())
            drawn, spent = await browser.run(OPENED), await browser.processor_seconds()
            frame = await browser.run(SCROLLED)
            assert not browser.complaints, browser.complaints
            print(
                f"opened and drawn after {drawn:.0f} ms ({spent * 1000:.0f} ms of CPU); "
                f"scrolling: {frame:.1f} ms a frame"
            )


def main(size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "large.html"
        record = square(size)
        start = time.process_time()
        text = render_html(record)
        spent = time.process_time() - start
        file.write_text(text)
        print(f"{size} × {size}: {len(text) / 1e6:.1f} MB, written in {spent:.1f} s of CPU")
        sys.stdout.flush()
        asyncio.run(opened(file))


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 1000)
