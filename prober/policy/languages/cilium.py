"""CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy, in one set with NetworkPolicy.

Sources: Cilium's documentation of policies, and its code (pkg/policy/api for the types and what an
absent list means, pkg/k8s/apis/cilium.io/utils for how a policy's namespace gets into its
selectors, pkg/policy/rule.go for requirements and denials, pkg/fqdn for names).

Everything is one set: any denial wins, whatever kind it is in; a pod that a policy isolates in a
direction is closed for what nothing allows. Endpoints are pods, and never nodes; what uses a node's
network is that node (`host` the own one, `remote-node` the others). A CIDR means the world outside
only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING

from prober.model.languages.cilium import CiliumSpec, EgressRule, FqdnSelector, IngressRule
from prober.model.languages.kinds import Language, PolicyObject
from prober.model.languages.shapes import Selector
from prober.model.prediction import Direction
from prober.policy.deciding.plans import TierPlan, placed
from prober.policy.deciding.rules.levels import MAYBE, YES
from prober.policy.deciding.rules.network_policy_rules import OwnNodeRule
from prober.policy.deciding.rules.policies import AnyMatcher, TieredMatcher
from prober.policy.deciding.rules.ports import EveryPort
from prober.policy.deciding.rules.rule import Rule
from prober.policy.deciding.rules.terms import Everyone, Nobody, Term, some_of
from prober.policy.deciding.rules.tiered_rules import TieredRule
from prober.policy.deciding.rules.tiers import Action
from prober.policy.languages.cilium_identities import Identities, Selecting, term_of
from prober.policy.languages.cilium_names import SeenNames, names_term, seen_names
from prober.policy.languages.cilium_peers import CiliumRule, OtherPeers
from prober.policy.languages.cilium_ports import ports_of
from prober.policy.languages.cilium_requests import requests_of
from prober.policy.languages.cilium_wording import say_rule_of

if TYPE_CHECKING:
    from prober.policy.deciding.world import World

NAME = "Cilium's policies"


def plans_of(world: World) -> tuple[TierPlan, ...]:
    """The one set."""
    compiler = Compiler(world)
    policies: list[AnyMatcher] = list(world.policies)
    for policy in world.snapshot.other_policies:
        if policy.kind.language is Language.CILIUM and policy.kind.policy:
            policies += [
                compiler.policy(policy, spec)
                for spec in policy.specs
                if isinstance(spec, CiliumSpec) and spec.endpoint_selector is not None
            ]
    return (TierPlan(NAME, placed(world, policies), Action.DENY, compiler.arrange),)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a rule's peers are made of, for what only all policies of a pod together say of them."""

    endpoints: Identities | None
    """None: the rule has no endpoint selectors."""
    others: tuple[Term, ...]
    names: tuple[FqdnSelector, ...]


@dataclass(slots=True)
class Compiler:
    """Makes policies ready for matching, and arranges those that select one pod."""

    world: World
    _parts: dict[str, _Parts] = field(default_factory=dict)
    """By the rule's place, which every copy of a rule keeps."""
    _selecting: Selecting = field(init=False)
    _disputed: frozenset[str] | None = None

    def __post_init__(self) -> None:
        self._selecting = Selecting(self.world)

    @property
    def disputed(self) -> frozenset[str]:
        """The names of ports to which pods give different numbers."""
        if self._disputed is None:
            numbers: dict[tuple[str, str], set[int]] = {}
            for pod in self.world.sets.pods:
                for port in pod.ports:
                    if port.name and not pod.host_network:
                        numbers.setdefault((port.name, port.protocol), set()).add(port.number)
            self._disputed = frozenset(name for (name, _), each in numbers.items() if len(each) > 1)
        return self._disputed

    def policy(self, policy: PolicyObject, spec: CiliumSpec) -> TieredMatcher:
        """One policy, or one item of a policy's `specs`."""
        selector = spec.endpoint_selector or Selector()
        subjects = self._selecting.subjects(policy.namespace, selector)
        closes = {
            "ingress": _closes(spec, "ingress"),
            "egress": _closes(spec, "egress"),
        }
        directions: tuple[Direction, ...] = ("ingress", "egress")
        rules = {way: tuple(self._rules(policy, spec, way)) for way in directions}
        return TieredMatcher(
            policy,
            subjects & ~self.world.sets.host_network,
            rules["ingress"] if rules["ingress"] or closes["ingress"] else None,
            rules["egress"] if rules["egress"] or closes["egress"] else None,
            closes_ingress=closes["ingress"],
            closes_egress=closes["egress"],
        )

    def arrange(self, matchers: Sequence[AnyMatcher], direction: Direction) -> tuple[Rule, ...]:
        """Denials first, then allowances, with what the policies of a pod say only together:
        requirements, and the names that DNS rules let be seen. Only a denial keeps a pod's own node
        out (measured: version 1.15)."""
        rules: list[Rule] = []
        required = {action: self._required(matchers, direction, action) for action in Action}
        seen = seen_names(matchers)
        for matcher in matchers:
            for rule in matcher.rules(direction) or ():
                if isinstance(rule, TieredRule):
                    rules.append(self._bound(rule, required[rule.action], seen))
                else:
                    rules.append(rule)
        denials = [rule for rule in rules if rule.action is Action.DENY]
        allowances = [rule for rule in rules if rule.action is not Action.DENY]
        own_node = (OwnNodeRule(),) if direction == "ingress" else ()
        return (*denials, *own_node, *allowances, *_perhaps_open(matchers, direction))

    def _bound(self, rule: TieredRule, required: Identities, seen: SeenNames) -> TieredRule:
        parts = self._parts[rule.key]
        if parts.endpoints is None and not parts.names:
            return rule
        return replace(rule, peer=self._peer(parts, required, seen))

    def _peer(self, parts: _Parts, required: Identities, seen: SeenNames) -> Term:
        terms = list(parts.others)
        if parts.endpoints is not None:
            terms.append(term_of(parts.endpoints & required, self.world))
        if parts.names:
            terms.append(names_term(parts.names, seen))
        return some_of(terms)

    def _required(
        self, matchers: Sequence[AnyMatcher], direction: Direction, action: Action
    ) -> Identities:
        """Whom every requirement of the pod's policies selects. Requirements beside denials
        restrict denials, the others what is allowed."""
        required = []
        for matcher in matchers:
            for rule in matcher.rules(direction) or ():
                if not isinstance(rule, TieredRule) or rule.action is not action:
                    continue
                namespace = matcher.policy.ref.namespace
                required += [
                    self._selecting.peers(namespace, selector, required=True)
                    for selector in rule.rule.peers.requires or ()
                ]
        return reduce(and_, required, self._selecting.everything)

    def _rules(
        self, policy: PolicyObject, spec: CiliumSpec, direction: Direction
    ) -> Iterator[TieredRule]:
        ingress = direction == "ingress"
        sections: tuple[tuple[str, Action, Sequence[CiliumRule | None] | None], ...] = (
            (f"{direction}Deny", Action.DENY, spec.ingress_deny if ingress else spec.egress_deny),
            (direction, Action.ALLOW, spec.ingress if ingress else spec.egress),
        )
        for section, action, rules in sections:
            for index, written in enumerate(rules or ()):
                rule = written or (IngressRule() if ingress else EgressRule())
                where = f"{policy.ref}/{policy.specs.index(spec)}/{section}/{index}"
                yield self._rule(policy, rule, action, section, index, where)

    def _rule(
        self,
        policy: PolicyObject,
        rule: CiliumRule,
        action: Action,
        section: str,
        index: int,
        where: str,
    ) -> TieredRule:
        parts = self._parts[where] = self._parts_of(policy.namespace, rule)
        direction: Direction = "ingress" if isinstance(rule, IngressRule) else "egress"
        peer: Term = Everyone() if rule.to_ports or rule.icmps else Nobody()
        if rule.peers.named:
            peer = self._peer(parts, self._selecting.everything, SeenNames())
        return TieredRule(
            index,
            action,
            peer,
            ports_of(rule, self.disputed),
            say_rule_of(policy.namespace, rule, action, direction),
            rule,
            section if section.endswith("Deny") else "",
            narrowed=MAYBE if _authenticates(rule) else YES,
            requests=requests_of(rule),
            key=where,
            note=_UNAUTHENTICATED if _authenticates(rule) else "",
        )

    def _parts_of(self, namespace: str, rule: CiliumRule) -> _Parts:
        peers = rule.peers
        endpoints = None
        if peers.endpoints is not None:
            each = (self._selecting.peers(namespace, selector) for selector in peers.endpoints)
            endpoints = reduce(or_, each, Identities())
        others = tuple(OtherPeers(self.world).of(namespace, rule))
        return _Parts(endpoints, others, peers.names or ())


_UNAUTHENTICATED = "it asks for mutual authentication, and whether the two have it is not known"


def _authenticates(rule: CiliumRule) -> bool:
    """Whether a rule lets through only what authenticates itself: that takes identities that the
    agents of both nodes get from SPIRE (source: documentation of mutual authentication)."""
    asked = rule.authentication
    return isinstance(asked, dict) and asked.get("mode", "") not in ("", "disabled")


def _closes(spec: CiliumSpec, direction: Direction) -> bool:
    """Whether a policy isolates: if it has rules for the direction, denials included, unless
    enableDefaultDeny says it."""
    ingress = direction == "ingress"
    deny = spec.enable_default_deny
    said = (deny.ingress if ingress else deny.egress) if deny is not None else None
    return _has_rules(spec, direction) if said is None else said


def _has_rules(spec: CiliumSpec, direction: Direction) -> bool:
    both = (
        (spec.ingress, spec.ingress_deny)
        if direction == "ingress"
        else (spec.egress, spec.egress_deny)
    )
    return any(both)


def _perhaps_open(matchers: Sequence[AnyMatcher], direction: Direction) -> Iterator[TieredRule]:
    """Where the only policies that isolate have `enableDefaultDeny: true` for a direction in which
    they have no rules: the documentation says that this isolates, and version 1.16 does not."""
    closing = [matcher for matcher in matchers if matcher.isolates(direction)]
    empty = [
        matcher
        for matcher in closing
        if isinstance(matcher, TieredMatcher) and not matcher.rules(direction)
    ]
    if closing and len(empty) == len(closing):
        says = "may not isolate at all: enableDefaultDeny without rules is read in two ways"
        yield TieredRule(0, Action.ALLOW, Everyone(), EveryPort(), says, narrowed=MAYBE)
