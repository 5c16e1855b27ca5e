"""What is green and what is not: the whole table of prediction × outcome × control ×
expectation."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from prober.coordinator.verdict import judge, settle
from prober.model.check import (
    Check,
    Endpoint,
    EndpointKind,
    Expectation,
    Flow,
    Vantage,
    VantageKind,
)
from prober.model.outcome import (
    Attempt,
    Evidence,
    HttpEvidence,
    IcmpEvidence,
    Observation,
    Outcome,
)
from prober.model.prediction import Prediction, RequestRuling, Ruling
from prober.model.probe import Probe, ProbeKind
from prober.model.run import Control, Result, Verdict

A, D, U = Ruling.ALLOWED, Ruling.DENIED, Ruling.UNDEFINED
PREDICTED, V = Verdict.AS_PREDICTED, Verdict
PASS, FAIL, UNSURE = Result.PASS, Result.FAIL, Result.INCONCLUSIVE
ICMP = Evidence(icmp=(IcmpEvidence(3, 3, "198.51.100.11"),))


def check(
    expected: str = "predicted",
    kind: ProbeKind = ProbeKind.TCP,
    to: EndpointKind = EndpointKind.POD,
) -> Check:
    source = Endpoint(EndpointKind.POD, "shop", "web")
    return Check(
        id="c",
        name="web → db",
        vantage=Vantage(VantageKind.POD, "shop", "web"),
        flow=Flow(source, Endpoint(to, "shop", "db"), "TCP", 5432),
        probe=Probe("c", kind, "198.18.1.2", 5432),
        expected=Expectation(expected),
    )


def prediction(ruling: Ruling) -> Prediction:
    return Prediction(ruling, ruling, ruling, "because")


def control(outcome: str) -> Control:
    observation = Observation("control", Outcome(outcome))
    return Control(
        "from its own node n2, db 5432/tcp answers",
        "node/n2",
        "control",
        observation,
        outcome == "ok",
    )


def judged(
    ruling: Ruling,
    outcome: str,
    *,
    controlled: str = "",
    expected: str = "predicted",
    kind: ProbeKind = ProbeKind.TCP,
    to: EndpointKind = EndpointKind.POD,
    evidence: Evidence | None = None,
    phases: dict[str, float] | None = None,
) -> tuple[Verdict, Result]:
    subject = check(expected, kind, to)
    controls = [control(controlled)] if controlled else []
    observation = Observation(
        "c", Outcome(outcome), evidence=evidence or Evidence(), phases=phases or {}
    )
    return judge(subject, prediction(ruling), settle(subject, observation, controls), controls)


@pytest.mark.parametrize(
    ("ruling", "outcome", "controlled", "verdict", "result"),
    [
        (A, "ok", "", V.AS_PREDICTED, PASS),
        (A, "timeout", "", V.BLOCKED, FAIL),
        (A, "timeout", "ok", V.BLOCKED, FAIL),
        (A, "timeout", "timeout", V.BLOCKED, FAIL),
        (A, "rejected", "", V.BLOCKED, FAIL),
        (A, "unreachable", "", V.BLOCKED, FAIL),
        (A, "refused", "refused", V.AS_PREDICTED, FAIL),
        (A, "refused", "", V.AS_PREDICTED, FAIL),
        (A, "refused", "ok", V.BLOCKED, FAIL),
        (A, "reset", "", V.AS_PREDICTED, FAIL),
        (A, "silent", "", V.INCONCLUSIVE, UNSURE),
        (A, "silent", "silent", V.INCONCLUSIVE, UNSURE),
        (A, "silent", "ok", V.BLOCKED, FAIL),
        (A, "error", "", V.INCONCLUSIVE, UNSURE),
        (A, "dns-timeout", "", V.INCONCLUSIVE, FAIL),
        (A, "dns-nxdomain", "", V.INCONCLUSIVE, FAIL),
        (D, "timeout", "ok", V.AS_PREDICTED, PASS),
        (D, "timeout", "", V.INCONCLUSIVE, UNSURE),
        (D, "timeout", "refused", V.INCONCLUSIVE, UNSURE),
        (D, "timeout", "timeout", V.INCONCLUSIVE, UNSURE),
        (D, "unreachable", "", V.INCONCLUSIVE, UNSURE),
        (D, "ok", "ok", V.LEAK, FAIL),
        (D, "reset", "", V.LEAK, FAIL),
        (D, "refused", "refused", V.LEAK, FAIL),
        (D, "refused", "", V.INCONCLUSIVE, UNSURE),
        (D, "refused", "ok", V.AS_PREDICTED, PASS),
        (D, "silent", "ok", V.AS_PREDICTED, PASS),
        (D, "silent", "silent", V.INCONCLUSIVE, UNSURE),
        (D, "silent", "", V.INCONCLUSIVE, UNSURE),
        (D, "dns-nxdomain", "ok", V.INCONCLUSIVE, UNSURE),
        (D, "dns-timeout", "ok", V.INCONCLUSIVE, UNSURE),
        (D, "error", "ok", V.INCONCLUSIVE, UNSURE),
        (U, "ok", "", V.AS_PREDICTED, PASS),
        (U, "timeout", "ok", V.AS_PREDICTED, UNSURE),
        (U, "rejected", "", V.AS_PREDICTED, UNSURE),
        (U, "error", "", V.INCONCLUSIVE, UNSURE),
    ],
)
def test_what_the_policies_say_against_what_was_seen(
    ruling: Ruling, outcome: str, controlled: str, verdict: Verdict, result: Result
) -> None:
    assert judged(ruling, outcome, controlled=controlled) == (verdict, result)


@pytest.mark.parametrize(
    ("ruling", "outcome", "verdict", "result"),
    [
        (A, "ok", V.AS_PREDICTED, PASS),
        (A, "timeout", V.INCONCLUSIVE, UNSURE),
        (D, "timeout", V.AS_PREDICTED, UNSURE),
        (D, "ok", V.INCONCLUSIVE, UNSURE),
    ],
)
def test_where_something_is_not_evaluated_only_what_works_is_green(
    ruling: Ruling, outcome: str, verdict: Verdict, result: Result
) -> None:
    doubted = replace(prediction(ruling), doubts=("a policy that is not evaluated",))
    observation = Observation("c", Outcome(outcome))
    assert judge(check(), doubted, observation, [control("ok")]) == (verdict, result)


def test_an_icmp_error_is_no_proof_without_a_control() -> None:
    """Routers, load balancers, kube-proxy and host firewalls send the same."""
    assert judged(D, "rejected", evidence=ICMP) == (V.INCONCLUSIVE, UNSURE)
    assert judged(D, "rejected", evidence=ICMP, controlled="timeout") == (V.INCONCLUSIVE, UNSURE)
    assert judged(D, "rejected", evidence=ICMP, controlled="ok") == (V.AS_PREDICTED, PASS)


def test_behind_a_service_an_icmp_error_may_be_kube_proxys_so_it_needs_a_control() -> None:
    service = EndpointKind.SERVICE
    assert judged(D, "rejected", evidence=ICMP, to=service) == (V.INCONCLUSIVE, UNSURE)
    assert judged(D, "rejected", evidence=ICMP, to=service, controlled="ok") == (
        V.AS_PREDICTED,
        PASS,
    )


def test_a_reset_is_not_the_targets_own_when_the_target_listens() -> None:
    observation = Observation("c", Outcome.REFUSED, attempts=(Attempt(Outcome.REFUSED, 1.0),))
    settled = settle(check(), observation, [control("ok")])
    assert settled.outcome is Outcome.REJECTED
    assert settled.attempts[0].outcome is Outcome.REJECTED
    assert "the target listens" in settled.evidence.notes[0]


@pytest.mark.parametrize(
    ("expected", "ruling", "outcome", "controlled", "result"),
    [
        ("ok", D, "rejected", "ok", FAIL),
        ("ok", D, "ok", "ok", PASS),
        ("ok", A, "ok", "", PASS),
        ("ok", A, "refused", "refused", FAIL),
        ("ok", A, "error", "", UNSURE),
        ("ok", A, "silent", "", UNSURE),
        ("ok", U, "timeout", "", FAIL),
        ("denied", A, "ok", "", FAIL),
        ("denied", D, "timeout", "ok", PASS),
        ("denied", D, "timeout", "refused", UNSURE),
        ("denied", D, "refused", "refused", FAIL),
        ("denied", D, "dns-nxdomain", "", UNSURE),
        ("timeout", D, "timeout", "ok", PASS),
        ("timeout", D, "rejected", "ok", FAIL),
        ("timeout", D, "timeout", "", UNSURE),
        ("timeout", A, "timeout", "timeout", UNSURE),
        ("refused", A, "refused", "refused", PASS),
        ("refused", A, "refused", "ok", FAIL),
        ("refused", A, "error", "", UNSURE),
        ("dns-nxdomain", A, "dns-nxdomain", "", PASS),
    ],
)
def test_what_was_expected_against_what_was_seen(
    expected: str, ruling: Ruling, outcome: str, controlled: str, result: Result
) -> None:
    assert judged(ruling, outcome, controlled=controlled, expected=expected)[1] is result


def test_a_name_server_that_says_no_was_reached() -> None:
    assert judged(A, "dns-nxdomain", kind=ProbeKind.DNS)[0] is V.AS_PREDICTED
    assert judged(D, "dns-nxdomain", kind=ProbeKind.DNS)[0] is V.LEAK
    assert judged(A, "dns-timeout", kind=ProbeKind.DNS)[0] is V.BLOCKED
    assert judged(D, "dns-timeout", kind=ProbeKind.DNS, controlled="ok") == (V.AS_PREDICTED, PASS)


def test_a_wrong_certificate_comes_from_a_target_that_was_reached() -> None:
    reached = {"connect": 1.0, "tls": 3.0}
    assert judged(D, "error", kind=ProbeKind.TLS, phases=reached)[0] is V.LEAK
    assert judged(A, "error", kind=ProbeKind.TLS, phases=reached, expected="ok") == (
        V.AS_PREDICTED,
        FAIL,
    )


@pytest.mark.parametrize("ruling", list(Ruling))
@pytest.mark.parametrize("outcome", list(Outcome))
def test_nothing_but_what_was_asked_for_is_ever_green(ruling: Ruling, outcome: Outcome) -> None:
    for expected, controlled in product(Expectation, ("", "ok", "timeout", "refused")):
        _, result = judged(ruling, outcome.value, controlled=controlled, expected=expected.value)
        if result is PASS:
            assert_earned(ruling, outcome, expected, controlled)


def assert_earned(ruling: Ruling, outcome: Outcome, expected: Expectation, controlled: str) -> None:
    closed = outcome.closed or outcome in (Outcome.SILENT, Outcome.REFUSED)
    wants_open = expected is Expectation.OK or (
        expected is Expectation.PREDICTED and ruling is not D
    )
    wants_closed = expected is Expectation.DENIED or (
        expected is Expectation.PREDICTED and ruling is D
    )
    if wants_open:
        assert outcome is Outcome.OK
    elif wants_closed:
        assert closed
        assert controlled == "ok"
    else:
        assert controlled == "ok" or not closed or outcome is Outcome.REFUSED
        assert outcome.value == expected.value or (
            outcome is Outcome.REFUSED and expected is Expectation.REJECTED
        )


def answered(status: int, server: str = "") -> Observation:
    evidence = Evidence(http=HttpEvidence(status, server=server))
    return Observation("c", Outcome.OK, evidence=evidence)


@pytest.mark.parametrize(
    ("request_", "expected", "status", "server", "verdict", "result"),
    [
        (D, "predicted", 403, "", PREDICTED, PASS),
        (D, "denied", 403, "", PREDICTED, PASS),
        (D, "ok", 403, "", PREDICTED, FAIL),
        (D, "predicted", 200, "", V.LEAK, FAIL),
        (D, "denied", 200, "", V.LEAK, FAIL),
        (D, "ok", 200, "", V.LEAK, PASS),
        (A, "predicted", 200, "", PREDICTED, PASS),
        (A, "predicted", 403, "", PREDICTED, PASS),
        (A, "predicted", 403, "envoy", V.BLOCKED, FAIL),
        (U, "predicted", 403, "envoy", PREDICTED, UNSURE),
        (U, "predicted", 200, "", PREDICTED, PASS),
    ],
)
def test_a_request_over_an_allowed_connection(
    request_: Ruling, expected: str, status: int, server: str, verdict: Verdict, result: Result
) -> None:
    allowed = replace(prediction(A), request=RequestRuling(request_, "because"))
    asked = check(expected, ProbeKind.HTTP)
    assert judge(asked, allowed, answered(status, server), ()) == (verdict, result)
