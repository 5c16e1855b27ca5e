"""The table of predictions: the specification and its known traps, one line each."""

import policy_cases_blocks
import policy_cases_nodes
import policy_cases_ports
import policy_cases_selectors
import policy_cases_services
import pytest
from policy_world import Case, predict, weaker

from prober.model.prediction import Match, Ruling

TABLE = [
    case
    for module in (
        policy_cases_selectors,
        policy_cases_ports,
        policy_cases_blocks,
        policy_cases_nodes,
        policy_cases_services,
    )
    for case in module.CASES
]


@pytest.mark.parametrize("case", TABLE, ids=str)
def test_prediction(case: Case) -> None:
    prediction = predict(case)
    assert (prediction.egress, prediction.ingress) == (case.egress, case.ingress), prediction.reason
    assert prediction.verdict == (case.verdict or weaker(case.egress, case.ingress))
    assert case.reason in prediction.reason


@pytest.mark.parametrize("case", TABLE, ids=str)
def test_the_trail_says_the_same_as_the_ruling(case: Case) -> None:
    """Every reason is there, and no trail contradicts its own ruling."""
    prediction = predict(case)
    assert prediction.reason
    for backend in prediction.backends:
        for trail in (backend.egress, backend.ingress):
            assert trail.reason
            assert all(rule.reason for policy in trail.policies for rule in policy.rules)
            if trail.ruling is Ruling.DENIED:
                assert trail.policies or "loadBalancerSourceRanges" in trail.reason
                assert all(policy.match is not Match.YES for policy in trail.policies)
            if any(policy.match is Match.YES for policy in trail.policies):
                assert trail.ruling is Ruling.ALLOWED


def test_every_case_is_there_once() -> None:
    assert len({str(case) for case in TABLE}) == len(TABLE) >= 150
