"""Runs in the cluster: a Job and a CronJob with scenarios from a ConfigMap, as their service
account. Pure.

They fail visibly: the command's exit code is the container's, nothing is retried, and the end of
the report is the container's termination message, so that `kubectl describe pod` shows what was
wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prober.fabric.kubernetes.installation.names import COORDINATOR, Choices, labelled
from prober.fabric.kubernetes.restricted import container_security, pod_security

NAME = "prober-run"
SCENARIOS = "prober-scenarios"
EVERY_QUARTER = "*/15 * * * *"
_MOUNT = "/scenarios"
_SETTINGS = "prober.settings"
"""The file of settings beside the scenarios: no scenario is called so, since theirs end in
.yaml."""
_LONGEST = 900
"""Seconds after which a run is ended."""
_KEPT = 86_400
"""Seconds that a finished Job is kept, with the log of its pod."""


def run_manifests(
    choices: Choices, scenarios: Mapping[str, str], schedule: str = ""
) -> list[Mapping[str, Any]]:
    """What runs these scenarios (text by file name): once, or at the times of a cron schedule."""
    names = tuple(scenarios)
    scenarios = {**scenarios, **({_SETTINGS: choices.settings} if choices.settings else {})}
    run = cron_job(choices, names, schedule) if schedule else job(choices, names)
    return [config_map(choices, scenarios), run]


def every_run(choices: Choices) -> list[Mapping[str, Any]]:
    """All that `runs` may consist of."""
    return [cron_job(choices, ()), job(choices, ()), config_map(choices, {})]


def config_map(choices: Choices, scenarios: Mapping[str, str]) -> Mapping[str, Any]:
    """The scenario files, by name."""
    metadata = {"name": SCENARIOS, "namespace": choices.runs_namespace, "labels": labelled(NAME)}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": dict(scenarios)}


def job(choices: Choices, files: tuple[str, ...]) -> Mapping[str, Any]:
    """Runs the scenario files once."""
    spec = {**_job_spec(choices, files), "ttlSecondsAfterFinished": _KEPT}
    metadata = {"name": NAME, "namespace": choices.runs_namespace, "labels": labelled(NAME)}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec}


def cron_job(
    choices: Choices, files: tuple[str, ...], schedule: str = EVERY_QUARTER
) -> Mapping[str, Any]:
    """Runs the scenario files at their times, one run after the other."""
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": NAME, "namespace": choices.runs_namespace, "labels": labelled(NAME)},
        "spec": {
            "schedule": schedule,
            "concurrencyPolicy": "Forbid",
            "startingDeadlineSeconds": 120,
            "successfulJobsHistoryLimit": 1,
            "failedJobsHistoryLimit": 5,
            "jobTemplate": {
                "metadata": {"labels": labelled(NAME)},
                "spec": _job_spec(choices, files),
            },
        },
    }


def _job_spec(choices: Choices, files: tuple[str, ...]) -> dict[str, Any]:
    return {
        "backoffLimit": 0,
        "activeDeadlineSeconds": _LONGEST,
        "template": {
            "metadata": {
                "labels": {**choices.runs.labels, **labelled(NAME)},
                **(
                    {"annotations": dict(choices.runs.annotations)}
                    if choices.runs.annotations
                    else {}
                ),
            },
            "spec": _pod(choices, files),
        },
    }


def _pod(choices: Choices, files: tuple[str, ...]) -> dict[str, Any]:
    return {
        "restartPolicy": "Never",
        "serviceAccountName": COORDINATOR,
        "automountServiceAccountToken": True,
        "enableServiceLinks": False,
        # Long enough to take away what the run made.
        "terminationGracePeriodSeconds": 30,
        "securityContext": pod_security(),
        **choices.runs.placement,
        "containers": [_container(choices, files)],
        "volumes": [{"name": "scenarios", "configMap": {"name": SCENARIOS}}],
    }


def _container(choices: Choices, files: tuple[str, ...]) -> dict[str, Any]:
    return {
        "name": "prober",
        "image": choices.coordinator_image,
        "imagePullPolicy": choices.runs.pull_policy,
        "command": [
            "python3",
            "-m",
            "prober.cli.main",
            "run",
            *(f"{_MOUNT}/{file}" for file in files),
        ],
        "env": [
            {"name": "PROBER_IMAGE", "value": choices.image},
            {"name": "PROBER_NAMESPACE", "value": choices.namespace},
            *(
                [{"name": "PROBER_SETTINGS", "value": f"{_MOUNT}/{_SETTINGS}"}]
                if choices.settings
                else []
            ),
        ],
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "resources": choices.runs.resources,
        "securityContext": container_security(),
        "volumeMounts": [{"name": "scenarios", "mountPath": _MOUNT, "readOnly": True}],
    }
