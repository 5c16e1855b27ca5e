"""What a fabric cannot represent faithfully, and the checks whose answer depends on it. Pure.

A lab in which nobody has an address of 10.0.0.0/8 lets through what a policy keeps from it, and
stops what it opens to it. That is warned about, in every report; and a check that the policy
decides by such a rule is not green, whatever was seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from prober.fabric.base import Caveat
from prober.model.check import Check, Endpoint, EndpointKind, Flow, VantageKind
from prober.model.errors import ProberError
from prober.model.objects import PolicyRule, Ref
from prober.model.prediction import DirectionTrail, Match, PolicyTrail, Prediction, Ruling
from prober.model.probe import ProbeKind
from prober.model.run import CheckRecord, Result
from prober.policy import Predictor


def with_caveats(
    record: CheckRecord, caveats: Sequence[Caveat], predictor: Predictor
) -> CheckRecord:
    """The record, inconclusive where it would be green and what it rests on is in doubt."""
    if record.result is not Result.PASS or not caveats:
        return record
    blocks = {caveat.policy: caveat for caveat in caveats if caveat.policy}
    decisive = next(_decisive(record, blocks, predictor), None)
    if decisive is None:
        return record
    caveat, directly = decisive
    name = record.check.probe.host
    how = "it decides about this check" if directly else f"{name} is looked up through it"
    doubt = f"{caveat.text}, and {how}: run this check in the cluster"
    return replace(record, result=Result.INCONCLUSIVE, doubts=(*record.doubts, doubt))


def _decisive(
    record: CheckRecord, caveats: Mapping[Ref, Caveat], predictor: Predictor
) -> Iterator[tuple[Caveat, bool]]:
    """What decides in doubt, and whether it does so about the check itself or about its lookup."""
    if record.check.flow.destination.kind is not EndpointKind.OUTSIDE:
        yield from ((caveat, True) for caveat in _of_prediction(record.prediction, caveats))
    if _asks_cluster_dns(record.check):
        for prediction in _of_lookup(record.check, predictor):
            yield from ((caveat, False) for caveat in _of_prediction(prediction, caveats))


def _of_prediction(prediction: Prediction, caveats: Mapping[Ref, Caveat]) -> Iterator[Caveat]:
    for backend in prediction.backends:
        for trail in (backend.egress, backend.ingress):
            yield from _of_trail(trail, caveats)


def _of_trail(trail: DirectionTrail, caveats: Mapping[Ref, Caveat]) -> Iterator[Caveat]:
    concerned = [
        (policy, caveats[policy.policy]) for policy in trail.policies if policy.policy in caveats
    ]
    if trail.ruling is Ruling.ALLOWED and any(
        _allows_anyway(policy, caveats) for policy in trail.policies
    ):
        return
    for policy, caveat in concerned:
        if any(rule.ports is not Match.NO and _speaks(rule.rule, caveat) for rule in policy.rules):
            yield caveat


def _allows_anyway(policy: PolicyTrail, caveats: Mapping[Ref, Caveat]) -> bool:
    """Whether a rule that says nothing of what is in doubt lets the flow through."""
    caveat = caveats.get(policy.policy)
    return any(
        rule.match is Match.YES and not (caveat and _speaks(rule.rule, caveat))
        for rule in policy.rules
    )


def _speaks(rule: PolicyRule, caveat: Caveat) -> bool:
    blocks = [peer.ip_block for peer in rule.peers if peer.ip_block]
    named = {text for block in blocks for text in (block.cidr, *block.excepts)}
    return not named.isdisjoint(caveat.blocks)


def _asks_cluster_dns(check: Check) -> bool:
    """Whether its probe looks a name up from a pod."""
    probe, pod = check.probe, check.vantage.kind is VantageKind.POD
    literal = probe.address or ":" in probe.host or probe.host.replace(".", "").isdigit()
    return pod and not literal and probe.kind is not ProbeKind.DNS


def _of_lookup(check: Check, predictor: Predictor) -> Iterable[Prediction]:
    servers = Endpoint(EndpointKind.SERVICE, "kube-system", "kube-dns")
    try:
        return [predictor.predict(Flow(check.flow.source, servers, "UDP", 53))]
    except ProberError:
        return []
