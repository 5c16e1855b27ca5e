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
from prober.model.errors import ExitCode

NAME = "prober-run"
SCENARIOS = "prober-scenarios"
EVERY_QUARTER = "*/15 * * * *"
_MOUNT = "/scenarios"
SETTINGS = "prober.settings"
"""The file of settings beside the scenarios: no scenario is called so, since theirs end in
.yaml."""
_AT_ONCE = 8
"""Parts of a divided run that run at the same time."""
_TRIES = 3
"""Times that a part is tried again."""
_LONGEST = 900
"""Seconds after which a run is ended."""
_KEPT = 86_400
"""Seconds that a finished Job is kept, with the log of its pod."""


def run_manifests(
    choices: Choices, scenarios: Mapping[str, str], schedule: str = "", shards: int = 0
) -> list[Mapping[str, Any]]:
    """What runs these scenarios (text by file name): once, or at the times of a cron schedule; with
    `shards`, once in as many parts."""
    names = tuple(scenarios)
    scenarios = {**scenarios, **({SETTINGS: choices.settings} if choices.settings else {})}
    if shards:
        run = indexed_job(choices, names, shards)
    else:
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


def indexed_job(choices: Choices, files: tuple[str, ...], shards: int) -> Mapping[str, Any]:
    """Runs the scenario files once, in parts that each write their record as JSON into their log.

    What is tried again is the Job's to decide: a part whose pod was evicted or killed, or that
    could not find something out (3), is; a failed check (1) is an answer, and wrong input (2)
    would be wrong for every part.
    """
    whole = job(choices, files)
    spec = whole["spec"]
    (container,) = spec["template"]["spec"]["containers"]
    command = [*container["command"], "--shard", f"$(JOB_COMPLETION_INDEX)/{shards}", "-o", "json"]
    pod = {**spec["template"]["spec"], "containers": [{**container, "command": command}]}
    parts = {
        "completionMode": "Indexed",
        "completions": shards,
        "parallelism": min(shards, _AT_ONCE),
        "backoffLimitPerIndex": _TRIES,
        "podFailurePolicy": {
            "rules": [
                {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget"}]},
                _on_exit("FailIndex", ExitCode.FAILED),
                _on_exit("FailJob", ExitCode.USAGE),
            ]
        },
        "template": {**spec["template"], "spec": pod},
    }
    kept = {key: value for key, value in spec.items() if key != "backoffLimit"}
    return {**whole, "spec": {**kept, **parts}}


def _on_exit(action: str, code: ExitCode) -> Mapping[str, Any]:
    codes = {"containerName": "prober", "operator": "In", "values": [int(code)]}
    return {"action": action, "onExitCodes": codes}


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
                [{"name": "PROBER_SETTINGS", "value": f"{_MOUNT}/{SETTINGS}"}]
                if choices.settings
                else []
            ),
        ],
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "resources": choices.runs.resources,
        "securityContext": container_security(),
        "volumeMounts": [{"name": "scenarios", "mountPath": _MOUNT, "readOnly": True}],
    }
