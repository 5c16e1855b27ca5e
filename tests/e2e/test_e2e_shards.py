"""A run in parts, as an Indexed Job: one part is killed twice, and the parts together are the
undivided run."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from e2e_agents import SPACES, installed, nine_pods
from e2e_cluster import Cluster, wait

SHARDS = 8
VICTIM = 3
NAME = "shards"


def scenario() -> str:
    """Every pod of nine to every other one: denials among them that nobody expected, a port on
    which nothing listens, and a name that nobody has."""
    pods = [f"{name}.{space}" for space in SPACES for name in "abc"]
    ends = [(source, target) for source in pods for target in pods if source != target]
    checks = [
        {"from": f"pod/{source}", "to": f"tcp://pod/{target}:8080", "expect": "ok"}
        for source, target in ends
    ]
    for source in pods[:3]:
        checks.append({"from": f"pod/{source}", "to": "tcp://pod/b.nine-b:9", "expect": "ok"})
        checks.append({"from": f"pod/{source}", "to": "dns://nobody.example", "expect": "ok"})
    return json.dumps(
        {
            "apiVersion": "prober.dev/v1alpha1",
            "kind": "Scenario",
            "metadata": {"name": NAME},
            "checks": checks,
        }
    )


@dataclass
class Killer:
    """Kills the processes of a part, as the kernel would that has no memory left."""

    index: int
    most: int
    killed: set[int] = field(default_factory=set)
    done: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        while len(self.killed) < self.most and not self.done.is_set():
            for pid in self._pids():
                if pid not in self.killed and len(self.killed) < self.most:
                    self.killed.add(pid)
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)

    def _pids(self) -> Iterator[int]:
        mark = f"JOB_COMPLETION_INDEX={self.index}".encode()
        for process in Path("/proc").glob("[0-9]*"):
            try:
                environment = (process / "environ").read_bytes().split(b"\0")
                command = (process / "cmdline").read_bytes()
            except OSError:  # it has ended
                continue
            if mark in environment and b"prober.cli.main" in command:
                yield int(process.name)


@contextmanager
def killing(index: int, most: int) -> Iterator[Killer]:
    killer = Killer(index, most)
    thread = threading.Thread(target=killer.run)
    thread.start()
    try:
        yield killer
    finally:
        killer.done.set()
        thread.join()


def parts(cluster: Cluster, folder: Path) -> list[Path]:
    """What each part has written, as docs/large-clusters.md says to read it."""
    files = []
    for index in range(SHARDS):
        selector = f"batch.kubernetes.io/job-completion-index={index}"
        text = cluster.kubectl("logs", "-n", "prober-runs", "-l", selector, "--tail=-1")
        files.append(folder / f"part-{index}.json")
        files[-1].write_text(text)
    return files


def said(record: Mapping[str, Any]) -> list[tuple[object, ...]]:
    """What a run has come to, check by check. Of a denial one run is told by whom, and another
    times out: nodes limit the ICMP errors that they send."""
    return [(check["id"], check["verdict"], check["result"]) for check in record["checks"]]


def causes(record: Mapping[str, Any]) -> list[tuple[object, ...]]:
    return [
        (finding["id"], finding["confidence"], tuple(finding["checks"]), _command(finding))
        for finding in record["findings"]
    ]


def _command(finding: Mapping[str, Any]) -> object:
    """How its fix is applied; advice has none."""
    return (finding["fix"] or {}).get("command")


def test_a_run_in_parts_is_the_undivided_run(
    own: Cluster, coordinator: str, tmp_path: Path
) -> None:
    cluster, file = own, tmp_path / "shards.yaml"
    file.write_text(scenario())
    cluster.apply(*nine_pods(cluster.image))
    for space in SPACES:
        cluster.kubectl(
            "wait", "pods", "--all", "-n", space, "--for=condition=Ready", "--timeout=180s"
        )
    options = ("--enter-pods", "--coordinator-image", coordinator)
    with installed(cluster, "--enter-pods"):
        whole = json.loads(cluster.prober("run", str(file), "-o", "json").stdout)
        printed = cluster.prober("manifests", *options, "--run", str(file), "--shards", str(SHARDS))
        assert printed.returncode == 0, printed.stderr
        with killing(VICTIM, 2) as killer:
            cluster.kubectl("apply", "-f", "-", input_text=printed.stdout)
            wait(
                lambda: _ended(cluster),
                lambda: cluster.kubectl("describe", "job,pods", "-n", "prober-runs"),
                420,
            )
        assert len(killer.killed) == 2
        files = parts(cluster, tmp_path)
    done = cluster.prober("report", *map(str, files), "-o", "json")
    merged = json.loads(done.stdout)
    assert merged["failures"] == whole["failures"] == []
    assert said(merged) == said(whole)
    assert causes(merged) == causes(whole)
    assert merged["summary"] == whole["summary"]
    assert done.returncode == whole["exitCode"] == 1
    assert "part" not in merged


def _ended(cluster: Cluster) -> bool:
    """Whether each part has: those with a failed check are `failedIndexes`, and are an answer."""
    status = cluster.get("job", "prober-run", "-n", "prober-runs")["status"]
    types = {one["type"] for one in status.get("conditions", []) if one["status"] == "True"}
    return bool({"Complete", "Failed"} & types)
