"""The incidents that come with prober, and how each of them is mended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from prober.coordinator.run import Request, execute
from prober.diagnosis.fixes.patches import patched
from prober.fabric.lab import LabFabric
from prober.manifest import Loaded, load_manifests
from prober.manifest.reading.files import manifest_files
from prober.model.lab import Enforcement, LabSpec
from prober.model.objects import Ref
from prober.model.run import Finding, RunRecord
from prober.scenario import Scenario, load_scenario, resolve

SCENARIOS = Path(__file__).parents[3] / "scenarios"
Object = dict[str, Any]


@dataclass(frozen=True)
class Shipped:
    """A scenario of an incident, and what a run of it must say."""

    name: str
    causes: Mapping[str, str]
    """The ids of all its findings, each with words that the cause must have."""
    failing: Sequence[str]
    """The names of the checks that fail."""
    by_hand: str = ""
    """Manifests that mend what no patch can, since the fix is a sentence: a directory of
    scenarios."""

    @property
    def file(self) -> Path:
        return SCENARIOS / f"{self.name}.yaml"


SHIPPED = (
    Shipped(
        "flux-ssh",
        {"egress-policy-missing-port": "flux-system/allow-egress lacks 22/TCP to github.com"},
        ["source-controller → github.com:22/tcp"],
    ),
    Shipped(
        "flux-artifact",
        {"egress-policy-missing-port": "flux-system/allow-egress lacks 9090/TCP"},
        [
            "kustomize-controller → svc/source-controller:80",
            "helm-controller → svc/source-controller:80",
        ],
    ),
    Shipped(
        "shared-vip",
        {"shared-vip-forgotten": "edge/deny-from-other-namespaces"},
        ["client.example → 203.0.113.200:22/tcp", "node/n1 → 203.0.113.200:22/tcp"],
    ),
    Shipped(
        "policy-guide",
        {
            "cluster-dns-denied": "shop/default-deny-all",
            "policy-namespace-label": "name=monitoring",
            "egress-default-deny": "9200/TCP",
        },
        [
            "frontend → dns backend.shop.svc.cluster.local",
            "backend → dns elasticsearch.logging.svc.cluster.local",
            "prometheus.monitoring → deploy/backend.shop:9090",
            "backend → svc/elasticsearch.logging:9200",
        ],
    ),
    Shipped(
        "cni-identity",
        {"cni-lost-rights": "kube-system/cilium"},
        [
            "pgo → svc/kubernetes.default:443",
            "pgo → dns kubernetes.default.svc.cluster.local",
            "prometheus.monitoring → svc/kubernetes.default:443",
            "prometheus.monitoring → deploy/pgo.postgres-operator:8080",
        ],
        by_hand="cni-identity-fixed",
    ),
)


async def course(shipped: Shipped, enforcement: str, directory: Path) -> list[RunRecord]:
    """Run it, apply all that is offered, and run it again: both runs. All fixes of one run together
    must do."""
    scenario = load_scenario(shipped.file)
    objects = [
        item
        for file, _ in manifest_files(scenario.lab_manifests)
        for item in yaml.safe_load_all(file.read_text())
    ]
    records = [await observe(scenario, objects, enforcement, directory / "0")]
    objects = _mended(objects, records[0].findings, shipped)
    return [*records, await observe(scenario, objects, enforcement, directory / "1")]


async def observe(
    scenario: Scenario, objects: Sequence[Object], enforcement: str, directory: Path
) -> RunRecord:
    """The scenario in a world of these objects."""
    loaded = _loaded(objects, directory)
    fabric = LabFabric(
        loaded.snapshot, loaded.lab or LabSpec(), enforcement=Enforcement(enforcement)
    )
    async with fabric:
        return await execute(
            fabric,
            Request(
                scenario.name,
                lambda snapshot: resolve(scenario, snapshot, outside=tuple(fabric.hosts)),
            ),
        )


def _loaded(objects: Sequence[Object], directory: Path) -> Loaded:
    """The objects, through a file, as everybody's are."""
    directory.mkdir(parents=True)
    world = directory / "world.yaml"
    world.write_text(yaml.safe_dump_all(objects))
    return load_manifests([world])


def _mended(
    objects: Sequence[Object], findings: Sequence[Finding], shipped: Shipped
) -> list[Object]:
    mended = list(objects)
    for fix in (finding.fix for finding in findings if finding.fix):
        if fix.creates:
            mended.append(dict(fix.manifest or {}))
        mended = [
            (patched(entry, fix.patch) or entry) if _ref(entry) == fix.target else entry
            for entry in mended
        ]
    if shipped.by_hand:
        files = sorted((SCENARIOS / shipped.by_hand).iterdir())
        mended += [item for file in files for item in yaml.safe_load_all(file.read_text())]
    return mended


def _ref(item: Object) -> Ref:
    return Ref(item["kind"], item["metadata"].get("namespace", ""), item["metadata"]["name"])
