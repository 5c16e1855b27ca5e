"""A small world, and runs in it without packets: every probe ends as the policies say, unless a
test says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from prober.baseline.survey import Survey, survey_checks, survey_of
from prober.coordinator.verdict import judge
from prober.manifest import load_manifests
from prober.model.baseline import Scope
from prober.model.check import Check
from prober.model.outcome import Evidence, IcmpEvidence, Observation, Outcome
from prober.model.prediction import Prediction, Ruling
from prober.model.run import CheckRecord, Control, FabricInfo, RunRecord
from prober.model.snapshot import Snapshot
from prober.policy.predictor import Predictor

EVERYTHING = Scope()
LAB = FabricInfo("lab", "lab", enforcement="nft, rejects")


def pod(name: str, app: str, number: int, *ports: int, owner: str = "", more: str = "") -> str:
    """A pod of namespace shop; `owner` is the name of its ReplicaSet's Deployment."""
    declared = ", ".join(f"{{containerPort: {port}}}" for port in ports)
    controller = (
        f"{{kind: ReplicaSet, name: {owner}-abc, controller: true, apiVersion: apps/v1, uid: u}}"
    )
    return f"""\
apiVersion: v1
kind: Pod
metadata:
  name: {name}
  namespace: shop
  labels: {{app: {app}, pod-template-hash: abc{more}}}
  ownerReferences: [{controller if owner else ""}]
spec:
  nodeName: n1
  containers: [{{name: main, image: main, ports: [{declared}]}}]
status: {{phase: Running, podIP: 198.18.1.{number}}}
"""


WEB, DB = pod("web-abc-x", "web", 5, 8080, owner="web"), pod("db", "db", 6, 5432)


def policy(name: str, selector: str, spec: str) -> str:
    return f"""\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: {name}, namespace: shop}}
spec: {{podSelector: {selector}, {spec}}}
"""


DENY = policy("deny", "{}", "policyTypes: [Ingress]")
TO_DB = policy(
    "to-db",
    "{matchLabels: {app: db}}",
    "ingress: [{from: [{podSelector: {}}], ports: [{port: 5432}]}]",
)
"""Everyone in the namespace may talk to the database."""


def world(tmp_path: Path, *documents: str) -> Snapshot:
    file = tmp_path / "world.yaml"
    file.write_text("---\n".join(documents))
    return load_manifests([file]).snapshot


def surveyed(
    snapshot: Snapshot, outcomes: Mapping[str, Outcome] | None = None, scope: Scope = EVERYTHING
) -> tuple[Survey, RunRecord]:
    """A survey, with the outcomes of particular checks by name."""
    predictor = Predictor(snapshot)
    checks = survey_checks(snapshot, scope, 1.0)
    records = [_record(check, predictor.predict(check.flow), outcomes or {}) for check in checks]
    run = RunRecord("r", "baseline", LAB, "2026-01-01T00:00:00Z", 5.0, tuple(records))
    return survey_of(run, snapshot, scope), run


def _record(check: Check, prediction: Prediction, outcomes: Mapping[str, Outcome]) -> CheckRecord:
    usual = Outcome.OK if prediction.verdict is Ruling.ALLOWED else Outcome.REJECTED
    outcome = outcomes.get(check.name, usual)
    icmp = (IcmpEvidence(3, 3, "198.51.100.11"),) if outcome is Outcome.REJECTED else ()
    observation = Observation(check.id, outcome, evidence=Evidence(icmp=icmp))
    alive = Observation("control", Outcome.OK)
    passed = Control("from its own node, it answers", "node/n1", "control", alive, passed=True)
    controls = (passed,) if outcome is Outcome.REJECTED else ()
    judged = judge(check, prediction, observation, controls)
    return CheckRecord(check, prediction, observation, *judged, controls=controls)
