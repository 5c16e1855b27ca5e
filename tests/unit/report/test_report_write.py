"""Report files: formats by suffix, whole or not at all, with errors a person can act on."""

import errno
import json
import os
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml
from report_samples import flux, hostile

from prober.model.errors import ExitCode, ReportError, UsageError
from prober.report import render
from prober.report.write import check_paths, write_reports


def full(_descriptor: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_the_suffix_chooses_the_format_and_several_are_written_at_once(tmp_path: Path) -> None:
    paths = [
        tmp_path / f"run{suffix}" for suffix in (".json", ".yaml", ".yml", ".xml", ".tap", ".TXT")
    ]
    check_paths(paths)
    write_reports(flux(), paths)
    assert json.loads(paths[0].read_text())["kind"] == "Run"
    assert yaml.safe_load(paths[1].read_text()) == yaml.safe_load(paths[2].read_text())
    assert ET.fromstring(paths[3].read_bytes()).tag == "testsuites"  # noqa: S314 - our own output
    assert paths[4].read_text().startswith("TAP version 14\n")
    assert paths[5].read_text() == render(flux(), "wide")
    assert sorted(tmp_path.iterdir()) == sorted(paths)


def test_checking_leaves_nothing_and_keeps_what_is_there(tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    old.write_text("before")
    check_paths([old, tmp_path / "new.json"])
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"old.json": "before"}


@pytest.mark.parametrize(("name", "said"), [("run.pdf", "the suffix '.pdf'"), ("run", "no suffix")])
def test_an_unknown_suffix_is_a_mistake_in_the_command(
    tmp_path: Path, name: str, said: str
) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        check_paths([tmp_path / name])
    assert (
        caught.value.hint == "use one of .txt, .json, .yaml, .yml, .xml, .html, .htm, .prom, .tap"
    )
    assert caught.value.exit_code is ExitCode.USAGE


def test_the_same_file_twice_is_a_mistake_in_the_command(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="asked for twice"):
        check_paths([tmp_path / "a.json", tmp_path / "." / "a.json"])


def test_a_missing_directory_is_found_before_the_run(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="no such file or directory") as caught:
        check_paths([tmp_path / "missing" / "run.json"])
    assert caught.value.hint == "make the directory first"
    assert caught.value.exit_code is ExitCode.UNKNOWN


def test_a_directory_is_not_a_report(tmp_path: Path) -> None:
    place = tmp_path / "run.json"
    place.mkdir()
    with pytest.raises(ReportError, match="is a directory") as caught:
        check_paths([place])
    assert "run.json" in caught.value.hint
    with pytest.raises(ReportError, match="is a directory"):
        write_reports(flux(), [place])
    assert list(place.iterdir()) == []


def test_a_file_in_place_of_a_directory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportError, match="not a directory"):
        check_paths([tmp_path / "file" / "run.json"])


def test_a_directory_without_permission_is_found_before_the_run() -> None:
    user = os.geteuid()
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o555)
        try:
            if user == 0:
                os.seteuid(
                    65534
                )  # root may write everywhere, so this test is somebody else for a moment
            with pytest.raises(ReportError, match="permission denied"):
                check_paths([Path(place) / "run.json"])
        finally:
            os.seteuid(user)
            Path(place).chmod(0o700)


def test_no_permission_is_said_with_a_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_args: object, **_options: object) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, "open", denied)
    with pytest.raises(
        ReportError, match=r"run\.json can't be written: permission denied"
    ) as caught:
        check_paths([tmp_path / "run.json"])
    assert "change the permissions" in caught.value.hint


def test_a_full_disk_leaves_the_old_report_and_no_rubbish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "run.json"
    old.write_text("before")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ReportError, match="no space left on device") as caught:
        write_reports(flux(), [old])
    assert "free some space" in caught.value.hint
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"run.json": "before"}


def test_an_interrupt_leaves_no_rubbish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_reports(flux(), [tmp_path / "run.json"])
    assert list(tmp_path.iterdir()) == []


def test_one_failure_does_not_keep_the_others_from_being_written(tmp_path: Path) -> None:
    missing, good = tmp_path / "missing" / "run.json", tmp_path / "run.tap"
    with pytest.raises(ReportError, match=r"missing/run\.json"):
        write_reports(flux(), [missing, good])
    assert good.exists()


def test_every_failure_is_named(tmp_path: Path) -> None:
    paths = [tmp_path / "missing" / name for name in ("run.json", "run.tap")]
    with pytest.raises(ReportError) as caught:
        write_reports(flux(), paths)
    assert "run.json" in str(caught.value)
    assert "run.tap" in str(caught.value)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "run.json"
    link.symlink_to(tmp_path / "real" / "latest.json")
    write_reports(flux(), [link])
    assert link.is_symlink()
    assert json.loads((tmp_path / "real" / "latest.json").read_text())["kind"] == "Run"


def test_others_may_read_a_report_as_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write_reports(flux(), [tmp_path / "run.json"])
    finally:
        os.umask(before)
    assert (tmp_path / "run.json").stat().st_mode & 0o777 == 0o644


def test_any_text_can_be_written(tmp_path: Path) -> None:
    paths = [tmp_path / f"run{suffix}" for suffix in (".json", ".yaml", ".xml", ".tap", ".txt")]
    write_reports(hostile(), paths)
    assert all(path.stat().st_size for path in paths)
