"""Two items allow either; one item with both selectors was meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.unwanted import trails, unwanted
from prober.diagnosis.fixes.hypothetical import Supposing
from prober.diagnosis.fixes.patches import patched
from prober.model.objects import NetworkPolicy, PolicyPeer, PolicyRule
from prober.model.patches.jsonpatch import pointer
from prober.model.prediction import Direction, Match, Ruling
from prober.model.run import CheckRecord, Confidence, Finding, Fix
from prober.model.snapshot import Snapshot

ID = "policy-peers-or-for-and"


@dataclass(frozen=True, slots=True)
class _Union:
    """A rule with a namespace item and a pod item beside each other."""

    policy: NetworkPolicy
    direction: Direction
    index: int
    rule: PolicyRule
    """As it should be: with one item."""

    @property
    def joined_peers(self) -> NetworkPolicy:
        rules = list(self.policy.egress if self.direction == "egress" else self.policy.ingress)
        rules[self.index] = self.rule
        if self.direction == "egress":
            return replace(self.policy, egress=tuple(rules))
        return replace(self.policy, ingress=tuple(rules))


def find(case: Case) -> Iterable[Finding]:
    supposing = Supposing(case.predictor)
    groups: dict[tuple[str, int], tuple[_Union, list[CheckRecord]]] = {}
    for record in unwanted(case):
        for union in _unions(record, case.snapshot):
            if _denies(union, record, supposing):
                groups.setdefault((str(union.policy.ref), union.index), (union, []))[1].append(
                    record
                )
                break
    for union, records in groups.values():
        sources = sorted({str(record.check.flow.source) for record in records})
        yield Finding(
            id=ID,
            cause=f"NetworkPolicy {union.policy.ref} allows {sources[0]} because two items mean "
            "either (OR): all "
            "pods of such namespaces, and such pods; one item with both selectors would mean "
            "both (AND)",
            confidence=Confidence.LIKELY,
            evidence=tuple(
                f"{record.check.name}: {record.observation.outcome}" for record in records[:3]
            ),
            fix=_fix(union, case.snapshot),
            checks=tuple(record.check.id for record in records),
            objects=(union.policy.ref,),
        )


def _unions(record: CheckRecord, snapshot: Snapshot) -> Iterator[_Union]:
    for trail in trails(record):
        for spoken in trail.policies:
            policy = next(
                (policy for policy in snapshot.policies if policy.ref == spoken.policy), None
            )
            for rule in spoken.rules if policy else ():
                joined = _joined(rule.rule)
                if policy and rule.match is Match.YES and joined:
                    yield _Union(policy, trail.direction, rule.index, joined)


def _joined(rule: PolicyRule) -> PolicyRule | None:
    """The rule with its one namespace item and its one pod item made into one; None where it is no
    such rule."""
    spaces = [peer for peer in rule.peers if peer.namespace_selector and peer.pod_selector is None]
    pods = [peer for peer in rule.peers if peer.pod_selector and peer.namespace_selector is None]
    if len(spaces) != 1 or len(pods) != 1:
        return None
    joined = PolicyPeer(
        pod_selector=pods[0].pod_selector, namespace_selector=spaces[0].namespace_selector
    )
    others = tuple(peer for peer in rule.peers if peer not in (spaces[0], pods[0]))
    return replace(rule, peers=(joined, *others))


def _denies(union: _Union, record: CheckRecord, supposing: Supposing) -> bool:
    """Whether the flow would be denied as it should; and the joined item would still select
    somebody."""
    predictor = supposing.instead_of(union.policy, union.joined_peers)
    peer = union.rule.peers[0]
    assert peer.namespace_selector is not None and peer.pod_selector is not None  # noqa: S101 - _joined made it
    sets = predictor.world.sets
    somebody = sets.select_namespaces(peer.namespace_selector) & sets.select(peer.pod_selector)
    return bool(somebody) and predictor.rulings(record.check.flow).verdict is Ruling.DENIED


def _fix(union: _Union, snapshot: Snapshot) -> Fix | None:
    policy = union.policy
    source = snapshot.sources.get(policy.ref)
    if source is None:
        return None
    patch = _patch(union, source)
    return Fix(
        summary=(
            f"make one item of the two in {union.direction} of NetworkPolicy {policy.ref}, so "
            "that both must hold"
        ),
        target=policy.ref,
        patch=patch,
        manifest=patched(source, patch),
        opens=("nothing: it closes",),
    )


def _patch(union: _Union, source: object) -> tuple[dict[str, object], ...]:
    """The whole list of peers in place of the old one; selectors keep what only the written object
    says."""
    key = "from" if union.direction == "ingress" else "to"
    written = source["spec"][union.direction][union.index][key]  # type: ignore[index]  # a policy as the API has it
    spaces = next(
        item for item in written if "namespaceSelector" in item and "podSelector" not in item
    )
    pods = next(
        item for item in written if "podSelector" in item and "namespaceSelector" not in item
    )
    others = [item for item in written if item is not spaces and item is not pods]
    path = pointer("spec", union.direction, union.index, key)
    return ({"op": "replace", "path": path, "value": [{**spaces, **pods}, *others]},)


RULE = Rule(
    id=ID,
    concludes=(
        "A rule lists a namespace and pods as two items (OR), where one item with both (AND) was "
        "meant."
    ),
    advice="make one item of the two, so that both selectors must hold",
    needs=(
        "a flow that should be denied and gets through, and the prediction with the two items "
        "joined"
    ),
    find=find,
)
