"""The page as a person uses it: with eyes, with a keyboard, narrow, dark, and with more checks than
anybody reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from chromium import Browser
from conftest import Visit
from report_samples import flux, many, pod, record, run, square

from prober.model.prediction import Ruling
from prober.model.run import Place, PredictedOnly, RunRecord
from prober.report import render

SAMPLES = {"flux": flux, "square": square, "many": many, "empty": run}


def written(folder: Path, made: RunRecord) -> str:
    file = folder / "run.html"
    file.write_text(render(made, "html"))
    return file.as_uri()


async def texts(browser: Browser, selector: str) -> Sequence[str]:
    """What elements say that can be seen."""
    texts_shown: Sequence[str] = await browser.run(
        f"[...document.querySelectorAll({selector!r})].filter(e => e.checkVisibility()).map(e => e.innerText)"
    )
    return texts_shown


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("width", [1280, 390])
def test_it_opens_without_a_complaint_and_nothing_sticks_out(
    visit: Visit[None], tmp_path: Path, sample: str, width: int
) -> None:
    url = written(tmp_path, SAMPLES[sample]())

    async def look(browser: Browser) -> None:
        for dark in (False, True):
            await browser.open(url, width, dark=dark)
            assert await browser.run("document.documentElement.scrollWidth") <= width + 1
            assert not browser.complaints
        back = await browser.run("getComputedStyle(document.body).backgroundColor")
        assert back == "rgb(15, 20, 25)", "dark is dark"

    visit(look)


def test_what_is_all_green_shows_what_was_looked_at(visit: Visit[None], tmp_path: Path) -> None:
    pods = [pod(name, "shop") for name in ("web", "db", "cache")]
    checks = [
        record(source=a, destination=b, id=f"{a}{b}") for a in pods for b in pods if a is not b
    ]
    places = {f"shop/{entry.name}": Place(f"deploy/{entry.label}", "n1") for entry in pods}
    url = written(tmp_path, run(*checks, places=places))

    async def look(browser: Browser) -> None:
        await browser.open(url)
        assert await texts(browser, ".chip") == ["deploy/cache", "deploy/db", "deploy/web"]
        assert await texts(browser, "#checks-title") == ["6 checks"]
        assert len(await texts(browser, ".checks tbody tr")) == 6
        await browser.run("document.querySelector('#map select').value = 'node'")
        await browser.run(
            "document.querySelector('#map select').dispatchEvent(new Event('change'))"
        )
        assert await texts(browser, ".box h3") == ["n1"]
        await browser.run("document.querySelector('.chip').click()")
        (said,) = await texts(browser, "#map p[role=status]")
        assert said.startswith(
            "n1/shop/deploy/cache reaches n1/shop/deploy/db, n1/shop/deploy/web."
        )

    visit(look)


def test_a_click_on_a_check_shows_trail_evidence_cause_and_fix(
    visit: Visit[None], tmp_path: Path
) -> None:
    url = written(tmp_path, flux())

    async def look(browser: Browser) -> None:
        await browser.open(url)
        await browser.run("document.querySelector('tr:has(.mark.fail) .open-check').click()")
        (said,) = await texts(browser, ".why")
        for part in (
            "On the wire",
            "ICMP 3/3",
            "What the policies say",
            "rule 1",
            "Cause and fix",
        ):
            assert part in said
        await browser.run("document.querySelector('.why a').click()")
        assert await browser.run("document.activeElement.id") == "cause-1"
        await browser.run("document.querySelector('tr:has(.mark.fail) .open-check').click()")
        assert not await texts(browser, ".why")

    visit(look)


def test_filters_narrow_everything_and_stay_in_the_address(
    visit: Visit[None], tmp_path: Path
) -> None:
    url = written(tmp_path, square())

    async def look(browser: Browser) -> None:
        await browser.open(url)
        (every,) = await texts(browser, "#filter p[role=status]")
        await browser.run(
            "[...document.querySelectorAll('.tally')].find(e => e.innerText.includes('leak')).click()"
        )
        (leaks,) = await texts(browser, "#filter p[role=status]")
        assert (every, leaks) == ("13 of 13 checks", "1 of 13 checks")
        assert await texts(browser, ".checks .mark") == ["LEAK"]
        assert "cell=0" in await browser.run("location.hash")
        await browser.call("Page.reload")
        await browser.until("Page.loadEventFired")
        assert await texts(browser, "#filter p[role=status]") == ["1 of 13 checks"]
        await browser.run(
            "[...document.querySelectorAll('button')].find(e => e.innerText === 'Show everything').click()"
        )
        assert await texts(browser, "#filter p[role=status]") == [every]
        assert await browser.run("location.hash") == ""

    visit(look)


def test_the_matrix_is_read_and_opened_with_the_keyboard(
    visit: Visit[None], tmp_path: Path
) -> None:
    url = written(tmp_path, square())

    async def look(browser: Browser) -> None:
        await browser.open(url)
        await browser.run("document.querySelector('canvas').focus()")
        await browser.key("ArrowRight")
        (said,) = await texts(browser, "#matrix-says")
        assert said.startswith("demo/pod-0 → demo/pod-1: ")
        await browser.key("Enter")
        assert await browser.run("document.activeElement.id") == "checks-title"
        assert await texts(browser, "#checks-title") == ["1 check"]

    visit(look)


def test_what_nobody_probed_is_in_the_matrix_and_in_no_count(
    visit: Visit[None], tmp_path: Path
) -> None:
    rows = (
        PredictedOnly("demo/pod-0", (Ruling.DENIED,), (Ruling.ALLOWED,)),
        PredictedOnly("demo/pod-1", (Ruling.ALLOWED, Ruling.DENIED), (Ruling.UNDEFINED,)),
        PredictedOnly("demo/pod-2", (), (Ruling.ALLOWED,)),
    )
    url = written(tmp_path, replace(square(), predicted_only=rows))

    async def look(browser: Browser) -> None:
        await browser.open(url)
        assert await texts(browser, "#filter p[role=status]") == ["13 of 13 checks"]
        (about,) = await texts(browser, "#matrix .facts:not([role])")
        assert "dashed: predicted only" in about
        await browser.run("document.querySelector('canvas').focus()")
        await browser.key("End")
        (said,) = await texts(browser, "#matrix-says")
        assert said.startswith("demo/pod-0 → hosts outside: allowed; predicted only, nobody")
        for _ in range(9):
            await browser.key("ArrowDown")
        await browser.key("Home")
        (said,) = await texts(browser, "#matrix-says")
        assert said.startswith("any other namespace → demo/pod-0: denied; predicted only, nobody")
        await browser.key("ArrowRight")
        (said,) = await texts(browser, "#matrix-says")
        assert "pod-1: allowed or denied, by port or pod; predicted only, nobody" in said
        await browser.key("Enter")
        assert await texts(browser, "#checks-title") == ["13 checks"], "there are no checks to show"

    visit(look)


def test_names_are_text(visit: Visit[None], tmp_path: Path) -> None:
    evil = "</script><img src=x onerror=document.title='hacked'>"
    url = written(
        tmp_path, replace(run(record(evil, source=pod(evil, evil), reasons=(evil,))), scenario=evil)
    )

    async def look(browser: Browser) -> None:
        await browser.open(url)
        await browser.run("document.querySelector('.open-check').click()")
        await browser.run("document.querySelector('.chip').click()")
        assert await browser.run("document.title") != "hacked"
        assert await browser.run("document.images.length") == 0
        assert not browser.complaints

    visit(look)


def test_only_what_is_in_view_is_in_the_page(visit: Visit[None], tmp_path: Path) -> None:
    pods = [pod(f"pod-{number:03}", f"ns-{number % 5}") for number in range(120)]
    checks = [
        record(source=a, destination=b, id=f"{a}{b}", name=f"{a}{b}") for a in pods for b in pods
    ]
    url = written(tmp_path, run(*checks))

    async def look(browser: Browser) -> None:
        await browser.open(url)
        assert await browser.run("document.querySelectorAll('*').length") < 2500
        assert await texts(browser, "#checks-title") == ["14,400 checks"]
        await browser.run("document.querySelector('.scroller').scrollTo(9e9, 9e9)")
        size = await browser.run("[document.querySelector('canvas').width, innerWidth]")
        assert size[0] <= size[1]

    visit(look)


@pytest.mark.parametrize("sample", SAMPLES)
def test_axe_finds_nothing(visit: Visit[None], tmp_path: Path, sample: str, axe: str) -> None:
    if not axe:
        pytest.skip("AXE names no axe.min.js: npm install axe-core")
    url = written(tmp_path, SAMPLES[sample]())

    async def look(browser: Browser) -> None:
        for dark in (False, True):
            await browser.call("Page.setBypassCSP", enabled=True)
            await browser.open(url, dark=dark)
            await browser.run("document.querySelector('.open-check')?.click()")
            await browser.run(f"{axe};1")
            violations = await browser.run(
                "axe.run().then(r => r.violations.map(v => [v.impact, v.id, v.nodes[0].html]))"
            )
            await browser.call("Page.setBypassCSP", enabled=False)
            assert not violations

    visit(look)
