"""One incident: broken, diagnosed, mended, checked again."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from incident_objects import Object

from prober.coordinator.run import Request, execute
from prober.fabric.lab import LabFabric
from prober.manifest import load_manifests, parse_fault
from prober.model.lab import Enforcement, LabSpec
from prober.model.run import Confidence, Finding, RunRecord
from prober.scenario import load_scenario, resolve

TIMEOUT = "1s"
"""Whatever answers in a lab does so within milliseconds; every silence costs this much."""


@dataclass(frozen=True)
class Incident:
    """A world in which something is wrong, and what the diagnosis must make of it."""

    name: str
    cause: str
    """The id of the one rule that must speak."""
    objects: Sequence[Object]
    checks: Sequence[str]
    """As in a scenario; `ok` is expected where a check does not say otherwise."""
    faults: Sequence[str] = ()
    says: str = ""
    """Words that the cause must have."""
    confidence: Confidence = Confidence.LIKELY
    """At least this sure."""
    mend: Callable[[list[Object]], list[Object]] | None = None
    """What a person does where no patch is offered, since the cause is not in the objects; faults go as well."""
    enforcement: str = "reject"


@dataclass(frozen=True)
class Course:
    """What came of an incident."""

    broken: RunRecord
    mended: RunRecord


async def run_course(incident: Incident, directory: Path) -> Course:
    """Break it, look, mend it as the findings say, look again."""
    broken = await observe(incident.objects, incident, incident.faults, directory / "broken")
    objects = [copy.deepcopy(one) for one in incident.objects]
    for finding in broken.findings:
        objects = patched(objects, finding)
    patchable = all(finding.fix and finding.fix.patch for finding in broken.findings)
    if incident.mend is not None:
        objects = incident.mend(objects)
    faults = incident.faults if patchable else ()
    return Course(broken, await observe(objects, incident, faults, directory / "mended"))


async def observe(objects: Sequence[Object], incident: Incident, faults: Sequence[str], directory: Path) -> RunRecord:
    """Build the world, run the checks, take it away."""
    directory.mkdir(parents=True)
    manifests, scenario = directory / "world.yaml", directory / "scenario.yaml"
    manifests.write_text(yaml.safe_dump_all(objects))
    scenario.write_text(
        yaml.safe_dump(
            {
                "apiVersion": "prober.dev/v1alpha1",
                "kind": "Scenario",
                "metadata": {"name": "incident"},
                "defaults": {"expect": "ok", "timeout": TIMEOUT},
                "checks": list(incident.checks),
            }
        )
    )
    loaded, wanted = load_manifests([manifests], nodes=("n1", "n2")), load_scenario(scenario)
    fabric = LabFabric(
        loaded.snapshot,
        loaded.lab or LabSpec(),
        enforcement=Enforcement(incident.enforcement),
        faults=[parse_fault(fault) for fault in faults],
    )
    async with fabric:
        return await execute(
            fabric, Request("incident", lambda snapshot: resolve(wanted, snapshot, outside=tuple(fabric.hosts)))
        )


def patched(objects: list[Object], finding: Finding) -> list[Object]:
    """The objects with the offered patch applied, as `kubectl patch --type=json` would."""
    fix = finding.fix
    if fix is None or fix.target is None or not fix.patch:
        return objects
    found = [one for one in objects if _is(one, fix.target.kind, fix.target.namespace, fix.target.name)]
    assert found, f"the fix is for {fix.target.kind} {fix.target}, which the world does not have"
    for operation in fix.patch:
        _apply(found[0], operation)
    return objects


def _is(one: Object, kind: str, namespace: str, name: str) -> bool:
    meta = one.get("metadata", {})
    own = meta.get("namespace", "default") if namespace else ""
    return bool(one["kind"] == kind and own == namespace and meta.get("name") == name)


def _apply(document: Any, operation: Mapping[str, Any]) -> None:
    """RFC 6902: `add`, `replace` and `remove`."""
    *parents, last = [part.replace("~1", "/").replace("~0", "~") for part in operation["path"].split("/")[1:]]
    place = document
    for part in parents:
        place = place[int(part)] if isinstance(place, list) else place[part]
    if isinstance(place, list):
        index = len(place) if last == "-" else int(last)
        if operation["op"] == "add":
            place.insert(index, operation["value"])
        elif operation["op"] == "replace":
            place[index] = operation["value"]
        else:
            del place[index]
    elif operation["op"] == "remove":
        del place[last]
    else:
        assert operation["op"] == "add" or last in place, f"there is no {operation['path']} to replace"
        place[last] = operation["value"]
