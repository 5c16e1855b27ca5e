"""The fixes of a run are made one after the other, and keep what works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from incident import Seen, pod, record, service, shop

from prober.diagnosis import diagnose
from prober.diagnosis.fixes.hypothetical import fixed
from prober.diagnosis.planning import planned
from prober.manifest.writing.encode import whole_manifest
from prober.model.objects import (
    LabelSelector,
    NetworkPolicy,
    PolicyPeer,
    PolicyPort,
    PolicyRule,
    Service,
)
from prober.model.prediction import Ruling
from prober.model.run import Finding
from prober.model.snapshot import Snapshot
from prober.policy.predictor import Predictor

WEB, API, DB = pod("web"), pod("api"), pod("db", "n2")
ANY = PolicyPeer(pod_selector=LabelSelector())


def ingress(*ports: int, selects: str = "db") -> NetworkPolicy:
    rule = PolicyRule((ANY,), tuple(PolicyPort("TCP", port) for port in ports))
    return NetworkPolicy("shop", "in", LabelSelector({"app": selects}), ("Ingress",), (rule,))


def world(*policies: NetworkPolicy, services: Sequence[Service] = ()) -> Snapshot:
    sources: dict[Any, Any] = {policy.ref: whole_manifest(policy) for policy in policies}
    for one in services:
        port = {"port": 80, "name": "http", "targetPort": one.ports[0].target_port}
        meta = {"name": one.name, "namespace": one.namespace}
        spec = {"selector": dict(one.selector or {}), "ports": [port], "clusterIP": "198.19.0.80"}
        sources[one.ref] = {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": spec}
    return replace(shop(WEB, API, DB, policies=policies, services=services), sources=sources)


def plan(snapshot: Snapshot, *seen: Seen) -> tuple[tuple[Finding, ...], Snapshot]:
    """The findings, and the world after all of their fixes."""
    predictor = Predictor(snapshot)
    records = [record(snapshot, predictor, one) for one in seen]
    found = planned(diagnose(records, snapshot, predictor).findings, records, predictor)
    after = snapshot
    for finding in found:
        after = (fixed(after, finding.fix) if finding.fix else None) or after
    verdicts = {Predictor(after).rulings(one.check.flow).verdict for one in records}
    assert verdicts == {Ruling.ALLOWED}, found
    return found, after


def test_a_policys_fix_names_the_port_that_the_services_fix_makes_it() -> None:
    wrong = service("db", "db")
    wrong = replace(wrong, ports=(replace(wrong.ports[0], target_port=8081),))
    seen = Seen("web", "svc/db", 80, "rejected", icmp="198.51.100.12", control="refused")
    found, _ = plan(world(ingress(80), services=[wrong]), seen)
    assert [one.id for one in found] == ["service-target-port", "policy-names-service-port"]
    assert found[1].fix and "9090/TCP" in found[1].fix.summary
    for finding, other in zip(found, reversed(found), strict=True):
        assert finding.fix is not None
        assert finding.fix.summary.endswith(f"it needs the fix of {other.id} as well")


def test_a_fix_keeps_the_flow_that_another_check_needs() -> None:
    """The policy that should deny one client is let loose on both, and names the other one."""
    deny = replace(ingress(selects="dbb"), ingress=())
    open_flow = Seen("api", "db", 9090, "ok", expected="denied", control="ok")
    needed = Seen("web", "db", 9090, "ok")
    snapshot = world(deny)
    predictor = Predictor(snapshot)
    records = [record(snapshot, predictor, one) for one in (open_flow, needed)]
    [finding] = planned(diagnose(records, snapshot, predictor).findings, records, predictor)
    assert finding.id == "deny-selects-no-pod" and finding.fix
    after = fixed(snapshot, finding.fix)
    assert after is not None
    verdicts = [Predictor(after).rulings(one.check.flow).verdict for one in records]
    assert verdicts == [Ruling.DENIED, Ruling.ALLOWED]
    assert "keep what else is needed" in finding.fix.summary


def test_a_port_that_only_this_flow_needs_is_replaced() -> None:
    [finding], after = plan(
        world(ingress(80), services=[service("db", "db")]),
        Seen("web", "svc/db", 80, "rejected", icmp="198.51.100.12", control="ok"),
    )
    assert finding.fix and finding.fix.summary.startswith("write 9090/TCP instead of 80/TCP")
    [policy] = after.policies
    assert [port.port for rule in policy.ingress for port in rule.ports] == [9090]
