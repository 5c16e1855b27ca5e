"""`prober serve`: who may look, what the pages say, and that what is old or broken is never green."""

from __future__ import annotations

import asyncio
import base64
import datetime
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from aiohttp import ClientResponse, ClientSession
from aiohttp.test_utils import TestClient, TestServer
from click.testing import CliRunner
from report_samples import flux, record, run

from prober.cli.commands.serve import command
from prober.model.errors import FabricError, UsageError
from prober.model.run import Result, RunRecord, Verdict
from prober.report import render
from prober.serve import shelf as shelves
from prober.serve.application import Pages
from prober.serve.running import Listening, serve
from prober.serve.shelf import Shelf
from prober.serve.standing import Answer, Standing
from prober.web.credentials import Credentials, read_credentials

NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
TOKEN = "0123456789abcdef"
Client = TestClient


def kept(folder: Path, minute: int, *, good: bool = True, scenario: str = "demo") -> RunRecord:
    """A run at 11:MINUTE, as a file in the folder."""
    check = record() if good else replace(record(), verdict=Verdict.BLOCKED, result=Result.FAIL)
    made = run(
        check, id=f"run-{minute}", scenario=scenario, started=f"2026-03-01T11:{minute:02}:00Z"
    )
    (folder / f"{made.id}.json").write_text(render(made, "json"))
    return made


def pages(*places: Path) -> Pages:
    return Pages(Shelf(places), datetime.timedelta(hours=1), now=lambda: NOW)


@asynccontextmanager
async def client(made: Pages, credentials: Credentials | None = None) -> AsyncIterator[Client]:
    await made.shelf.look()
    application = made.application(("prober.example.org",), credentials or Credentials())
    async with TestClient(TestServer(application)) as opened:
        yield opened


class Tags(HTMLParser):
    """The elements of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


def verdict(text: str) -> str:
    (word,) = re.findall(r'class="verdict (\w+)"', text)
    return word


async def test_the_first_page_says_whether_all_is_well_and_what_changed(tmp_path: Path) -> None:
    kept(tmp_path, 10, good=False)
    kept(tmp_path, 50)
    async with client(pages(tmp_path)) as opened:
        text = await (await opened.get("/")).text()
        assert verdict(text) == "ok"
        assert "was FAIL" in text
        kept(tmp_path, 55, good=False)


@pytest.mark.parametrize("break_it", [
    lambda folder: kept(folder, 58, good=False),
    lambda folder: (folder / "x.json").write_text('{"kind": "Run"'),
    lambda folder: (folder / "x.json").write_text('{"kind": "Run", "schemaVersion": 1}'),
    lambda folder: (folder / "x.json").write_bytes(b"\xff\xfe"),
    lambda folder: kept(folder, 1, scenario="other") and (folder / "run-1.json").write_text(
        (folder / "run-1.json").read_text().replace("T11:01", "T10:01")),
])  # fmt: skip
async def test_what_is_wrong_broken_or_stale_is_never_green(
    tmp_path: Path, break_it: Callable[[Path], object]
) -> None:
    kept(tmp_path, 50)
    break_it(tmp_path)
    async with client(pages(tmp_path)) as opened:
        assert verdict(await (await opened.get("/")).text()) in ("fail", "unsure")


async def test_nothing_is_not_green_and_a_file_of_another_kind_is_passed_over(
    tmp_path: Path,
) -> None:
    (tmp_path / "other.json").write_text('{"kind": "List"}')
    made = pages(tmp_path)
    async with client(made) as opened:
        assert verdict(await (await opened.get("/")).text()) == "unsure"
        kept(tmp_path, 59)
        await made.shelf.look()
        assert verdict(await (await opened.get("/")).text()) == "ok"


async def test_the_page_of_a_run_is_its_report_with_its_history(tmp_path: Path) -> None:
    kept(tmp_path, 10, good=False)
    made = kept(tmp_path, 50)
    async with client(pages(tmp_path)) as opened:
        response = await opened.get(f"/runs/{made.id}")
        text = await response.text()
        assert '"marks":["Fk"]' in text
        assert "What changed since" in text
        answer = await opened.get(f"/runs/{made.id}/record.json")
        assert await answer.text() == render(made, "json")
        assert (await opened.get("/runs/nobody")).status == 404
        (tmp_path / f"{made.id}.json").unlink()
        assert (await opened.get(f"/runs/{made.id}")).status == 410


async def test_a_new_run_is_told_to_whoever_listens(tmp_path: Path) -> None:
    made = pages(tmp_path)
    async with client(made) as opened:
        stream = await opened.get("/events")
        assert (await stream.content.readuntil(b"\n\n")).startswith(b"retry:")
        kept(tmp_path, 59)
        made.events.tell(await made.shelf.look())
        said = await asyncio.wait_for(stream.content.readuntil(b"\n\n"), 10)
        assert said.startswith(b'event: run\ndata: {"id": "run-59"')
        made.events.end()
        assert await asyncio.wait_for(stream.content.read(), 10)


@pytest.mark.parametrize(("host", "status"), [
    ("localhost:9732", 200), ("127.0.0.1", 200), ("[::1]:9732", 200), ("198.51.100.7:80", 200),
    ("prober.example.org", 200), ("PROBER.example.org.:443", 200), ("evil.example.org", 421), ("", 421),
    ("localhost.evil.example", 421), ("127.0.0.1.nip.example", 421),
])  # fmt: skip
async def test_names_that_are_not_its_own_are_refused(
    tmp_path: Path, host: str, status: int
) -> None:
    async with client(pages(tmp_path)) as opened:
        assert (await opened.get("/", headers={"Host": host})).status == status


def basic(login: str) -> str:
    return f"Basic {base64.b64encode(login.encode()).decode()}"


@pytest.mark.parametrize(("header", "status"), [
    ("", 401), (f"Bearer {TOKEN}", 200), (f"bearer {TOKEN}", 200), (f"Bearer {TOKEN}x", 401), (TOKEN, 401),
    (basic(f"anybody:{TOKEN}"), 200), (basic("ann:correct horse"), 200), (basic("bob:correct horse"), 401),
    ("Bearer ann:correct horse", 401), ("Basic ///", 401), ("Basic é", 401), (basic("ann"), 401),
])  # fmt: skip
async def test_who_may_look(tmp_path: Path, header: str, status: int) -> None:
    file = tmp_path / "secrets"
    file.write_text(f"# who may look\n{TOKEN}\nann:correct horse\n")
    async with client(pages(tmp_path), read_credentials(file)) as opened:
        for path in ("/", "/events", "/runs/x"):
            if status == 401:
                answer = await opened.get(path, headers={"Authorization": header} if header else {})
                assert answer.status == 401
                assert "WWW-Authenticate" in answer.headers
        if status == 200:
            assert (await opened.get("/", headers={"Authorization": header})).status == 200
        assert (await opened.get("/healthz")).status == 200


@pytest.mark.parametrize(
    ("text", "said"), [("", "no secret"), ("# nothing\n", "no secret"), ("short", "fewer than")]
)
def test_secrets_that_are_none(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "secrets").write_text(text)
    with pytest.raises(UsageError, match=said):
        read_credentials(tmp_path / "secrets")


async def test_it_only_reads(tmp_path: Path) -> None:
    async with client(pages(tmp_path)) as opened:
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
            assert (await opened.request(method, "/")).status == 405
        assert (await opened.get("/../../etc/passwd")).status == 404


def _headers(response: ClientResponse) -> None:
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"


async def test_every_answer_forbids_whatever_the_page_does_not_bring(tmp_path: Path) -> None:
    made = kept(tmp_path, 50)
    async with client(pages(tmp_path)) as opened:
        for path in (
            "/",
            f"/runs/{made.id}",
            f"/runs/{made.id}/record.json",
            "/nowhere",
            "/events",
            "/healthz",
        ):
            response = await opened.get(path)
            _headers(response)
            response.close()


async def test_names_from_a_cluster_are_only_text(tmp_path: Path) -> None:
    text = "a <b>bold</b> & \"'</script><script>alert(1)</script>"
    evil = replace(run(record(text, reasons=(text,))), id="run-1", scenario=text, started=text)
    (tmp_path / "evil.json").write_text(render(evil, "json"))
    async with client(pages(tmp_path)) as opened:
        for path, scripts in (("/", 1), ("/runs/run-1", 2)):
            tags = Tags(await (await opened.get(path)).text()).tags
            assert tags.count("script") == scripts
            assert "b" not in tags


async def test_more_files_than_are_read_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelves, "MOST_FILES", 2)
    for minute in (1, 2, 3):
        kept(tmp_path, minute)
    shelf = Shelf((tmp_path,))
    await shelf.look()
    assert len(shelf.runs) == 2
    assert "1 older files are left out" in shelf.troubles[0]


@pytest.mark.parametrize(("arguments", "said"), [
    (["--address", "::"], "nobody said who may look"),
    (["--address", "198.51.100.1"], "nobody said who may look"),
    (["--tls-cert", "x"], "belong together"),
    (["nowhere"], "nowhere is not there"),
    (["--stale-after", "soon"], "not an age"),
    (["-n", "shop"], "not --cluster"),
    (["--context", "prod"], "not --cluster"),
    (["--credentials", "nowhere"], "cannot be read"),
])  # fmt: skip
def test_wrong_options_are_explained(arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(command, arguments)
    assert isinstance(result.exception, UsageError)
    assert said in str(result.exception)


async def test_the_runs_of_a_cluster_and_a_cluster_that_is_lost() -> None:
    lost = False

    async def asked() -> Answer:
        if lost:
            raise FabricError("connection refused")
        return Answer([run(record(), id="run-1", started="2026-03-01T11:50:00Z")])

    made = pages()
    made.shelf.cluster = asked
    async with client(made) as opened:
        assert verdict(await (await opened.get("/")).text()) == "ok"
        assert (await opened.get("/runs/run-1")).status == 200
        assert "prober_last_run_exit_code" in await (await opened.get("/metrics")).text()
        lost, made.shelf._asked = True, float("-inf")
        assert not await made.shelf.look()
        text = await (await opened.get("/")).text()
        assert verdict(text) == "unsure"
        assert "the cluster gives no answer: connection refused" in text
        assert (await opened.get("/runs/run-1")).status == 200


def test_a_whole_run_as_it_is_kept(tmp_path: Path) -> None:
    (tmp_path / "flux.json").write_text(render(flux(), "json"))
    shelf = Shelf((tmp_path / "flux.json",))
    asyncio.run(shelf.look())
    assert [one.scenario for one in shelf.runs] == ["flux"]


async def test_a_scenario_object_is_as_its_status_says_however_young_its_run() -> None:
    """The operator may be gone although the last run was green a minute ago."""
    standings = {
        "shop/web": Standing("unsure", "The operator was stopped", "2026-03-01T11:59:00Z"),
        "shop/new": Standing("fail", "The Scenario has mistakes: check 1"),
        "shop/daily": Standing("ok", "As expected: 1 check passed", "2026-02-01T00:00:00Z"),
    }

    async def asked() -> Answer:
        runs = [("shop/web", "2026-03-01T11:58:00Z"), ("shop/daily", "2026-03-01T00:00:00Z")]
        made = [run(record(), id=name, scenario=name, started=at) for name, at in runs]
        return Answer(made, standings, ("something",))

    made = pages()
    made.shelf.cluster = asked
    async with client(made) as opened:
        text = await (await opened.get("/")).text()
    assert verdict(text) == "fail"
    assert "3 scenarios: 1 not as expected, 1 not known, 1 as expected" in text
    order = [text.index(name) for name in ("shop/new", "The operator was stopped", "shop/daily")]
    assert order == sorted(order), "what is wrong comes first"
    assert "no run is kept" in text
    assert "something" in text, "what could not be read"


async def test_an_open_page_is_told_when_only_the_state_changes() -> None:
    state = Standing("ok", "As expected")

    async def asked() -> Answer:
        return Answer([], {"shop/web": state})

    made = pages()
    made.shelf.cluster = asked
    told: asyncio.Queue[int] = asyncio.Queue()
    await made.shelf.look()
    made.shelf._asked, state = float("-inf"), Standing("unsure", "The operator was stopped")
    watching = asyncio.create_task(
        made.shelf.watch(0.0, lambda runs: told.put_nowait(len(runs))), name="watch"
    )
    assert await told.get() == 0
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


async def test_it_listens_on_every_address_that_is_named() -> None:
    made = pages()
    ready: asyncio.Queue[str] = asyncio.Queue()
    listening = Listening(("127.0.0.1", "127.0.0.2"), 0)
    serving = asyncio.create_task(serve(made, listening, ready.put_nowait), name="serve")
    port = int((await ready.get()).rstrip("/").rpartition(":")[2])
    async with ClientSession() as session:
        for address in listening.addresses:
            async with session.get(f"http://{address}:{port}/healthz") as response:
                assert response.status == 200
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


async def test_the_page_of_an_old_run_says_so(tmp_path: Path) -> None:
    kept(tmp_path, 5)
    kept(tmp_path, 10)
    made = pages(tmp_path)
    async with client(made) as opened:
        earlier = await (await opened.get("/runs/run-5")).text()
        newest = await (await opened.get("/runs/run-10")).text()
        made.now = lambda: NOW + datetime.timedelta(hours=3)
        late = await (await opened.get("/runs/run-10")).text()
    assert 'This is an earlier run: see <a href="/runs/run-10">' in earlier
    assert "earlier run" not in newest
    assert "too old" not in newest
    assert "This run is too old to say anything about now" in late
