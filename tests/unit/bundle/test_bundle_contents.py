"""The bundle: what is in it, what its README says, and where it can be written."""

from __future__ import annotations

import hashlib
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from prober.bundle import Collection, Gap, Part, bundle, pack
from prober.cli.commands.bundle import namespaces_of
from prober.cli.main import run
from prober.model.codec import decode

RECORD: dict[str, Any] = {
    "kind": "Run",
    "schemaVersion": 1,
    "id": "r1",
    "scenario": "shop",
    "fabric": {"kind": "lab", "name": "lab", "version": ""},
    "startedAt": "2026-01-01T00:00:00Z",
    "proberVersion": "0",
    "exitCode": 1,
    "checks": [
        {
            "id": "c1",
            "name": "web → db:5432/tcp",
            "vantage": {"kind": "pod", "namespace": "shop", "name": "web"},
            "source": {"text": "web", "kind": "pod", "namespace": "shop", "name": "web"},
            "destination": {
                "text": "db",
                "kind": "host",
                "namespace": "",
                "name": "db",
                "port": 5432,
            },
            "probe": {"id": "p1", "kind": "tcp", "host": "db", "port": 5432, "timeoutSeconds": 2.0},
            "prediction": {
                "verdict": "denied",
                "egress": "denied",
                "ingress": "allowed",
                "reason": "nothing allows 5432",
                "trail": [
                    {
                        "destination": "db",
                        "port": 5432,
                        "pod": None,
                        "verdict": "denied",
                        "egress": {
                            "verdict": "denied",
                            "pod": None,
                            "reason": "",
                            "policies": [
                                {
                                    "policy": {
                                        "kind": "NetworkPolicy",
                                        "namespace": "guard",
                                        "name": "x",
                                    },
                                    "match": "no",
                                }
                            ],
                        },
                        "ingress": {"verdict": "allowed", "pod": None, "reason": ""},
                    }
                ],
            },
            "verdict": "as-predicted",
            "result": "fail",
            "reasons": ["nothing allows 5432"],
            "observation": {
                "outcome": "rejected",
                "evidence": {
                    "icmp": [{"type": 3, "code": 3, "sender": "198.51.100.11"}],
                    "hops": [],
                },
            },
            "controls": [],
        }
    ],
    "findings": [],
}
RUN = decode(RECORD)
LOGS = Collection(
    (Part("logs/a.log", "a log", "all is well"),),
    (Gap("events", "not allowed to list events (403)"),),
)


def test_the_readme_says_what_is_in_it_and_what_is_not() -> None:
    files = bundle(RUN, [LOGS])
    assert list(files) == ["README.md", "run.json", "report.txt", "wire.txt", "logs/a.log"]
    readme = files["README.md"]
    for path, text in files.items():
        if path != "README.md":
            assert f"| `{path}` | " in readme
            assert hashlib.sha256(text.encode()).hexdigest() in readme
    assert "- events: not allowed to list events (403)" in readme
    assert "Secrets" in readme


def test_wire_evidence_is_there_for_people() -> None:
    wire = bundle(RUN, [])["wire.txt"]
    assert "web → db:5432/tcp: rejected (as-predicted, fail)" in wire
    assert '"sender": "198.51.100.11"' in wire
    assert "hops" not in wire


def test_every_namespace_that_took_part_is_collected() -> None:
    assert namespaces_of(RUN) == {"shop", "guard", "kube-system"}


def test_an_archive_has_one_directory_and_equal_bundles_are_equal(tmp_path: Path) -> None:
    files = bundle(RUN, [LOGS])
    one, two = tmp_path / "x" / "t.tar.gz", tmp_path / "y" / "t.tar.gz"
    for target in (one, two):
        target.parent.mkdir()
        pack(files, target)
    assert one.read_bytes() == two.read_bytes()
    assert one.stat().st_mode & 0o077 == 0
    with tarfile.open(one) as archive:
        assert archive.getnames() == [f"t/{path}" for path in files]


def test_the_command_reads_a_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "run.json").write_text(json.dumps(RECORD))
    assert run(["evidence", str(tmp_path / "out"), "--from", str(tmp_path / "run.json")]) == 0
    assert "nothing allows 5432" in (tmp_path / "out" / "report.txt").read_text()
    assert run(["evidence", str(tmp_path / "out"), "--from", str(tmp_path / "run.json")]) == 2
    assert "not an empty directory" in capsys.readouterr().err


def test_a_cluster_that_is_gone_is_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "no-kubeconfig"))
    record = {**RECORD, "fabric": {"kind": "kubernetes", "name": "prod", "version": "v1.34.4"}}
    (tmp_path / "run.json").write_text(json.dumps(record))
    assert run(["evidence", str(tmp_path / "out"), "--from", str(tmp_path / "run.json")]) == 0
    assert (
        "everything that the cluster has to say: there is no kubeconfig"
        in (tmp_path / "out" / "README.md").read_text()
    )


@pytest.mark.parametrize("target", ["nowhere/t.tar.gz", "run.json"])
def test_a_place_that_cannot_take_it_is_found_before_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run.json").write_text(json.dumps(RECORD))
    assert run(["evidence", target, "--from", "run.json"]) == 2
