"""CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy, in one set with NetworkPolicy.

Sources: Cilium's documentation of policies, and its code (pkg/policy/api for the types and what an
absent list means, pkg/k8s/apis/cilium.io/utils for how a policy's namespace gets into its
selectors, pkg/policy/rule.go for requirements and denials, pkg/fqdn for names).

Everything is one set: any denial wins, whatever kind it is in; a pod that a policy isolates in a
direction is closed for what nothing allows. Endpoints are pods, and never nodes; what uses a node's
network is that node (`host` the own one, `remote-node` the others). A CIDR means the world outside
only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

from prober.model.languages.cilium import (
    CidrRule,
    CiliumSpec,
    EgressRule,
    FqdnSelector,
    IngressRule,
    PortRule,
    ServiceRef,
)
from prober.model.languages.kinds import Language, PolicyObject
from prober.model.languages.shapes import Selector
from prober.model.objects import IPBlock, LabelSelector, Requirement, Service
from prober.model.prediction import Direction
from prober.policy.deciding.addresses import compile_block, parse_addresses
from prober.policy.deciding.levels import MAYBE, NO, YES, Level
from prober.policy.deciding.matchers import (
    AnyMatcher,
    PolicyMatcher,
    Rule,
    TieredMatcher,
    TieredRule,
)
from prober.policy.deciding.plans import TierPlan, placed
from prober.policy.deciding.pod_sets import PodSet
from prober.policy.deciding.policy_endpoints import PolicyEndpoint, PolicyEndpointKind
from prober.policy.deciding.ports import EveryPort
from prober.policy.deciding.selectors import describe, selects
from prober.policy.deciding.terms import (
    Everyone,
    HostNames,
    Leaf,
    Nobody,
    Nodes,
    OtherNodes,
    Outside,
    OutsideAddresses,
    OwnNode,
    Pods,
    Term,
    some_of,
)
from prober.policy.deciding.tiers import Action
from prober.policy.languages.cilium_ports import ports_of, requests_of, say_ports_of
from prober.policy.languages.domains import cilium_matches
from prober.policy.languages.saying import say

if TYPE_CHECKING:
    from prober.policy.deciding.world import World

NAME = "Cilium's policies"
NAMESPACE_KEY = "io.kubernetes.pod.namespace"
NAMESPACE_LABELS = "io.cilium.k8s.namespace.labels."
_SERVICE_ACCOUNT = "io.cilium.k8s.policy.serviceaccount"
_CLUSTER = "io.cilium.k8s.policy.cluster"
_OF_PODS = frozenset(("", "k8s", "any"))
"""The sources of labels that pods have."""
_ELSEWHERE = "\0"
"""In front of keys of other sources, which no pod has."""

CiliumRule = IngressRule | EgressRule


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

    endpoints: PodSet | None
    """None: the rule has no endpoint selectors."""
    others: tuple[Term, ...]
    names: tuple[FqdnSelector, ...]


@dataclass(slots=True)
class Compiler:
    """Makes policies ready for matching, and arranges those that select one pod."""

    world: World
    _parts: dict[str, _Parts] = field(default_factory=dict)
    """By the rule's sentence and place, which every copy of a rule keeps."""
    _selected: dict[tuple[object, ...], PodSet] = field(default_factory=dict)
    _labels: list[dict[str, str]] | None = None
    _disputed: frozenset[str] | None = None

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
        sets = self.world.sets
        subjects = self._subjects(policy.namespace, spec.endpoint_selector or Selector())
        closes = {
            "ingress": _closes(spec, "ingress"),
            "egress": _closes(spec, "egress"),
        }
        directions: tuple[Direction, ...] = ("ingress", "egress")
        rules = {direction: tuple(self._rules(policy, spec, direction)) for direction in directions}
        return TieredMatcher(
            policy,
            subjects & ~sets.host_network,
            rules["ingress"] if rules["ingress"] or closes["ingress"] else None,
            rules["egress"] if rules["egress"] or closes["egress"] else None,
            closes_ingress=closes["ingress"],
            closes_egress=closes["egress"],
        )

    def arrange(self, matchers: Sequence[AnyMatcher], direction: Direction) -> tuple[Rule, ...]:
        """Denials first, then allowances, with what the policies of a pod say only together:
        requirements, and the names that DNS rules let be seen."""
        rules: list[Rule] = []
        required = {action: self._required(matchers, direction, action) for action in Action}
        seen = _seen_names(matchers)
        for matcher in matchers:
            for rule in matcher.rules(direction) or ():
                if isinstance(rule, TieredRule):
                    rules.append(self._bound(rule, required[rule.action], seen))
                else:
                    rules.append(rule)
        rules.sort(key=lambda rule: rule.action is not Action.DENY)
        return (*rules, *_perhaps_open(matchers, direction))

    def _bound(self, rule: TieredRule, required: PodSet, seen: _Seen) -> TieredRule:
        parts = self._parts[rule.key]
        if parts.endpoints is None and not parts.names:
            return rule
        terms = list(parts.others)
        if parts.endpoints is not None:
            terms.append(Pods(parts.endpoints & required))
        if parts.names:
            terms.append(_names(parts.names, seen))
        return replace(rule, peer=some_of(terms))

    def _required(
        self, matchers: Sequence[AnyMatcher], direction: Direction, action: Action
    ) -> PodSet:
        """The pods that every requirement of the pod's policies selects. Requirements beside
        denials restrict denials, the others what is allowed."""
        sets = []
        for matcher in matchers:
            for rule in matcher.rules(direction) or ():
                written = rule.rule if isinstance(rule, TieredRule) else None
                if not isinstance(rule, TieredRule) or rule.action is not action:
                    continue
                needs = (
                    written.from_requires
                    if isinstance(written, IngressRule)
                    else written.to_requires
                    if isinstance(written, EgressRule)
                    else None
                )
                namespace = matcher.policy.ref.namespace
                sets += [self._peers(namespace, selector) for selector in needs or ()]
        return reduce(and_, sets, self.world.sets.all)

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
        parts = self._parts_of(policy, rule)
        self._parts[where] = parts
        direction: Direction = "ingress" if isinstance(rule, IngressRule) else "egress"
        port = ports_of(rule, self.disputed)
        terms = list(parts.others)
        if parts.endpoints is not None:
            terms.append(Pods(parts.endpoints))
        if parts.names:
            terms.append(_names(parts.names, _Seen(())))
        named = _given(rule)
        peer: Term = some_of(terms) if named else Everyone() if _has_ports(rule) else Nobody()
        says = say(
            action,
            say_ports_of(rule),
            list(self._say(policy, rule)),
            direction,
            anyone="anyone" if _has_ports(rule) and not named else "nobody",
        )
        return TieredRule(
            index,
            action,
            peer,
            port,
            says,
            rule,
            section if section.endswith("Deny") else "",
            requests=requests_of(rule),
            key=where,
        )

    def _parts_of(self, policy: PolicyObject, rule: CiliumRule) -> _Parts:
        selectors = rule.from_endpoints if isinstance(rule, IngressRule) else rule.to_endpoints
        endpoints = None
        if selectors is not None:
            endpoints = 0
            for selector in selectors:
                endpoints |= self._peers(policy.namespace, selector)
        names = () if isinstance(rule, IngressRule) else rule.to_fqdns or ()
        return _Parts(endpoints, tuple(self._others(policy, rule)), names)

    def _others(self, policy: PolicyObject, rule: CiliumRule) -> Iterator[Term]:
        """Every peer that is neither an endpoint nor a name."""
        ingress = isinstance(rule, IngressRule)
        cidrs = rule.from_cidr if isinstance(rule, IngressRule) else rule.to_cidr
        sets = rule.from_cidr_set if isinstance(rule, IngressRule) else rule.to_cidr_set
        entities = rule.from_entities if isinstance(rule, IngressRule) else rule.to_entities
        nodes = rule.from_nodes if isinstance(rule, IngressRule) else rule.to_nodes
        groups = rule.from_groups if isinstance(rule, IngressRule) else rule.to_groups
        for cidr in cidrs or ():
            yield OutsideAddresses(compile_block(IPBlock(cidr)))
        for entry in sets or ():
            yield from self._cidr_set(entry)
        for entity in entities or ():
            yield self._entity(entity)
        for selector in nodes or ():
            yield _PerhapsNodes(self._nodes(selector))
        if groups:
            yield _PerhapsOutside()
        if not ingress and not isinstance(rule, IngressRule):
            for service in rule.to_services or ():
                yield from self._service(policy.namespace, service)

    def _cidr_set(self, entry: CidrRule) -> Iterator[Term]:
        """`except` belongs to its own entry: in a denial, what it takes out is not denied."""
        cidrs = [entry.cidr] if entry.cidr else list(self._group_cidrs(entry))
        for cidr in cidrs:
            yield OutsideAddresses(compile_block(IPBlock(cidr, entry.except_ or ())))

    def _group_cidrs(self, entry: CidrRule) -> Iterator[str]:
        for group in self.world.snapshot.other_policies:
            if group.kind.kind != "CiliumCIDRGroup":
                continue
            chosen = group.name == entry.cidr_group_ref or (
                entry.cidr_group_selector is not None
                and selects(entry.cidr_group_selector.model, group.labels)
            )
            if chosen:
                yield from group.spec.external_cidrs or ()

    def _entity(self, entity: str) -> Term:
        everyone = self.world.sets.all & ~self.world.sets.host_network
        terms: dict[str, Callable[[], Term]] = {
            "all": Everyone,
            "world": Outside,
            "world-ipv4": lambda: Outside(4),
            "world-ipv6": lambda: Outside(6),
            "cluster": lambda: some_of([Pods(everyone), OwnNode(), OtherNodes()]),
            "host": OwnNode,
            "remote-node": OtherNodes,
            "kube-apiserver": self._api_server,
        }
        return terms.get(entity, Nobody)()

    def _api_server(self) -> Term:
        """Where the Service `default/kubernetes` leads."""
        slices = [
            endpoint_slice
            for endpoint_slice in self.world.snapshot.slices
            if (endpoint_slice.namespace, endpoint_slice.service) == ("default", "kubernetes")
        ]
        texts = [
            text
            for endpoint_slice in slices
            for end in endpoint_slice.endpoints
            for text in end.addresses
        ]
        return _ApiServer(frozenset(parse_addresses(texts)))

    def _nodes(self, selector: Selector) -> frozenset[str]:
        nodes = self.world.snapshot.nodes
        wanted = _normal(selector)
        return frozenset(name for name, node in nodes.items() if selects(wanted, node.labels))

    def _service(self, namespace: str, ref: ServiceRef) -> Iterator[Term]:
        """The Service's selector on every port; one without selector is a rule of its addresses."""
        for service in self._services(namespace, ref):
            if service.selector:
                pods = self.world.sets.select(LabelSelector(match_labels=service.selector))
                within = self.world.sets.of_namespace(service.namespace)
                yield Pods(pods & within & ~self.world.sets.host_network)
                continue
            for endpoint_slice in self.world.slices(service):
                for address in (text for end in endpoint_slice.endpoints for text in end.addresses):
                    bits = 128 if ":" in address else 32
                    yield OutsideAddresses(compile_block(IPBlock(f"{address}/{bits}")))

    def _services(self, namespace: str, ref: ServiceRef) -> Iterator[Service]:
        services = self.world.snapshot.services
        if ref.k8s_service is not None and ref.k8s_service.service_name:
            key = (ref.k8s_service.namespace or namespace, ref.k8s_service.service_name)
            if key in services:
                yield services[key]
        if ref.k8s_service_selector is not None:
            wanted = ref.k8s_service_selector
            for (within, _), service in sorted(services.items()):
                anywhere = not namespace and not wanted.namespace
                if not anywhere and within != (wanted.namespace or namespace):
                    continue
                if selects(_normal(wanted.selector), service.labels):
                    yield service

    def _subjects(self, namespace: str, selector: Selector) -> PodSet:
        """An endpointSelector stays in the policy's namespace, whatever it says."""
        if not namespace:
            return self._select(_normal(selector))
        labels = {
            key: value
            for key, value in (selector.match_labels or {}).items()
            if _split(key)[1] != NAMESPACE_KEY
        }
        own = _normal(replace_labels(selector, labels))
        return self.world.sets.of_namespace(namespace) & self._select(own)

    def _peers(self, namespace: str, selector: Selector) -> PodSet:
        """Endpoint selectors get the policy's namespace, unless they name one."""
        chosen = self._select(_normal(selector)) & ~self.world.sets.host_network
        if not namespace or _names_namespace(selector):
            return chosen
        return chosen & self.world.sets.of_namespace(namespace)

    def _select(self, selector: LabelSelector) -> PodSet:
        key = (tuple(sorted(selector.match_labels.items())), selector.match_expressions)
        if key not in self._selected:
            self._selected[key] = sum(
                1 << index
                for index, labels in enumerate(self._pod_labels())
                if selects(selector, labels)
            )
        return self._selected[key]

    def _pod_labels(self) -> list[dict[str, str]]:
        """The labels that a pod's identity has."""
        if self._labels is None:
            sets = self.world.sets
            self._labels = [
                {
                    **{
                        f"{NAMESPACE_LABELS}{key}": value
                        for key, value in sets.namespace_labels(pod.namespace).items()
                    },
                    NAMESPACE_KEY: pod.namespace,
                    _SERVICE_ACCOUNT: pod.service_account,
                    _CLUSTER: "default",
                    **pod.labels,
                }
                for pod in sets.pods
            ]
        return self._labels

    def _say(self, policy: PolicyObject, rule: CiliumRule) -> Iterator[str]:
        ingress = isinstance(rule, IngressRule)
        selectors = rule.from_endpoints if isinstance(rule, IngressRule) else rule.to_endpoints
        for selector in selectors or ():
            labels = describe(_normal(selector))
            where = f" in namespace {policy.namespace}" if policy.namespace else ""
            where = "" if _names_namespace(selector) else where
            yield (f"endpoints with {labels}" if labels else "all endpoints") + where
        cidrs = rule.from_cidr if isinstance(rule, IngressRule) else rule.to_cidr
        sets = rule.from_cidr_set if isinstance(rule, IngressRule) else rule.to_cidr_set
        entities = rule.from_entities if isinstance(rule, IngressRule) else rule.to_entities
        yield from cidrs or ()
        for entry in sets or ():
            group = f"CIDR group {entry.cidr_group_ref or 'by labels'}"
            excepts = f" except {', '.join(entry.except_)}" if entry.except_ else ""
            yield (entry.cidr or group) + excepts
        yield from (f"entity {entity}" for entity in entities or ())
        if not ingress and isinstance(rule, EgressRule):
            for name in rule.to_fqdns or ():
                yield name.match_name or name.match_pattern or "no name"
            for service in rule.to_services or ():
                yield _say_service(service, policy.namespace)


def _say_service(ref: ServiceRef, namespace: str) -> str:
    if ref.k8s_service is not None:
        within = ref.k8s_service.namespace or namespace
        return f"Service {within}/{ref.k8s_service.service_name}"
    return "Services by labels"


def replace_labels(selector: Selector, labels: dict[str, str]) -> Selector:
    """The selector with other matchLabels."""
    return Selector(labels, selector.match_expressions)


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


def _given(rule: CiliumRule) -> bool:
    """Whether the rule names its peers at all, an empty list included."""
    fields: tuple[object, ...] = (
        (
            rule.from_endpoints,
            rule.from_cidr,
            rule.from_cidr_set,
            rule.from_entities,
            rule.from_nodes,
            rule.from_groups,
        )
        if isinstance(rule, IngressRule)
        else (
            rule.to_endpoints,
            rule.to_cidr,
            rule.to_cidr_set,
            rule.to_entities,
            rule.to_nodes,
            rule.to_groups,
            rule.to_services,
            rule.to_fqdns,
        )
    )
    return any(written is not None for written in fields)


def _has_ports(rule: CiliumRule) -> bool:
    return bool(rule.to_ports or rule.icmps)


def _normal(selector: Selector) -> LabelSelector:
    """The selector over the labels of pods: their source is left out."""
    model = selector.model
    return LabelSelector(
        {_key(key): value for key, value in model.match_labels.items()},
        tuple(
            Requirement(_key(requirement.key), requirement.operator, requirement.values)
            for requirement in model.match_expressions
        ),
    )


def _split(key: str) -> tuple[str, str]:
    """The source of a label and its key, as in `k8s:app`."""
    source, colon, rest = key.partition(":")
    return (source, rest) if colon else ("", key)


def _key(key: str) -> str:
    source, rest = _split(key)
    return rest if source in _OF_PODS else f"{_ELSEWHERE}{source}:{rest}"


def _names_namespace(selector: Selector) -> bool:
    """A namespace, or a label of one, in labels or expressions."""
    keys = [
        *(selector.match_labels or {}),
        *(requirement.key for requirement in selector.match_expressions or ()),
    ]
    plain = [_key(key) for key in keys]
    return any(key == NAMESPACE_KEY or key.startswith(NAMESPACE_LABELS) for key in plain)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The DNS rules of a pod's policies: only names that one of them matches are ever learned."""

    rules: tuple[tuple[str | None, str | None], ...]

    def level(self, name: str) -> Level:
        """Whether a name gets known."""
        seen = any(
            cilium_matches(name, match_name=exact, match_pattern=pattern)
            for exact, pattern in self.rules
        )
        return YES if seen else NO


def _seen_names(matchers: Iterable[AnyMatcher]) -> _Seen:
    names: list[tuple[str | None, str | None]] = []
    for matcher in matchers:
        if isinstance(matcher, PolicyMatcher):
            continue
        for rule in matcher.egress or ():
            ports: Sequence[PortRule] = rule.rule.to_ports or () if rule.rule is not None else ()
            for port in ports if rule.action is Action.ALLOW else ():
                if port.rules is not None:
                    names += [
                        (dns_rule.match_name, dns_rule.match_pattern)
                        for dns_rule in port.rules.dns or ()
                    ]
    return _Seen(tuple(names))


def _names(names: tuple[FqdnSelector, ...], seen: _Seen) -> HostNames:
    def matches(name: str) -> bool:
        return any(
            cilium_matches(
                name, match_name=selector.match_name, match_pattern=selector.match_pattern
            )
            for selector in names
        )

    return HostNames(matches, seen.level, MAYBE if seen.rules else NO)


@dataclass(frozen=True, slots=True)
class _ApiServer(Leaf):
    """The API server. Without its addresses a node may be it, and a host outside is taken not to
    be."""

    addresses: frozenset[tuple[int, int]]

    def level(self, endpoint: PolicyEndpoint) -> Level:
        if endpoint.kind is PolicyEndpointKind.POD and not endpoint.host_network:
            return NO
        if self.addresses:
            return YES if self.addresses & set(endpoint.addresses) else NO
        return MAYBE if endpoint.kind is PolicyEndpointKind.NODE else NO


@dataclass(frozen=True, slots=True)
class _PerhapsNodes(Leaf):
    """Nodes by their labels, where the feature is switched on (enable-node-selector-labels)."""

    names: frozenset[str]

    def level(self, endpoint: PolicyEndpoint) -> Level:
        return min(MAYBE, Nodes(self.names).level(endpoint))


@dataclass(frozen=True, slots=True)
class _PerhapsOutside(Leaf):
    """Hosts outside that a cloud's API tells, such as the members of a security group."""

    def level(self, endpoint: PolicyEndpoint) -> Level:
        return MAYBE if endpoint.kind is PolicyEndpointKind.HOST else NO
