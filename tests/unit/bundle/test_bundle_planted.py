"""A corpus of secrets, planted in every place of every kind: none comes out, in whatever way it could."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import planted
import pytest
import yaml
from test_bundle_contents import RECORD

from prober.bundle import Collection, Part, bundle
from prober.cli.main import run
from prober.fabric.kubernetes.reading.event_messages import event_message
from prober.manifest.reading.kinds import READ
from prober.manifest.writing.shareable import SHAPES, shareable
from prober.model.codec import decode

OBJECTS = list(planted.objects())
LINES = list(planted.lines())


def came_out(text: str) -> list[str]:
    return [secret for secret in planted.planted if secret in text]


def test_there_are_hundreds_and_in_every_kind() -> None:
    assert len(set(planted.planted)) > 300
    assert {value.get("kind") for value in OBJECTS} >= {*READ, "Secret", "ConfigMap", "HelmRelease"}
    assert set(SHAPES) == set(READ)


@pytest.mark.parametrize("value", OBJECTS, ids=lambda value: str(value.get("kind")))
def test_nothing_comes_out_of_an_object(value: dict[str, Any]) -> None:
    kept = shareable(value)
    assert came_out(json.dumps(kept)) == []
    if value.get("kind") in READ and value.get("apiVersion") == READ[value["kind"]]:
        assert kept["metadata"]["name"] == value["metadata"]["name"]


@pytest.mark.parametrize("line", LINES)
def test_nothing_comes_out_of_text(line: str) -> None:
    files = bundle(
        decode(RECORD), [Collection((Part("logs/a.log", "a log", f"before\n{line}\nafter\n"),))]
    )
    assert came_out(files["logs/a.log"]) == []
    assert files["logs/a.log"].startswith("before\n")
    assert files["logs/a.log"].endswith("after\n")


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("reason", ["Unhealthy", "Failed", "BackOff", "SomebodysController", ""])
def test_nothing_comes_out_of_an_event(line: str, reason: str) -> None:
    message = f"Readiness probe failed: {line}" if reason == "Unhealthy" else f"Error: {line}"
    assert came_out(event_message(reason, " ".join(message.split()))) == []


def test_what_a_program_printed_does_not_come_out_of_an_event() -> None:
    for reason in ("Unhealthy", "Failed", "FailedPostStartHook", "ReconcileError"):
        assert "plainword" not in event_message(reason, "Liveness probe failed: plainword")
    said = 'Readiness probe failed: Get "http://10.0.0.1:80/": dial tcp 10.0.0.1:80: connect: connection refused'
    assert event_message("Unhealthy", said) == "Readiness probe failed: connect: connection refused"
    assert event_message("BackOff", "Back-off restarting failed container web") != "(left out)"


def record_with(line: str) -> dict[str, Any]:
    """A record with the line wherever a server, a scenario or a policy could have put it."""
    data = json.loads(json.dumps(RECORD))
    check = data["checks"][0]
    word = " ".join(line.split())
    tls = {"subject": word, "issuer": word, "names": [word], "alert": word, "cipher": word}
    http = {"status": 302, "location": word, "server": word, "reason": word, "proxy": word}
    dns = {"name": "x", "server": "x", "rcode": "", "answers": [word], "error": word}
    evidence = {
        "banner": word,
        "notes": [word],
        "tls": tls,
        "http": http,
        "dns": [dns],
        "errno": word,
    }
    check["observation"] |= {"detail": word, "address": word, "evidence": evidence}
    check["controls"] = [
        {
            "name": word,
            "vantage": "v",
            "probe": "p",
            "passed": True,
            "observation": check["observation"],
        }
    ]
    check["name"] = check["group"] = word
    check["probe"] |= {"url": word, "host": word}
    check["reasons"] = [word]
    check["destination"]["text"] = check["destination"]["name"] = word
    check["prediction"]["reason"] = word
    check["origin"] = {"file": word, "line": 1}
    pod = next(value for value in OBJECTS if value.get("kind") == "Deployment")
    fix = {
        "summary": word,
        "target": {"kind": "Deployment", "namespace": "shop", "name": "web"},
        "manifest": pod,
        "opens": [word],
        "patch": [
            {"op": "replace", "path": "/spec", "value": pod["spec"]},
            {"op": "add", "path": "/metadata/annotations/x", "value": line},
            {"op": "add", "path": "/spec/template/spec/containers/0/env", "value": [line]},
            {"op": "add", "path": "/data", "value": {"x": line}},
            {"op": "test", "path": "/spec/x", "value": line},
        ],
    }
    data["findings"] = [
        {
            "number": 1,
            "id": "a-rule",
            "cause": word,
            "confidence": "certain",
            "evidence": [word],
            "fix": fix,
        }
    ]
    data["failures"] = [{"vantage": "v", "message": word, "hint": word}]
    data |= {"warnings": [word], "notes": {"a": word}, "scenario": word}
    data["fabric"] |= {"addresses": {"198.51.100.11": word}, "enforcement": word}
    return dict(data)


@pytest.mark.parametrize("line", LINES)
def test_nothing_comes_out_of_a_record(line: str) -> None:
    files = bundle(decode(record_with(line)), [])
    for path, text in files.items():
        assert came_out(text) == [], path
    assert "web" in files["run.json"]


def test_nothing_comes_out_of_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lab's run, its manifests full of secrets, through `prober evidence` into an archive."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    world, state = tmp_path / "world", tmp_path / "state" / "prober"
    world.mkdir()
    state.mkdir(parents=True)
    for number, value in enumerate(OBJECTS):
        (world / f"{number}.yaml").write_text(yaml.safe_dump(value))
    (world / "torn.yaml").write_text(f"a: {{password: {planted.word()}\n  {planted.word()}")
    record = record_with("\n".join(LINES))
    (state / "last-run.json").write_text(json.dumps({"record": record, "manifests": [str(world)]}))
    assert run(["evidence", str(tmp_path / "ticket.tar.gz")]) == 0
    with tarfile.open(tmp_path / "ticket.tar.gz") as archive:
        names = archive.getnames()
        for member in archive:
            content = archive.extractfile(member)
            assert content is not None
            assert came_out(content.read().decode()) == [], member.name
            assert member.mode == 0o600
    assert len([name for name in names if "/manifests/" in name]) == len(OBJECTS)


EXPECTED_FIELDS = 169
"""Fields that leave. One more of them is a decision: look at it, and then count it."""


def test_the_fields_that_leave_are_counted() -> None:
    import msgspec

    def fields(hint: Any, seen: frozenset[Any] = frozenset()) -> set[tuple[str, str]]:
        found: set[tuple[str, str]] = set()
        for part in (hint, *getattr(hint, "__args__", ())):
            if part is not hint:
                found |= fields(part, seen)
            elif isinstance(part, type) and issubclass(part, msgspec.Struct) and part not in seen:
                for field in msgspec.structs.fields(part):
                    found.add((part.__name__, field.encode_name))
                    found |= fields(field.type, seen | {part})
        return found

    leaving = set().union(*map(fields, SHAPES.values()))
    for name in (
        "args",
        "command",
        "httpHeaders",
        "annotations",
        "data",
        "valueFrom",
        "options",
        "volumes",
    ):
        assert name not in {field for _, field in leaving}
    assert len(leaving) <= EXPECTED_FIELDS
