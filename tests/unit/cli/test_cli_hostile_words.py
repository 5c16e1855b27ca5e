"""Words that others chose do nothing to a terminal, whichever command prints them."""

import ast
import json
import re
import unicodedata
from pathlib import Path

import pytest

from prober.cli.main import run
from prober.cli.output.state import state_file

ROOT = Path(__file__).parents[3]

WORDS = {
    "clears the screen": "a\x1b[2J\x1b[Hb",
    "sets the title": "a\x1b]0;owned\x07b",
    "writes the clipboard": "a\x1b]52;c;ZWNobyBvd25lZA==\x1b\\b",
    "a link to elsewhere": "a\x1b]8;;http://203.0.113.1/\x1b\\b\x1b]8;;\x1b\\",
    "C1 without an escape": "a\x9b2Jb\x9d0;owned\x9c",
    "goes back over the line": "FAIL\rok   everything",
    "deletes what stands there": "bad\b\b\bok",
    "reverses the direction": "a\u202eb\u202c",
    "isolates": "a\u2066b\u2069",
    "invisible": "a\u200bb\ufeff",
    "begins a line": "a\nprober: everything is fine",
    "begins a line in other ways": "a\x0bb\x0cc\x85d\u2028e\u2029f",
}


def harmless(text: str) -> bool:
    return all(
        char == "\n" or unicodedata.category(char) not in ("Cc", "Cf", "Zl", "Zp", "Cs")
        for char in text
    )


def checked(capsys: pytest.CaptureFixture[str], word: str) -> None:
    printed = capsys.readouterr()
    text = printed.out + printed.err
    assert text
    assert harmless(text), repr(text)
    assert not re.search(r"^(prober: everything is fine|ok   everything)", text, re.MULTILINE)
    assert "Traceback" not in text
    assert "defect" not in text


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


def document(**members: object) -> str:
    return json.dumps(members)


@pytest.mark.parametrize("word", WORDS.values(), ids=WORDS)
def test_scenarios(here: Path, capsys: pytest.CaptureFixture[str], word: str) -> None:
    scenario = {"apiVersion": "prober.dev/v1alpha1", "kind": "Scenario"}
    metadata = {"name": "shop", "namespace": "shop"}
    checks = [{"from": f"deploy/{word}", "to": f"tcp://{word}:80", "name": word, word: word}]
    lab = {"manifests": [word]}
    texts = [
        document(**scenario, metadata=metadata, checks=checks),
        document(**scenario, metadata={"name": word}, checks=["pod/a -> tcp://b:80"]),
        document(**scenario, metadata=metadata, checks=[f"{word} -> {word}"], lab=lab),
        document(**scenario, metadata=metadata, include=[word], checks=[word]),
        document(**{word: word}, apiVersion=word, kind=word),
        f'{{"a": "{word}"',
    ]
    for number, text in enumerate(texts):
        (here / f"{number}.json").write_text(text)
        (here / f"{number}.yaml").write_text(text)
        for suffix in ("json", "yaml"):
            assert run(["validate", f"{number}.{suffix}"]) == 2
            checked(capsys, word)
            assert run(["run", f"{number}.{suffix}", "--lab"]) == 2
            checked(capsys, word)


@pytest.mark.parametrize("word", WORDS.values(), ids=WORDS)
def test_names_of_files(here: Path, capsys: pytest.CaptureFixture[str], word: str) -> None:
    for command in (
        ["validate", word], ["run", word], ["audit", "-f", word], ["predict", "-f", word], ["fix", "--from", word],
        ["evidence", f"{word}/x"], ["evidence", "out", "--from", word], ["baseline", "diff", word], [word],
        ["audit", f"--{word}"], ["fix", "--run", word], ["preview", "-f", word], ["explain", "-f", word, word, word],
        ["check", word, word, "--lab"], ["manifests", "--settings", word], ["audit", "-f", ".", "--ignore", word],
        ["check", "pod/a", "tcp://b:1", "--lab", "-f", ".", "--fault", word], ["matrix", "--lab", "-l", word],
    ):  # fmt: skip
        assert run(command) in (2, 3)
        checked(capsys, word)


@pytest.mark.parametrize("word", WORDS.values(), ids=WORDS)
def test_manifests(here: Path, capsys: pytest.CaptureFixture[str], word: str) -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "shop"}}
    policy = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "deny", "namespace": "shop"},
    }
    spec = {"containers": [{"name": "web", "image": word}]}
    texts = [
        document(**{**pod, "metadata": {"name": word}, "spec": spec}),
        document(**{**pod, "metadata": {"name": "a", "labels": {word: word}}, "spec": spec}),
        document(
            **pod,
            spec={"containers": [{"name": word, "ports": [{"name": word, "containerPort": word}]}]},
        ),
        document(**policy, spec={"podSelector": {"matchLabels": {word: word}}, word: word}),
        document(
            **policy, spec={"podSelector": {}, "ingress": [{"from": [{"ipBlock": {"cidr": word}}]}]}
        ),
        document(apiVersion=f"{word}/v1", kind=word, metadata={"name": word}),
        document(
            apiVersion="cilium.io/v2",
            kind="CiliumNetworkPolicy",
            metadata={"name": word, "namespace": word},
        ),
        document(**{**policy, "apiVersion": word}, spec={}),
    ]
    sound = here / "sound.json"
    sound.write_text(document(**pod, spec=spec))
    for number, text in enumerate(texts):
        file = here / f"{number}.json"
        file.write_text(text)
        for command in ("audit", "predict"):
            for output in ("table", "json"):
                run([command, "-f", str(file), "-f", str(sound), "-o", output])
                checked(capsys, word)


def record(word: str, **changes: object) -> str:
    fix = {
        "summary": word, "patch": [{"op": "add", "path": "/spec/egress/-", "value": {}}], "opens": [word],
        "target": {"kind": "NetworkPolicy", "namespace": "shop", "name": "deny"}, "manifest": {"kind": "NetworkPolicy"},
        "beside": None,
    }  # fmt: skip
    finding = {
        "number": 1,
        "id": "egress-policy-missing-port",
        "cause": word,
        "confidence": "certain",
        "fix": fix,
    }
    other = {
        "number": 2,
        "id": "nothing-listens",
        "cause": word,
        "confidence": "likely",
        "fix": None,
    }
    whole = {
        "apiVersion": "prober.dev/v1alpha1", "kind": "Run", "schemaVersion": 1, "id": word,
        "fabric": {"kind": "lab", "name": word}, "findings": [finding, other], "startedAt": word, "scenario": word,
    }  # fmt: skip
    return json.dumps({**whole, **changes})


@pytest.mark.parametrize("word", WORDS.values(), ids=WORDS)
def test_records(here: Path, capsys: pytest.CaptureFixture[str], word: str) -> None:
    (here / "run.json").write_text(record(word))
    (here / "wrong.json").write_text(record(word, schemaVersion=word))
    (here / "other.json").write_text(record(word, kind=word))
    (here / "torn.json").write_text(record(word)[:-5])
    for file in ("run.json", "wrong.json", "other.json", "torn.json"):
        for more in (
            [],
            ["1", "--diff"],
            ["1", "--apply", "-f", "."],
            ["--emit", "fixes"],
            ["all", "--undo"],
        ):
            run(["fix", "--from", file, *more])
            checked(capsys, word)
    kept = state_file()
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps({"record": json.loads(record(word)), "manifests": [word]}))
    run(["fix"])
    checked(capsys, word)
    run(["fix", "1", "--apply"])
    checked(capsys, word)


def test_everything_is_printed_in_one_place() -> None:
    """No command has a way of its own to stdout and stderr."""
    own = ROOT / "prober" / "cli" / "terminal.py"
    for path in (ROOT / "prober" / "cli").rglob("*.py"):
        if path == own:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                ways = (
                    "click.echo",
                    "click.secho",
                    "click.confirm",
                    "print",
                    "sys.stdout.write",
                    "sys.stderr.write",
                )
                assert called not in ways, f"{path}:{node.lineno}: {called}"
