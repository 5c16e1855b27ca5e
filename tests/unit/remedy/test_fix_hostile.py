"""A record that somebody forged: no file outside the folder, no second command in a line, no traceback."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from test_fix_command import record

from prober.cli.main import run

FORGED = [
    "../../x", "/etc/passwd", "..", ".", "a/b", "a\\b", "-rf", "--all", "a b", "a;touch owned", "$(touch owned)",
    "`touch owned`", "a'b", 'a"b', "a\nb", "a\x1b[2J", "a\u202eb", "a\x00b", "", "x" * 300, "*", "~", "ä", "a|b", "a&b",
    ".hidden", "a/../../../tmp/x", "%2e%2e",
]  # fmt: skip


def forged(member: str, word: str) -> dict[str, Any]:
    data = record()
    finding = data["findings"][1]
    if member in ("kind", "namespace", "name"):
        finding["fix"]["target"][member] = word
    elif member == "beside":
        finding["fix"]["beside"] = {"kind": "NetworkPolicy", "namespace": "shop", "name": word}
    else:
        finding[member] = word
    return data


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "in" / "side"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("member", ["kind", "namespace", "name", "beside", "id", "number"])
@pytest.mark.parametrize("word", FORGED)
def test_forged_names_are_refused(
    here: Path, capsys: pytest.CaptureFixture[str], member: str, word: str
) -> None:
    if member == "namespace" and not word:
        return  # an object of the cluster's own
    (here / "run.json").write_text(json.dumps(forged(member, word)))
    for args in (
        ["--emit", "fixes"],
        [],
        ["all", "--diff", "-f", "."],
        ["all", "--apply", "--yes"],
    ):
        assert run(["fix", "--from", "run.json", *args]) == 2
        error = capsys.readouterr().err
        assert "the record is" in error
        assert "defect" not in error
    assert {path.name for path in here.parent.parent.rglob("*")} == {"in", "side", "run.json"}


WRONG: list[Any] = [None, True, 1, -1, 1.5, "x", [], {}, [[]], {"a": 1}, [None], "x" * 100_000]
MEMBERS = [
    ("findings",), ("findings", 1), ("findings", 1, "fix"), ("findings", 1, "number"), ("findings", 1, "cause"),
    ("findings", 1, "confidence"), ("findings", 1, "fix", "patch"), ("findings", 1, "fix", "patch", 0),
    ("findings", 1, "fix", "patch", 0, "op"), ("findings", 1, "fix", "patch", 0, "path"),
    ("findings", 1, "fix", "manifest"), ("findings", 1, "fix", "manifest", "metadata"),
    ("findings", 1, "fix", "manifest", "spec"), ("findings", 1, "fix", "opens"), ("findings", 1, "fix", "target"),
    ("findings", 1, "fix", "summary"), ("findings", 1, "fix", "beside"), ("fabric",), ("fabric", "kind"),
    ("fabric", "name"), ("id",), ("schemaVersion",),
]  # fmt: skip


@pytest.mark.parametrize("path", MEMBERS, ids=lambda path: ".".join(map(str, path)))
@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: repr(wrong)[:12])
def test_members_of_the_wrong_type_give_no_traceback(
    here: Path, capsys: pytest.CaptureFixture[str], path: tuple[str | int, ...], wrong: Any
) -> None:
    data: Any = record()
    place = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = wrong
    (here / "run.json").write_text(json.dumps(data))
    (here / "policy.yaml").write_text(
        "kind: NetworkPolicy\napiVersion: networking.k8s.io/v1\nmetadata: {name: a}\nspec: {podSelector: {}}\n"
    )
    for args in (
        ["--emit", "fixes"],
        [],
        ["all", "--diff", "-f", "."],
        ["all", "--undo", "-f", "."],
    ):
        assert run(["fix", "--from", "run.json", *args]) in (0, 2)
        error = capsys.readouterr().err
        assert "defect" not in error
        assert "Traceback" not in error


def test_every_line_for_a_shell_is_one_command(here: Path) -> None:
    data = record()
    finding = data["findings"][1]
    finding["fix"]["target"]["name"] = "system:allow.all_of-them"
    finding["cause"] = "x\n\n    rm -rf ~\n"
    finding["fix"]["summary"] = "x\n    rm -rf ~\n"
    finding["fix"]["opens"] = ["x\n\n    rm -rf ~"]
    data["id"] = "x\n    rm -rf ~"
    data["fabric"]["name"] = "x`\n    rm -rf ~"
    (here / "run.json").write_text(json.dumps(data))
    assert run(["fix", "--from", "run.json", "--emit", "fixes"]) == 0
    lines = (here / "fixes" / "README.md").read_text().splitlines()
    commands = [line for line in lines if line.startswith("    ")]
    assert len(commands) == 2
    for command in commands:
        words = shlex.split(command, comments=True)
        assert words[:3] == ["kubectl", "-n", "shop"]
        assert not re.search(r"[;&|`$<>]", " ".join(words))


def test_planted_links_are_not_followed(here: Path) -> None:
    victim = here.parent / "victim"
    victim.write_text("mine")
    (here / "run.json").write_text(json.dumps(record()))
    (here / "fixes").mkdir()
    for name in (
        "README.md",
        "02-egress-policy-missing-port.patch.json",
        "02-egress-policy-missing-port.undo.json",
    ):
        (here / "fixes" / name).symlink_to(victim)
    assert run(["fix", "--from", "run.json", "--emit", "fixes"]) == 0
    assert victim.read_text() == "mine"


def test_a_planted_directory_is_not_entered_nor_emptied(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = here.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine.yaml").write_text("mine")
    (here / "run.json").write_text(json.dumps(record()))
    (here / "fixes").mkdir()
    (here / "fixes" / "README.md").write_text("# Fixes of run r0\n")
    (here / "fixes" / "objects").symlink_to(elsewhere)
    assert run(["fix", "--from", "run.json", "--emit", "fixes"]) == 3
    assert "can't be written" in capsys.readouterr().err
    assert [path.read_text() for path in elsewhere.iterdir()] == ["mine"]
