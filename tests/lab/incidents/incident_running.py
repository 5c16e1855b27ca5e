"""One incident: broken, diagnosed, mended, checked again."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from incident_objects import Object

from prober.coordinator.run import Request, execute
from prober.diagnosis.facts.case import Case
from prober.diagnosis.facts.questions import Inquiry
from prober.diagnosis.fixes.patches import patched
from prober.fabric.lab import LabFabric
from prober.fabric.lab.building.topology import node_space
from prober.manifest import Loaded, load_manifests, parse_fault
from prober.model.check import Vantage, VantageKind
from prober.model.lab import Enforcement, LabSpec
from prober.model.languages.kinds import BY_KIND
from prober.model.objects import Ref
from prober.model.outcome import Observation
from prober.model.probe import Failure, Observed, Plan
from prober.model.run import Confidence, Finding, RunRecord
from prober.policy.predictor import Predictor
from prober.scenario import Scenario, load_scenario, resolve

TIMEOUT = "1s"
"""Whatever answers in a lab does so within milliseconds; every silence costs this much."""


CLUSTER_WIDE = (
    "Namespace",
    "Node",
    "ClusterRole",
    "ClusterRoleBinding",
    "AdminNetworkPolicy",
    "BaselineAdminNetworkPolicy",
    "ClusterNetworkPolicy",
    "CiliumClusterwideNetworkPolicy",
    "GlobalNetworkPolicy",
    "Tier",
)


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
    """What a person does where no patch is offered, since the cause is not in the objects; faults
    go as well."""
    also: Sequence[str] = ()
    """The ids of the other rules that speak, where several things are wrong at once."""
    mended_checks: Sequence[str] = ()
    """What is asked for in the end, where it is the check that is wrong."""
    of_the_engine: bool = False
    """The faults are how an engine reads the API: they stay, and the fix works all the same."""
    silent: Sequence[str] = ()
    """Of a near miss: the rules that must not speak, whatever else does."""
    enforcement: str = "reject"
    mended_enforcement: str = ""
    """Where the mending is a CNI that enforces."""
    enforced_after_first_wave: bool = False
    """The policies come when the first probes are through: no clock decides."""


@dataclass(frozen=True)
class Course:
    """What came of an incident."""

    broken: RunRecord
    mended: RunRecord
    case: Case
    """What the rules saw, with the answers to all that they asked."""


async def run_course(incident: Incident, directory: Path) -> Course:
    """Break it, look, mend it as the findings say, look again."""
    broken, case = await observe(incident.objects, incident, directory / "broken")
    objects = list(incident.objects)
    for finding in broken.findings:
        objects = repaired(objects, finding)
    if incident.mend is not None:
        objects = incident.mend(objects)
    enforcement = incident.mended_enforcement or incident.enforcement
    mended = replace(
        incident,
        checks=incident.mended_checks or incident.checks,
        faults=incident.faults if incident.of_the_engine else (),
        enforcement=enforcement,
        enforced_after_first_wave=False,
    )
    return Course(broken, (await observe(objects, mended, directory / "mended"))[0], case)


async def observe(
    objects: Sequence[Object], incident: Incident, directory: Path
) -> tuple[RunRecord, Case]:
    """Build the world, run the checks, take it away."""
    loaded, wanted = _written(objects, incident.checks, directory)
    kind = LateLab if incident.enforced_after_first_wave else RememberingLab
    fabric = kind(
        loaded.snapshot,
        loaded.lab or LabSpec(),
        enforcement=Enforcement(incident.enforcement),
        faults=[parse_fault(fault) for fault in incident.faults],
    )
    request = Request(
        "incident",
        lambda snapshot: resolve(wanted, snapshot, outside=tuple(fabric.hosts), whole=True),
    )
    async with fabric:
        record = await execute(fabric, request)
        snapshot = await fabric.snapshot()
        predictor = Predictor(snapshot, hosts=fabric.hosts)
        inquiry = Inquiry((), fabric.answers)
    return record, Case(record.checks, {}, snapshot, predictor, inquiry)


class RememberingLab(LabFabric):
    """A lab that knows afterwards what the diagnosis asked."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.answers: dict[str, Observation] = {}

    async def run(
        self, plans: Sequence[tuple[Vantage, Plan]]
    ) -> AsyncGenerator[Observed | Failure, None]:
        async with aclosing(super().run(plans)) as stream:
            async for item in stream:
                if isinstance(item, Observed):
                    self.answers[item.observation.probe] = item.observation
                yield item


class LateLab(RememberingLab):
    """A lab in which the policies are enforced when the first probes are through."""

    _waves = 0

    async def run(
        self, plans: Sequence[tuple[Vantage, Plan]]
    ) -> AsyncGenerator[Observed | Failure, None]:
        if self._waves == 1:
            for node in self.world.snapshot.nodes:
                space = next(
                    entry for entry in self.blueprint.spaces if entry.name == node_space(node)
                )
                done = await self.command(
                    Vantage(VantageKind.NODE, "", node),
                    "sh",
                    "-c",
                    f"nft -f - <<'END'\n{space.policies}\nEND",
                )
                assert done[0] == 0, done[1]
        self._waves += 1
        async with aclosing(super().run(plans)) as stream:
            async for item in stream:
                yield item


def _written(
    objects: Sequence[Object], checks: Sequence[str], directory: Path
) -> tuple[Loaded, Scenario]:
    """The world and its checks through files, as everybody's are."""
    directory.mkdir(parents=True)
    manifests, scenario = directory / "world.yaml", directory / "scenario.yaml"
    manifests.write_text(yaml.safe_dump_all(objects))
    document = {
        "apiVersion": "prober.dev/v1alpha1",
        "kind": "Scenario",
        "metadata": {"name": "incident"},
        "defaults": {"expect": "ok", "timeout": TIMEOUT},
        "checks": list(checks),
    }
    scenario.write_text(yaml.safe_dump(document))
    return load_manifests([manifests], nodes=("n1", "n2")), load_scenario(scenario)


def repaired(objects: Sequence[Object], finding: Finding) -> list[Object]:
    """The objects with what is offered, as `kubectl patch --type=json` and `kubectl create` would
    do it."""
    fix = finding.fix
    if fix is not None and fix.creates and fix.manifest is not None:
        return [*objects, dict(fix.manifest)]
    if fix is None or fix.target is None or not fix.patch:
        return list(objects)
    known = [entry for entry in objects if _ref(entry) == fix.target]
    assert known, f"the fix is for {fix.target.kind} {fix.target}, which the world does not have"
    return [patched(item, fix.patch) or item if item is known[0] else item for item in objects]


def _ref(item: Object) -> Ref:
    meta = item.get("metadata", {})
    cluster_wide = "namespace" not in meta and item["kind"] in CLUSTER_WIDE
    known = BY_KIND.get((item["apiVersion"], item["kind"]))
    kind = known.name if known is not None else item["kind"]
    return Ref(kind, "" if cluster_wide else meta.get("namespace", "default"), meta.get("name", ""))
