"""`prober report`: a record again, in every format, and shards as the whole that they are of."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from report_samples import flux, record, run

from prober.cli.main import run as prober
from prober.cli.output.state import remember
from prober.model.run import Confidence, Finding
from prober.report import FORMATS, render


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    remember(flux(), ())
    (tmp_path / "run.json").write_text(render(flux(), "json"))
    return tmp_path


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_that_of_the_run(
    here: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    assert prober(["report", "run.json", "-o", form]) == flux().exit_code
    assert capsys.readouterr().out == render(flux(), form)


def test_a_run_that_is_not_the_last_is_not_said_to_be(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    remember(replace(flux(), id="another"), ())
    assert prober(["report", "run.json"]) == 1
    assert "prober fix 1 --apply" not in capsys.readouterr().out


def test_files_are_written_as_those_of_the_run(here: Path) -> None:
    names = ("again.json", "again.html", "again.xml", "again.tap", "again.yaml", "again.txt")
    reports = [part for name in names for part in ("--report", name)]
    assert prober(["report", "run.json", *reports]) == 1
    assert (here / "again.json").read_text() == (here / "run.json").read_text()
    assert prober(["report", "again.yaml", "--report", "third.json"]) == 1
    assert (here / "third.json").read_text() == (here / "run.json").read_text()


def test_shards_are_the_whole(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = flux()
    half = len(whole.checks) // 2
    shards = [
        replace(whole, checks=whole.checks[:half]),
        replace(whole, checks=whole.checks[half:]),
    ]
    for number, shard in enumerate(shards):
        (here / f"{number}.json").write_text(render(shard, "json"))
    assert prober(["report", "0.json", "1.json", "-o", "json"]) == 1
    merged = json.loads(capsys.readouterr().out)
    assert merged["checks"] == json.loads((here / "run.json").read_text())["checks"]
    assert merged["findings"] == json.loads((here / "run.json").read_text())["findings"]
    assert merged["scenario"] == "flux"


def test_a_cause_of_several_shards_is_one(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b"):
        finding = Finding(
            "a-rule", "one cause", Confidence.LIKELY, (f"seen by {name}",), None, (name,)
        )
        (here / f"{name}.json").write_text(render(run(record(name), findings=(finding,)), "json"))
    assert prober(["report", "a.json", "b.json", "-o", "json"]) == 0
    [finding] = json.loads(capsys.readouterr().out)["findings"]
    assert finding["checks"] == ["a", "b"]
    assert finding["evidence"] == ["seen by a", "seen by b"]


def test_scenarios_stay_apart(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b"):
        (here / f"{name}.json").write_text(render(run(record("x"), scenario=name), "json"))
    assert prober(["report", "a.json", "b.json", "-o", "json"]) == 0
    merged = json.loads(capsys.readouterr().out)
    assert merged["scenario"] == "a, b"
    assert [check["id"] for check in merged["checks"]] == ["a/x", "b/x"]


def test_what_does_not_belong_together_is_refused(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert prober(["report", "run.json", "run.json"]) == 2
    assert "two of the records of flux have the check" in capsys.readouterr().err
    other = replace(flux(), fabric=replace(flux().fabric, kind="kubernetes", name="prod"))
    (here / "other.json").write_text(render(other, "json"))
    assert prober(["report", "run.json", "other.json"]) == 2
    assert "different fabrics: lab lab, kubernetes prod" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"kind": "Pod"}', '{"kind": "Run"}', "a: &a [*a]"]
)
def test_what_is_no_record_is_refused(
    here: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    for name in ("x.json", "x.yaml"):
        (here / name).write_text(content)
        assert prober(["report", name]) == 2
        error = capsys.readouterr().err
        assert name in error
        assert "hint: " in error
        assert "defect" not in error
