"""What becomes of a request, in one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from prober.model.check import Request
from prober.model.listing import listed
from prober.model.prediction import BackendTrail, Match, RequestRuling, Ruling
from prober.policy.deciding.rules.levels import NO, RULINGS, YES, Level


def request_ruling(
    request: Request, level: Level, backends: Sequence[BackendTrail]
) -> RequestRuling | None:
    """The ruling about a request over a connection that is allowed; None where no rule that allows
    it tells requests apart."""
    limits = list(dict.fromkeys(_limits(backends)))
    if not limits:
        return None
    says = "; ".join(limits)
    if level == YES:
        reason = f"{request} is let through: {says}"
    elif level == NO:
        read = " (it is encrypted, and nobody on the way reads it)" if request.tls else ""
        reason = f"{request} is answered with 403 in the target's stead: {says}{read}"
    else:
        reason = f"whether {request} is let through is not known: {says}"
    return RequestRuling(RULINGS[level], reason)


def _limits(backends: Iterable[BackendTrail]) -> Iterator[str]:
    """What each rule that allows the connection lets through of it, where one of a direction limits
    requests: a rule beside it without a limit lets all of them through."""
    for backend in backends:
        for direction in (backend.egress, backend.ingress):
            allowing = [
                (policy.policy, rule.requests)
                for policy in direction.policies
                for rule in policy.rules
                if rule.match is not Match.NO and rule.action == "allow"
            ]
            if direction.ruling is not Ruling.ALLOWED or not any(asked for _, asked in allowing):
                continue
            for policy, requests in allowing:
                what = listed(requests, "or") if requests else "every request"
                yield f"{policy.kind} {policy} lets {what} through"
