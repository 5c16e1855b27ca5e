"""No engine is assumed: what holds for one alone is said where it may be that one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from incident import Seen, pod, record, shop

from prober.diagnosis import Case
from prober.diagnosis.facts.engine import engine_sentence, engines, may_be
from prober.model.objects import LabelSelector, NetworkPolicy, Pod
from prober.model.snapshot import Snapshot
from prober.policy.predictor import Predictor

WEB, DB = pod("web"), pod("db", "n2")
DENY = NetworkPolicy("shop", "deny", LabelSelector({"app": "db"}))
WORLD = shop(WEB, DB, policies=[DENY])


def with_agent(label: str) -> Snapshot:
    agent = Pod("kube-system", "agent", labels={"k8s-app": label}, node="n1", host_network=True)
    return replace(WORLD, pods={**WORLD.pods, ("kube-system", "agent"): agent})


def case(world: Snapshot, seen: Seen) -> Case:
    predictor = Predictor(world)
    return Case((record(world, predictor, seen),), {}, world, predictor)


DROPPED = Seen("web", "db", 9090, "timeout", control="ok")
REJECTED = Seen("web", "db", 9090, "rejected", icmp="198.51.100.12", control="ok")


def test_an_engine_is_known_by_its_agents() -> None:
    world = with_agent("kube-router")
    assert engines(world) == ("kube-router",)
    assert may_be("kube-router", world) and not may_be("Cilium", world)
    assert "enforced by kube-router, whose agents run here" in engine_sentence(case(world, DROPPED))


@pytest.mark.parametrize(("seen", "says"), [(DROPPED, "drops"), (REJECTED, "n2 (198.51.100.12)")])
def test_an_unknown_engine_is_known_by_what_it_does(seen: Seen, says: str) -> None:
    assert engines(WORLD) == ()
    assert may_be("Cilium", WORLD) and may_be("kube-router", WORLD)
    assert says in engine_sentence(case(WORLD, seen))


def test_nothing_is_said_of_an_engine_that_nobody_met() -> None:
    assert engine_sentence(case(WORLD, Seen("db", "web", 9090, "ok"))) == ""
