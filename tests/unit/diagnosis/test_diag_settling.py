"""How long a fresh pod took until its answers were stable is told of a check that came out right as
well."""

from __future__ import annotations

from dataclasses import replace

from incident import Seen, pod, record, shop

from prober.diagnosis.facts.reasons import reasons_for
from prober.policy.predictor import Predictor

NOTE = "the fresh pod's first answer was ok; it changed within 2.1 s"


def test_settling_is_told_where_nothing_else_is() -> None:
    snapshot = shop(pod("web"), pod("db", "n2"))
    calm = record(snapshot, Predictor(snapshot), Seen("web", "db", 9090, "ok"))
    assert reasons_for(calm, snapshot) == ()
    observation = calm.observation
    settled = replace(observation, evidence=replace(observation.evidence, notes=(NOTE,)))
    assert reasons_for(replace(calm, observation=settled), snapshot) == (NOTE,)
