"""The lab's incidents on a real cluster: the same objects in namespaces of their own, with
containers that listen.

Many incidents share one cluster and one run, so each has its own names: what the table calls `shop`
is `i03-shop` here. What the lab breaks by a fault is broken in the object itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from e2e_cluster import Cluster
from e2e_workloads import OWN_NAMESPACES, responding
from incident_objects import Object, namespace
from incident_running import Incident

NEVER_OPENED = [{"conditionType": "example.com/never"}]
_SHARED_WORDS = ("monitoring", "ops")
"""Labels by which policies choose namespaces, beside their names: two incidents must not mean the
same."""


@dataclass(frozen=True)
class Enacted:
    """An incident, as it is told to a real cluster."""

    incident: Incident
    prefix: str
    """Of its namespaces."""
    image: str

    @cached_property
    def broken(self) -> list[Object]:
        """Its objects, those of the cluster itself left out."""
        return self._real(self.incident.objects, self.incident.faults)

    @cached_property
    def mended(self) -> list[Object] | None:
        """The objects as a person leaves them where the cause is not in an object that can be
        patched."""
        if self.incident.mend is None and not self.incident.faults:
            return None
        objects = list(self.incident.objects)
        return self._real(self.incident.mend(objects) if self.incident.mend else objects, ())

    @property
    def checks(self) -> list[str]:
        return [self._own(check) for check in self.incident.checks]

    @property
    def last_checks(self) -> list[str]:
        """What is asked for in the end, where it is the check that is wrong."""
        return [self._own(check) for check in self.incident.mended_checks or self.incident.checks]

    @cached_property
    def _words(self) -> re.Pattern[str]:
        spaces = {
            str(meta["name"] if item["kind"] == "Namespace" else meta.get("namespace", ""))
            for item in self.incident.objects
            for meta in (item.get("metadata", {"name": ""}),)
        }
        words = {*spaces, *_SHARED_WORDS} - {"", *OWN_NAMESPACES}
        return re.compile(rf"\b({'|'.join(sorted(words, key=len, reverse=True))})\b")

    def _own(self, value: Any) -> Any:
        """The same with names of its own; what fields and labels are called stays."""
        if isinstance(value, str):
            return self._words.sub(rf"{self.prefix}-\1", value)
        if isinstance(value, Mapping):
            return {key: self._own(part) for key, part in value.items()}
        return [self._own(part) for part in value] if isinstance(value, list) else value

    def _real(self, objects: Sequence[Object], faults: Sequence[str]) -> list[Object]:
        by_key: dict[tuple[str, str, str], Object] = {}
        for element in objects:
            space = element.get("metadata", {}).get("namespace", "")
            if element["kind"] == "Lab" or space in OWN_NAMESPACES:
                continue
            if space:
                implied = namespace(space)
                by_key.setdefault(key(implied), implied)
            by_key[key(element)] = (
                self._pod(element, faults) if element["kind"] == "Pod" else element
            )
        return [
            self._own(item)
            for item in sorted(by_key.values(), key=lambda entry: str(entry["kind"] != "Namespace"))
        ]

    def _pod(self, pod: Object, faults: Sequence[str]) -> Object:
        spec: dict[str, Any] = responding(pod["spec"], self.image)
        target = f"pod/{pod['metadata']['name']}.{pod['metadata']['namespace']}"
        deaf = [
            fault.rpartition(":")[2]
            for fault in faults
            if fault.startswith(f"not-listening={target}:")
        ]
        for port in deaf:
            command = spec["containers"][0]["command"]
            at = command.index(port)
            spec["containers"][0]["command"] = [
                *command[: at - 1],
                "--http",
                "1",
                *command[at + 1 :],
            ]
        if f"no-endpoints=svc/{pod['metadata']['name']}.{pod['metadata']['namespace']}" in faults:
            spec["readinessGates"] = NEVER_OPENED
        if pod["spec"].get("hostNetwork"):
            spec["hostNetwork"] = True
            del spec["securityContext"]["sysctls"]  # a node's are not a pod's to set
        return {**pod, "spec": spec}


def key(item: Object) -> tuple[str, str, str]:
    """What identifies an object."""
    return item["kind"], item["metadata"].get("namespace", ""), item["metadata"]["name"]


def enact(incidents: Iterable[Incident], image: str) -> list[Enacted]:
    """Each with its own names."""
    return [
        Enacted(incident, f"i{number:02}", image) for number, incident in enumerate(incidents, 1)
    ]


def build(cluster: Cluster, rows: Sequence[Enacted]) -> None:
    """Make everything; the policies come last, when all pods are there."""
    objects = [broken for row in rows for broken in row.broken]
    policies = [element for element in objects if element["kind"] == "NetworkPolicy"]
    others = [item for item in objects if item["kind"] != "NetworkPolicy"]
    cluster.apply(*sorted(others, key=lambda entry: str(entry["kind"] != "Namespace")))
    wait_for_pods(cluster, others)
    if policies:
        cluster.apply(*policies)


def wait_for_pods(cluster: Cluster, objects: Iterable[Object]) -> None:
    """Wait until the pods among them run, and are as ready as they can be."""
    pods: dict[str, list[str]] = {}
    for item in objects:
        if item["kind"] == "Pod":
            condition = "ContainersReady" if item["spec"].get("readinessGates") else "Ready"
            pods.setdefault(condition, []).append(
                f"{item['metadata']['namespace']} {item['metadata']['name']}"
            )
    for condition, names in pods.items():
        for name in names:
            space, own = name.split()
            cluster.kubectl(
                "-n", space, "wait", f"--for=condition={condition}", f"pod/{own}", "--timeout=240s"
            )


def mend(cluster: Cluster, rows: Sequence[Enacted], record: Mapping[str, Any], file: Path) -> None:
    """Apply all that a run over the rows offers, at once; where that is advice, do what a person
    would."""
    fix_all(cluster, record, file)
    for row in rows:
        if row.mended is not None:
            _replace(cluster, row.broken, row.mended)


def fix_all(cluster: Cluster, record: Mapping[str, Any], file: Path, *, undo: bool = False) -> None:
    """`prober fix all --apply` of a run's record, or `--undo`; nothing where it offers nothing."""
    fixes = [one["fix"] for one in record["findings"] if one["fix"]]
    if not any(fix["target"] and (fix["patch"] or fix["beside"]) for fix in fixes):
        return
    file.write_text(json.dumps(record))
    act = "--undo" if undo else "--apply"
    own_state = {"XDG_STATE_HOME": str(file.parent)}
    done = cluster.prober("fix", "all", "--from", str(file), act, "--yes", **own_state)
    assert done.returncode == 0, done.stdout + done.stderr


def _replace(cluster: Cluster, before: Sequence[Object], after: Sequence[Object]) -> None:
    old, new = ({key(element): element for element in objects} for objects in (before, after))
    gone = [
        entry
        for at, entry in old.items()
        if at not in new or (entry["kind"] == "Pod" and new[at] != entry)
    ]
    for kind, space, name in map(key, gone):
        cluster.kubectl("-n", space, "delete", kind, name, "--grace-period=0", "--force")
    changed = [item for at, item in new.items() if old.get(at) != item]
    if changed:
        cluster.apply(*changed)
        wait_for_pods(cluster, changed)
