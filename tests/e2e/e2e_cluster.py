"""What the end-to-end tests do with a cluster."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LABEL = "prober.dev/probe"
SLOW = "tcp://198.51.100.200:9"
"""Nobody has this address, so that a probe of it lasts as long as its timeouts."""


@dataclass(frozen=True)
class Cluster:
    """A cluster, reached as its administrator."""

    kubeconfig: Path
    image: str
    policy: str
    """Who enforces NetworkPolicy."""

    @property
    def is_testbed(self) -> bool:
        """Whether it is the testbed's own, whose processes a test may stop."""
        from testbed.layout import kubeconfig_path

        return self.kubeconfig == kubeconfig_path()

    def kubectl(self, *arguments: str, input_text: str | None = None, check: bool = True) -> str:
        done = subprocess.run(
            ["kubectl", f"--kubeconfig={self.kubeconfig}", *arguments],
            check=False,
            text=True,
            input=input_text,
            capture_output=True,
        )
        assert not check or done.returncode == 0, done.stderr
        return done.stdout

    def get(self, *arguments: str) -> dict[str, Any]:
        """One object, or a list."""
        answer: dict[str, Any] = json.loads(self.kubectl("get", *arguments, "-o", "json"))
        return answer

    def apply(self, *objects: Mapping[str, Any]) -> None:
        self.kubectl(
            "apply",
            "-f",
            "-",
            input_text=json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}),
        )

    def environment(self, **changes: str) -> dict[str, str]:
        """For a prober that runs against this cluster."""
        return {
            **os.environ,
            "KUBECONFIG": str(self.kubeconfig),
            "PROBER_IMAGE": self.image,
            **changes,
        }

    def prober(self, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        """Run the command line to its end."""
        return subprocess.run(
            _command(arguments),
            check=False,
            text=True,
            capture_output=True,
            env=self.environment(**changes),
            timeout=300,
        )

    def start_prober(self, *arguments: str, alone: bool = True) -> subprocess.Popen[str]:
        """Start the command line, to be interrupted; `alone`: when the pods of earlier runs are
        gone."""
        if alone:
            self.wait_until_nothing_is_left()
        return subprocess.Popen(
            _command(arguments),
            text=True,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Shells start background jobs with SIGINT ignored, and a child of such a job would
            # never see Ctrl-C.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads here
        )

    def remains(self) -> list[str]:
        """Everything of prober's that is in the cluster, as `kind/namespace/name`."""
        items = self.get("pods,configmaps,jobs", "-A", "-l", LABEL)["items"]
        return [
            f"{entry['kind']}/{entry['metadata']['namespace']}/{entry['metadata']['name']}"
            for entry in items
        ]

    def probe_pods(self) -> list[dict[str, Any]]:
        pods: list[dict[str, Any]] = self.get("pods", "-A", "-l", LABEL)["items"]
        return pods

    def wait_until_nothing_is_left(self) -> None:
        wait(lambda: not self.remains(), lambda: f"left behind: {self.remains()}", 180)

    def wait_until_quiet(self) -> None:
        """Wait until what other tests deleted is gone: namespaces go in their own time, their pods
        one by one."""

        def going() -> list[str]:
            items = self.get("namespaces,pods", "-A")["items"]
            return [
                entry["metadata"]["name"]
                for entry in items
                if "deletionTimestamp" in entry["metadata"]
            ]

        wait(lambda: not going(), lambda: f"still going: {going()}", 180)

    def wait_for_probe_pod(self, namespace: str) -> None:
        """Wait until a probe pod runs in the namespace, and the API knows its address."""

        def runs(pod: dict[str, Any]) -> bool:
            status = pod["status"]
            return (
                pod["metadata"]["namespace"] == namespace
                and status.get("phase") == "Running"
                and "podIP" in status
            )

        wait(
            lambda: any(runs(pod) for pod in self.probe_pods()),
            lambda: f"no probe pod runs: {[pod['status'] for pod in self.probe_pods()]}",
            180,
        )

    def wait_ready(self, *namespaces: str) -> None:
        """Wait until every pod of the namespaces is ready."""
        wait(
            lambda: all(self._all_ready(namespace) for namespace in namespaces),
            lambda: self.kubectl("get", "pods", "-A"),
            300,
        )

    def _all_ready(self, namespace: str) -> bool:
        workloads = self.get("deployments,statefulsets", "-n", namespace)["items"]
        ready = [
            workload["status"].get("readyReplicas", 0) == workload["spec"].get("replicas", 1)
            for workload in workloads
        ]
        return bool(ready) and all(ready)


def wait(ready: Callable[[], bool], otherwise: Callable[[], str], seconds: float) -> None:
    """Wait for something that happens in its own time."""
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, otherwise()
        time.sleep(0.3)


def _command(arguments: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", "prober.cli.main", *arguments]
