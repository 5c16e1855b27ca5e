"""Prediction × observation × controls → verdict and result. Pure, and the whole truth about what is
green.

A denial is believed only when the run itself has shown that the packet would have been answered:
every piece of the way that `prober.coordinator.controls` names was seen to work, and nothing on the
wire speaks of another reason. An ICMP error is no exception: kube-proxy, routers, load balancers
and host firewalls send the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from prober.coordinator.controls.answers import doubts
from prober.coordinator.passage import Passage, conversed, not_a_denial, way_of
from prober.coordinator.request_verdict import judge_request
from prober.model.check import Check, Expectation
from prober.model.outcome import Observation, Outcome
from prober.model.prediction import Prediction, Ruling
from prober.model.probe import ProbeKind
from prober.model.run import Control, Result, Shows, Verdict

__all__ = ["Passage", "judge", "passage", "proven", "settle", "unproven"]


def settle(check: Check, observation: Observation, controls: Sequence[Control]) -> Observation:
    """Let the controls sharpen the outcome.

    A RST looks the same whether the closed port of the target or a rule on the way sent it. When
    the control shows that the target listens, it was not the target's: `refused` becomes
    `rejected`.
    """
    # An example: a policy engine rejects with a RST (kube-router with `reject with tcp reset`, many
    # host firewalls). The probe sees ECONNREFUSED, exactly as from a closed port. The control, sent
    # from the target's own node where no policy applies, connects: so somebody listens, and the
    # refusal was a rule's. Without the control the outcome stays `refused`: it is not known whose
    # it was.
    #
    # The attempts are rewritten with the outcome. A record in which the last attempt is not the
    # outcome is one that `prober.fabric.plausible` calls impossible, and a record that was read
    # back would be refused.
    targets = _of_target(controls)
    if observation.outcome is not Outcome.REFUSED or not _all_passed(targets):
        return observation
    note = f"the target listens ({targets[0].name}), so the refusal is not its own"
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
    targets = _of_target(controls)
    if observation.outcome is Outcome.REFUSED:
        return Passage.OPEN if _refuses_itself(targets) else Passage.UNKNOWN
    if check.probe.proxy_from_env and observation.outcome is not Outcome.OK:
        return (
            Passage.UNKNOWN
        )  # what a proxy does with a request says nothing about the way to the target
    way = way_of(check.probe.kind, observation)
    # UDP alone says nothing about silence: most services do not answer what they do not understand.
    # But the control sent the same bytes past the policies and got an answer; so this datagram was
    # lost, or its answer was.
    if observation.outcome is Outcome.SILENT and _all_passed(targets):
        return Passage.CLOSED
    return way


def proven(check: Check, observation: Observation, controls: Sequence[Control]) -> bool:
    """Whether a closed passage is the network's doing and not a dead target's, a dead source's or a
    dead way's."""
    return not unproven(check, observation, controls)


def unproven(
    check: Check, observation: Observation, controls: Sequence[Control]
) -> tuple[str, ...]:
    """Why a closed passage proves nothing, one sentence a reason; empty where it is a denial."""
    if not _of_target(controls):
        return ("no control could be made, so this proves nothing about the way",)
    # First what the wire itself says, then what was not shown: a person reads the first sentence,
    # and "the packet is too large for a link" is more than "no control".
    other = not_a_denial(observation)
    return (*((other,) if other else ()), *doubts(controls))


def judge(
    check: Check, prediction: Prediction, observation: Observation, controls: Sequence[Control]
) -> tuple[Verdict, Result]:
    """The verdict and the result of a settled observation."""
    # The whole table. Rows are what is predicted, columns how the passage is:
    #
    #               open           closed, believed   closed, not believed   unknown
    #   allowed     as-predicted   blocked            blocked                inconclusive
    #   denied      leak           as-predicted       inconclusive           inconclusive
    #   undefined   as-predicted   as-predicted       as-predicted           inconclusive
    #
    # `blocked` needs no controls: that something which should work does not is a failure whoever's
    # fault it is, and finding that out is the diagnosis' business. An allowed flow that ends in
    # `refused` is as predicted in every column: nothing listens, which is no policy's doing.
    way = passage(check, observation, controls)
    believed = proven(check, observation, controls)
    verdict = _verdict(prediction.verdict, way, observation.outcome, believed=believed)
    result = _result(check, prediction.verdict, observation, way, believed=believed)
    if prediction.request is not None and observation.evidence.http is not None:
        verdict, result = judge_request(check, prediction, observation, (verdict, result))
    if prediction.doubts:
        return _doubted(check, prediction.verdict, observation.outcome, verdict, result)
    return verdict, result


def _doubted(
    check: Check, ruling: Ruling, outcome: Outcome, verdict: Verdict, result: Result
) -> tuple[Verdict, Result]:
    """Where objects that are not evaluated may change the answer: a contradiction proves nothing,
    and only what works and should is green by the prediction alone."""
    # Both accuse: "your network does what your policies do not say". With a policy in the world
    # that was not evaluated that is not proven. To make it `as-predicted` instead would be a green
    # that nobody has earned.
    if verdict in (Verdict.BLOCKED, Verdict.LEAK):
        verdict = Verdict.INCONCLUSIVE
    works = ruling is Ruling.ALLOWED and outcome is Outcome.OK
    if check.expected is Expectation.PREDICTED and not works:
        result = Result.INCONCLUSIVE
    return verdict, result


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
    check: Check, ruling: Ruling, observation: Observation, way: Passage, *, believed: bool
) -> Result:
    expected, outcome = check.expected, observation.outcome
    if expected is Expectation.PREDICTED:
        if ruling is Ruling.UNDEFINED:
            # Both are within the specification; only what works can be called green.
            return Result.PASS if outcome is Outcome.OK else Result.INCONCLUSIVE
        expected = Expectation.OK if ruling is Ruling.ALLOWED else Expectation.DENIED
    if expected is Expectation.OK:
        return _result_ok(outcome, way)
    # The asymmetry is on purpose. That a denial failed needs one answer from the target, which
    # cannot be mistaken; that it worked is a claim about something that did not happen, and needs
    # all controls.
    if expected is Expectation.DENIED:
        if way is Passage.OPEN:
            return Result.FAIL
        return Result.PASS if way is Passage.CLOSED and believed else Result.INCONCLUSIVE
    if outcome is Outcome.ERROR and way is Passage.UNKNOWN:
        return Result.INCONCLUSIVE
    if outcome.value != expected.value:
        return Result.FAIL
    return _result_by_name(check, ruling, observation, way, believed=believed)


def _result_by_name(
    check: Check, ruling: Ruling, observation: Observation, way: Passage, *, believed: bool
) -> Result:
    """Of the very outcome that was asked for. A dead target times out as well: also a denial that
    was asked for by name is believed only with its controls; and what was let through is none,
    whatever it is called."""
    outcome = observation.outcome
    if outcome is Outcome.REFUSED:
        if way is Passage.UNKNOWN:
            return Result.INCONCLUSIVE
        return Result.FAIL if ruling is Ruling.DENIED else Result.PASS
    # `timeout` by name, and the connection was made: it is the server that is slow, or a policy at
    # layer 7. In either case the packets got there, and somebody who asked for a denial must hear
    # it.
    if conversed(check.probe.kind, observation) and outcome.closed:
        return Result.FAIL
    if outcome.closed and way is Passage.UNKNOWN:
        return Result.INCONCLUSIVE
    unanswered = check.probe.kind is ProbeKind.DNS and outcome in (
        Outcome.DNS_TIMEOUT,
        Outcome.DNS_REFUSED,
    )
    return Result.INCONCLUSIVE if (outcome.closed or unanswered) and not believed else Result.PASS


def _result_ok(outcome: Outcome, way: Passage) -> Result:
    if outcome is Outcome.OK:
        return Result.PASS
    # The probe itself could not run, or a UDP target kept silent: nothing is known. A refusal, a
    # name that does not resolve and everything else are a connection that a user would not get.
    unknown = outcome in (Outcome.ERROR, Outcome.SILENT) and way is Passage.UNKNOWN
    return Result.INCONCLUSIVE if unknown else Result.FAIL


def _of_target(controls: Sequence[Control]) -> list[Control]:
    return [control for control in controls if control.shows is Shows.TARGET]


def _all_passed(controls: Sequence[Control]) -> bool:
    """Whether every part of what the controls are about was shown."""
    # Of each part one passing control is enough (they are different attempts at the same question),
    # and no part may be missing: three backends of which two were shown alive say nothing about the
    # third.
    shown = {control.part for control in controls if control.passed}
    return bool(controls) and all(control.part in shown for control in controls)


def _refuses_itself(targets: Sequence[Control]) -> bool:
    """A control that nothing stands in the way of is refused too: the refusal is the target's
    own."""
    return any(
        control.observation and control.observation.outcome is Outcome.REFUSED
        for control in targets
    )
