"""`prober symptoms`: one record for each line, whatever stands in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prober.cli.main import run
from prober.model.errors import ExitCode


def told(capsys: pytest.CaptureFixture[str], *args: str) -> list[dict[str, object]]:
    assert run(["symptoms", *args, "-o", "jsonl"]) == ExitCode.OK
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_line_of_the_input_is_one_of_the_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "api.log"
    log.write_bytes(
        b"started\n\n\xff\xfe\x1b[2J\n"
        b'Readiness probe failed: Get "http://198.18.2.9:8080/": dial tcp 198.18.2.9:8080: '
        b"connect: connection refused\n"
        b"lookup db.shop on 198.19.0.10:53: no such host"
    )
    records = told(capsys, str(log))
    assert [record["line"] for record in records] == [1, 2, 3, 4, 5]
    assert [record["symptoms"] for record in records[:3]] == [[], [], []]
    assert records[3]["symptoms"] == [
        {
            "host": None,
            "address": "198.18.2.9",
            "port": 8080,
            "protocol": "tcp",
            "outcome": "refused",
            "nameServer": None,
            "direction": "probe",
        }
    ]
    assert records[4]["symptoms"] == [
        {
            "host": "db.shop",
            "address": None,
            "port": None,
            "protocol": None,
            "outcome": "no-such-host",
            "nameServer": "198.19.0.10",
            "direction": "client",
        }
    ]


def test_people_see_the_lines_with_a_symptom(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "api.log"
    log.write_text("started\ndial tcp 198.51.100.7:9090: connect: connection refused\n")
    assert run(["symptoms", str(log)]) == ExitCode.OK
    assert capsys.readouterr().out == "     2  refused       tcp 198.51.100.7:9090\n"


def test_a_file_that_is_not_there_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["symptoms", str(tmp_path / "none.log")]) == ExitCode.USAGE
    assert "cannot be read: No such file" in capsys.readouterr().err


def test_a_directory_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["symptoms", str(tmp_path)]) == ExitCode.USAGE
    assert "cannot be read" in capsys.readouterr().err
