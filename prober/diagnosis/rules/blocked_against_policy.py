"""The policies allow it, the target is alive, and yet packets do not get through."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.model.run import Confidence, Finding, Verdict

ID = "blocked-against-policy"


def find(case: Case) -> Iterable[Finding]:
    blocked = [
        r
        for r in case.troubled
        if r.verdict is Verdict.BLOCKED and any(c.passed for c in r.target_controls)
    ]
    if not blocked:
        return
    pairs = sorted(
        {f"{record.check.flow.source} → {record.check.flow.destination}" for record in blocked}
    )
    more = f" and {len(pairs) - 1} more" if len(pairs) > 1 else ""
    yield Finding(
        id=ID,
        cause=(
            f"something other than the NetworkPolicies stops {pairs[0]}{more}: they allow it and "
            "the target is alive"
        ),
        confidence=Confidence.POSSIBLE,
        evidence=tuple(
            dict.fromkeys(
                sentence
                for record in blocked[:3]
                for sentence in (record.check.name, *record.reasons[:2])
            )
        ),
        checks=tuple(record.check.id for record in blocked),
    )


RULE = Rule(
    id=ID,
    concludes=(
        "Neither the policies nor the target explain it: the CNI, a host firewall or a routing "
        "fault is left."
    ),
    advice=(
        "take a bundle with `prober evidence`; look at the CNI's own policies and at firewalls "
        "on the nodes"
    ),
    needs="a blocked check whose control passed, and no earlier rule that explains it",
    find=find,
)
