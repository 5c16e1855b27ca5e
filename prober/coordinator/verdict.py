"""Prediction × observation × controls → verdict and result. Pure, and the whole truth about what is
green.

A denial is believed only with a control: a probe of the same target from where no policy can deny
it. Without one, a dead server would pass for a working policy. The one exception is an ICMP error
sent by somebody else than the target: that is a denial in writing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from prober.model.check import Check, EndpointKind, Expectation
from prober.model.outcome import Observation, Outcome
from prober.model.prediction import Prediction, Ruling
from prober.model.probe import ProbeKind
from prober.model.run import Control, Result, Verdict


class Passage(StrEnum):
    """What an observation says about the way to the target, apart from what the target said."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


def settle(check: Check, observation: Observation, controls: Sequence[Control]) -> Observation:
    """Let the controls sharpen the outcome.

    A RST looks the same whether the closed port of the target or a rule on the way sent it. When
    the control shows that the target listens, it was not the target's: `refused` becomes
    `rejected`.
    """
    if observation.outcome is not Outcome.REFUSED or not _all_passed(controls):
        return observation
    note = f"the target listens ({controls[0].name}), so the refusal is not its own"
    evidence = replace(observation.evidence, notes=(*observation.evidence.notes, note))
    attempts = tuple(
        replace(attempt, outcome=Outcome.REJECTED)
        if attempt.outcome is Outcome.REFUSED
        else attempt
        for attempt in observation.attempts
    )
    return replace(observation, outcome=Outcome.REJECTED, evidence=evidence, attempts=attempts)


def passage(check: Check, observation: Observation, controls: Sequence[Control]) -> Passage:
    """Whether the probe's packets got to the target and back. `observation` is settled."""
    outcome = observation.outcome
    if outcome is Outcome.REFUSED:
        # The target's own word, or a reset in its name: only a control that failed too says that
        # nothing listens.
        return Passage.OPEN if controls and not _all_passed(controls) else Passage.UNKNOWN
    if outcome.reached:
        return Passage.OPEN
    if check.probe.kind is ProbeKind.DNS and outcome in (
        Outcome.DNS_NXDOMAIN,
        Outcome.DNS_SERVFAIL,
    ):
        return Passage.OPEN
    if outcome is Outcome.ERROR:
        # A wrong certificate or status comes from a target that was reached.
        return Passage.OPEN if "connect" in observation.phases else Passage.UNKNOWN
    if outcome.closed or _dns_denied(check, outcome):
        return Passage.CLOSED
    if outcome is Outcome.SILENT and _all_passed(controls):
        return Passage.CLOSED
    return Passage.UNKNOWN


def proven(check: Check, observation: Observation, controls: Sequence[Control]) -> bool:
    """Whether a closed passage is the network's doing and not a dead target's."""
    if _all_passed(controls):
        return True
    # Behind a Service, "port unreachable" is also what kube-proxy says when there is no endpoint:
    # not a proof.
    in_writing = observation.outcome is Outcome.REJECTED and bool(observation.evidence.icmp)
    return in_writing and check.flow.destination.kind is not EndpointKind.SERVICE


def judge(
    check: Check, prediction: Prediction, observation: Observation, controls: Sequence[Control]
) -> tuple[Verdict, Result]:
    """The verdict and the result of a settled observation."""
    way = passage(check, observation, controls)
    believed = proven(check, observation, controls)
    verdict = _verdict(prediction.verdict, way, observation.outcome, believed=believed)
    return verdict, _result(check, prediction.verdict, observation.outcome, way, believed=believed)


def _verdict(ruling: Ruling, way: Passage, outcome: Outcome, *, believed: bool) -> Verdict:
    if ruling is Ruling.ALLOWED and outcome is Outcome.REFUSED:
        return (
            Verdict.AS_PREDICTED
        )  # the policies let it through; that nothing listens is the result's business
    if way is Passage.UNKNOWN:
        return Verdict.INCONCLUSIVE
    if ruling is Ruling.UNDEFINED:
        return Verdict.AS_PREDICTED
    if ruling is Ruling.ALLOWED:
        return Verdict.AS_PREDICTED if way is Passage.OPEN else Verdict.BLOCKED
    if way is Passage.OPEN:
        return Verdict.LEAK
    return Verdict.AS_PREDICTED if believed else Verdict.INCONCLUSIVE


def _result(
    check: Check, ruling: Ruling, outcome: Outcome, way: Passage, *, believed: bool
) -> Result:
    expected = check.expected
    if expected is Expectation.PREDICTED:
        if ruling is Ruling.UNDEFINED:
            # Both are within the specification; only what works can be called green.
            return Result.PASS if outcome is Outcome.OK else Result.INCONCLUSIVE
        expected = Expectation.OK if ruling is Ruling.ALLOWED else Expectation.DENIED
    if expected is Expectation.OK:
        return _result_ok(outcome, way)
    if expected is Expectation.DENIED:
        if way is Passage.OPEN:
            return Result.FAIL
        return Result.PASS if way is Passage.CLOSED and believed else Result.INCONCLUSIVE
    if outcome is Outcome.ERROR and way is Passage.UNKNOWN:
        return Result.INCONCLUSIVE
    if outcome.value != expected.value:
        return Result.FAIL
    # A dead target times out as well: also a denial that was asked for by name is believed only
    # with a control.
    return Result.INCONCLUSIVE if outcome.closed and not believed else Result.PASS


def _result_ok(outcome: Outcome, way: Passage) -> Result:
    if outcome is Outcome.OK:
        return Result.PASS
    # The probe itself could not run, or a UDP target kept silent: nothing is known. A refusal, a
    # name that does not resolve and everything else are a connection that a user would not get.
    unknown = outcome in (Outcome.ERROR, Outcome.SILENT) and way is Passage.UNKNOWN
    return Result.INCONCLUSIVE if unknown else Result.FAIL


def _dns_denied(check: Check, outcome: Outcome) -> bool:
    return check.probe.kind is ProbeKind.DNS and outcome in (
        Outcome.DNS_TIMEOUT,
        Outcome.DNS_REFUSED,
    )


def _all_passed(controls: Sequence[Control]) -> bool:
    return bool(controls) and all(control.passed for control in controls)
