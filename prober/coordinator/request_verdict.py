"""What policies make of a request over a connection that they allow. Pure.

A request that layer 7 rules do not let through is answered by their proxy, with 403, in the
target's stead: the connection works, and the request is denied all the same."""

from __future__ import annotations

from prober.model.check import Check, Expectation
from prober.model.outcome import Observation
from prober.model.prediction import Prediction, Ruling
from prober.model.run import Result, Verdict

FORBIDDEN = 403
_PROXY = "envoy"
"""What the header Server says of the proxy's own answers."""


def judge_request(
    check: Check, prediction: Prediction, observation: Observation, plain: tuple[Verdict, Result]
) -> tuple[Verdict, Result]:
    """The verdict and the result of a check whose request was answered; `plain` are those of its
    connection."""
    http, ruling = observation.evidence.http, prediction.request
    if http is None or ruling is None:
        return plain
    if ruling.ruling is Ruling.DENIED:
        wanted = check.expected in (Expectation.PREDICTED, Expectation.DENIED)
        if http.status == FORBIDDEN:
            return Verdict.AS_PREDICTED, Result.PASS if wanted else Result.FAIL
        return Verdict.LEAK, Result.FAIL if wanted else plain[1]
    if http.status == FORBIDDEN and http.server.lower() == _PROXY:
        if ruling.ruling is Ruling.ALLOWED:
            return Verdict.BLOCKED, Result.FAIL
        return Verdict.AS_PREDICTED, Result.INCONCLUSIVE
    return plain
