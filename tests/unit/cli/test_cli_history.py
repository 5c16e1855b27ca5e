"""`prober history`: which runs there are, what changed, since when."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from prober.cli.group import cli
from prober.cli.output.state import remember
from prober.model.run import Result

pytest_plugins = ()


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    good, bad = (Result.PASS, Result.PASS), (Result.PASS, Result.FAIL)
    for number, results in enumerate((good, bad, bad)):
        remember(_record(number, results), ())


def _record(number: int, results: tuple[Result, ...]):  # type: ignore[no-untyped-def]  # a record
    import sys

    sys.path.insert(0, str(Path(__file__).parents[1] / "operator"))
    from operator_cluster import record

    started = f"2026-01-01T12:0{number}:00.000Z"
    return record(*results, id=f"20260101T120{number}00Z-00000{number}", started=started)


def said(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["history", *arguments], standalone_mode=False)
    if done.exception:
        raise done.exception
    return int(done.return_value), done.output


@pytest.mark.usefixtures("kept")
def test_the_newest_run_is_number_one() -> None:
    code, text = said("list")
    first, second, third = text.splitlines()
    assert code == 0
    assert first.startswith("1  FAIL  2026-01-01T12:02:00.000Z  shop  1 ok, 1 failed")
    assert (second.split()[:2], third.split()[:2]) == (["2", "FAIL"], ["3", "ok"])


@pytest.mark.usefixtures("kept")
def test_what_changed_between_two_runs() -> None:
    assert said("diff", "3", "1") == (1, "ok  →  FAIL  shop/web-0 → svc/data/db:5433/tcp\n")
    assert said("diff", "1", "3") == (0, "FAIL  →  ok  shop/web-0 → svc/data/db:5433/tcp\n")
    assert said("diff", "20260101T120100Z", "1") == (0, "nothing changed\n")


@pytest.mark.usefixtures("kept")
def test_since_when_it_is_wrong() -> None:
    code, text = said("since")
    assert code == 1
    assert text == "FAIL  since 2026-01-01T12:01:00.000Z  shop  shop/web-0 → svc/data/db:5433/tcp\n"


@pytest.mark.usefixtures("kept")
def test_a_run_is_shown_as_it_was() -> None:
    code, text = said("show", "1")
    assert code == 1
    assert "web → svc/db:5433" in text


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("show", "9"), "there is no run 9"),
        (("show", "2026"), "3 runs begin with 2026"),
        (("list", "other"), "no run is kept of scenario other"),
        (("list", "--context", "x"), "a cluster is named"),
    ],
)
def test_what_is_wrong_is_said(arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(Exception, match=message):
        said(*arguments)
