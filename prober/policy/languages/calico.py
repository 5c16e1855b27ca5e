"""Calico's tiers, in one of which NetworkPolicies stand.

Sources: Calico's documentation of its resources, and libcalico-go's conversion of v3 policies to
what Felix enforces (lib/backend/syncersv1/updateprocessors: the namespace in a namespaced policy's
selectors, `all()` and `global()` in namespaceSelectors, service accounts as labels), and Felix's
order of policies (felix/calc/policy_sorter.go). After the last tier the pod's profile decides, and
allows.

Selectors select pods and network sets, and Calico compares addresses: what an address belongs to
does not matter for `nets`, and a pod inside a network set's block is in that set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from prober.manifest.languages.selector_grammar import Selection, parse_selector
from prober.model.languages.calico import (
    CalicoSpec,
    EntityRule,
    NetworkSetSpec,
    Rule,
    ServiceAccounts,
    TierSpec,
)
from prober.model.languages.kinds import Language, PolicyObject
from prober.model.objects import IPBlock
from prober.model.prediction import Direction
from prober.policy.deciding.plans import TierPlan, placed
from prober.policy.deciding.rules.addresses import compile_block
from prober.policy.deciding.rules.levels import MAYBE, YES, Level
from prober.policy.deciding.rules.pod_sets import PodSet
from prober.policy.deciding.rules.policies import TieredMatcher
from prober.policy.deciding.rules.ports import Port
from prober.policy.deciding.rules.terms import (
    Addresses,
    Everyone,
    HostNames,
    Not,
    Pods,
    Term,
    Version,
    all_of,
    some_of,
)
from prober.policy.deciding.rules.tiered_rules import TieredRule
from prober.policy.deciding.rules.tiers import Action
from prober.policy.languages import admin
from prober.policy.languages.calico_order import Ranked, settled, stored_name
from prober.policy.languages.calico_ports import ports_of, say_ports
from prober.policy.languages.calico_requests import requests_of
from prober.policy.languages.calico_selectors import holds, holds_of_namespace
from prober.policy.languages.calico_services import service_ends
from prober.policy.languages.domains import any_domain
from prober.policy.languages.saying import say

if TYPE_CHECKING:
    from prober.policy.deciding.world import World

DEFAULT_TIER = "default"
ADMIN_TIER, BASELINE_TIER = "kube-admin", "kube-baseline"
_OLDER_NAMES = {
    "adminnetworkpolicy": ADMIN_TIER,
    "baselineadminnetworkpolicy": BASELINE_TIER,
}
"""What versions before 3.31 call these two tiers."""
_ORDERS = {DEFAULT_TIER: 1_000_000.0, ADMIN_TIER: 1_000.0, BASELINE_TIER: 10_000_000.0}
"""Of the tiers that Calico makes itself."""
NETWORK_POLICY_ORDER = 1_000.0
_NAMESPACE = "projectcalico.org/namespace"
_NO_ACCOUNTS = ServiceAccounts()
_ACTIONS = {"Allow": Action.ALLOW, "Deny": Action.DENY, "Pass": Action.PASS, "Log": Action.LOG}


def plans_of(world: World) -> tuple[TierPlan, ...]:
    """The tiers in their order."""
    compiler = Compiler(world)
    tiers: dict[str, list[Ranked]] = {DEFAULT_TIER: []}
    for matcher in world.policies:
        ref = matcher.policy.ref
        key = f"{ref.namespace}/knp.default.{ref.name}"
        newer = ref.name, ref.namespace
        tiers[DEFAULT_TIER].append(Ranked(NETWORK_POLICY_ORDER, key, newer, matcher))
    for policy in world.snapshot.other_policies:
        if not _enforced(policy):
            continue
        tier = _OLDER_NAMES.get(policy.spec.tier, policy.spec.tier) or DEFAULT_TIER
        order = inf if policy.spec.order is None else policy.spec.order
        newer = policy.name, policy.namespace
        ranked = Ranked(order, stored_name(policy, tier), newer, compiler.policy(policy))
        tiers.setdefault(tier, []).append(ranked)
    before, after = admin.tiers_of(world)
    for name, matchers in ((ADMIN_TIER, before), (BASELINE_TIER, after)):
        tiers.setdefault(name, []).extend(
            Ranked(
                admin_matcher.priority,
                admin_matcher.policy.ref.name,
                (admin_matcher.policy.ref.name, ""),
                admin_matcher,
            )
            for admin_matcher in matchers
        )
    specs = _tier_specs(world)
    plans = []
    for name in sorted(tiers, key=lambda name: (_tier_order(name, specs), name)):
        in_order = sorted(tiers[name], key=lambda member: (member.order, member.key))
        if in_order:
            policies = placed(world, settled(in_order))
            plans.append(TierPlan(f"tier {name}", policies, _end(name, specs)))
    return tuple(plans)


def _asked(name: str) -> Level:
    """A name that a client asks for is known: Calico watches what trusted DNS servers answer."""
    return YES


def _enforced(policy: PolicyObject) -> bool:
    """Whether it decides about pods: staged policies and those before connection tracking or DNAT,
    which are of hosts only, do not."""
    if policy.kind.language is not Language.CALICO or not policy.kind.policy:
        return False
    if policy.kind.left_out or not isinstance(policy.spec, CalicoSpec):
        return False
    return not policy.spec.do_not_track and not policy.spec.pre_dnat


def _tier_specs(world: World) -> Mapping[str, TierSpec]:
    return {
        resource.name: resource.spec
        for resource in world.snapshot.other_policies
        if isinstance(resource.spec if resource.specs else None, TierSpec)
    }


def _tier_order(name: str, specs: Mapping[str, TierSpec]) -> float:
    if name in _ORDERS:
        return _ORDERS[name]
    order = specs[name].order if name in specs else None
    return inf if order is None else order


def _end(name: str, specs: Mapping[str, TierSpec]) -> Action:
    if name in (ADMIN_TIER, BASELINE_TIER):
        return Action.PASS
    passes = name in specs and specs[name].default_action == "Pass"
    return Action.PASS if passes else Action.DENY


@dataclass(slots=True)
class Compiler:
    """Makes policies ready for matching."""

    world: World
    _trees: dict[str, Selection] = field(default_factory=dict)

    def policy(self, policy: PolicyObject) -> TieredMatcher:
        """One policy."""
        spec: CalicoSpec = policy.spec
        types = types_of(spec, raw=policy.api_version.startswith("crd."))
        ingress = self._rules(policy, spec.ingress, "ingress") if "Ingress" in types else None
        egress = self._rules(policy, spec.egress, "egress") if "Egress" in types else None
        place = "" if spec.order is None else f"order {spec.order:g}"
        return TieredMatcher(
            policy,
            self._subjects(policy),
            ingress,
            egress,
            inf if spec.order is None else spec.order,
            place or "no order",
            closes_ingress=ingress is not None,
            closes_egress=egress is not None,
        )

    def _subjects(self, policy: PolicyObject) -> PodSet:
        spec: CalicoSpec = policy.spec
        sets = self.world.sets
        pods = self._pods(
            spec.selector, spec.namespace_selector, service_accounts=spec.service_account_selector
        )
        return pods & (sets.of_namespace(policy.namespace) if policy.namespace else sets.all)

    def _pods(
        self,
        selector: str | None,
        namespace_selector: str | None,
        *,
        service_accounts: str | None = None,
        names: Sequence[str] | None = None,
    ) -> PodSet:
        """The pods that all of these select; absent ones select every pod. Pods on the host network
        are no endpoints of Calico's."""
        chosen = 0
        for index, pod in enumerate(self.world.sets.pods):
            account = self.world.snapshot.service_accounts.get(
                (pod.namespace, pod.service_account), {}
            )
            labels = {
                **pod.labels,
                _NAMESPACE: pod.namespace,
                "projectcalico.org/orchestrator": "k8s",
                "projectcalico.org/serviceaccount": pod.service_account,
            }
            account = {**account, "projectcalico.org/name": pod.service_account}
            if (
                not pod.host_network
                and (selector is None or holds(self._tree(selector), labels))
                and self._in_namespaces(namespace_selector, pod.namespace)
                and (service_accounts is None or holds(self._tree(service_accounts), account))
                and (not names or pod.service_account in names)
            ):
                chosen |= 1 << index
        return chosen

    def _in_namespaces(self, selector: str | None, namespace: str) -> bool:
        """Does a namespaceSelector select what is in a namespace (empty: in none)."""
        if selector is None or not selector.strip():
            return True
        labels: dict[str, str] = {}
        if namespace:
            labels = {
                **self.world.sets.namespace_labels(namespace),
                "projectcalico.org/name": namespace,
            }
        return holds_of_namespace(self._tree(selector), labels, namespaced=bool(namespace))

    def _tree(self, text: str) -> Selection:
        if text not in self._trees:
            self._trees[text] = parse_selector(text)
        return self._trees[text]

    def _rules(
        self, policy: PolicyObject, rules: Sequence[Rule] | None, direction: Direction
    ) -> tuple[TieredRule, ...]:
        return tuple(
            made
            for index, rule in enumerate(rules or ())
            for made in self._rule(policy, index, rule, direction)
        )

    def _rule(
        self, policy: PolicyObject, index: int, rule: Rule, direction: Direction
    ) -> Iterator[TieredRule]:
        """A rule; several, one for each port, where it means the endpoints of a Service."""
        ingress = direction == "ingress"
        source, destination = rule.source or EntityRule(), rule.destination or EntityRule()
        peer, own = (source, destination) if ingress else (destination, source)
        action = _ACTIONS[rule.action]
        term, subject = self._end_term(policy, peer), self._end_term(policy, own)
        if rule.ip_version:
            term = all_of([term, Version(rule.ip_version)])
        ends: list[tuple[Term, Port | None]] = [(term, None)]
        if peer.services is not None:
            ends = [
                (all_of([term, endpoints]), None if ingress else port)
                for endpoints, port in service_ends(self.world, policy.namespace, peer.services)
            ]
        for which, at in ends:
            yield TieredRule(
                index,
                action,
                which,
                ports_of(rule, at),
                say(action, say_ports(rule), self._say(policy, peer), direction),
                rule,
                subject=None if _says_nothing(own) else subject,
                narrowed=MAYBE if rule.http is not None and action is Action.DENY else YES,
                requests=requests_of(rule) if action is Action.ALLOW else None,
            )

    def _end_term(self, policy: PolicyObject, end: EntityRule) -> Term:
        """Everything that a rule says about one end, ports aside: all of it must hold."""
        terms: list[Term] = []
        if end.nets:
            terms.append(some_of([_block(net) for net in end.nets]))
        if end.not_nets:
            terms.append(Not(some_of([_block(net) for net in end.not_nets])))
        if _selects(policy, end):
            terms.append(self._selected(policy, end))
        if end.domains:
            terms.append(HostNames(any_domain(end.domains), _asked))
        if end.not_selector is not None:
            terms.append(Not(self._matching(end.not_selector, None, "")))
        return all_of(terms) if terms else Everyone()

    def _selected(self, policy: PolicyObject, end: EntityRule) -> Term:
        """What selectors select. A namespaced policy means its own namespace, unless the rule has a
        namespaceSelector."""
        within = policy.namespace if not end.namespace_selector else ""
        accounts = end.service_accounts or _NO_ACCOUNTS
        return self._matching(end.selector, end.namespace_selector, within, accounts)

    def _matching(
        self,
        selector: str | None,
        namespaces: str | None,
        within: str,
        accounts: ServiceAccounts = _NO_ACCOUNTS,
    ) -> Term:
        """The pods and the network sets of a selector. Service accounts are labels to Calico, and
        network sets have none of them: they match what is said about a label's absence."""
        sets = self.world.sets
        pods = self._pods(
            selector, namespaces, service_accounts=accounts.selector, names=accounts.names
        )
        terms: list[Term] = [Pods(pods & (sets.of_namespace(within) if within else sets.all))]
        without = not accounts.names and (
            not accounts.selector or holds(self._tree(accounts.selector), {})
        )
        for resource in self.world.snapshot.other_policies if without else ():
            spec = resource.spec if resource.specs else None
            if not isinstance(spec, NetworkSetSpec):
                continue
            labels = {
                **resource.labels,
                **({_NAMESPACE: resource.namespace} if resource.namespace else {}),
            }
            if (
                (not within or resource.namespace == within)
                and (selector is None or holds(self._tree(selector), labels))
                and self._in_namespaces(namespaces, resource.namespace)
            ):
                terms += [_block(net) for net in spec.nets or ()]
        return some_of(terms)

    @staticmethod
    def _say(policy: PolicyObject, end: EntityRule) -> list[str]:
        parts: list[str] = []
        if _selects(policy, end):
            what = f"{end.selector}" if end.selector else "all pods"
            where = (
                f" in namespaces {end.namespace_selector}"
                if end.namespace_selector
                else f" in namespace {policy.namespace}"
                if policy.namespace
                else ""
            )
            parts.append(what + where)
        if end.not_selector is not None:
            parts.append(f"not {end.not_selector}")
        if end.domains:
            parts.append(" or ".join(end.domains))
        accounts = end.service_accounts
        if accounts is not None and (accounts.names or accounts.selector):
            who = [*(accounts.names or ()), *filter(None, (accounts.selector,))]
            parts.append(f"service accounts {', '.join(who)}")
        if end.nets:
            parts.append(", ".join(end.nets))
        if end.not_nets:
            parts.append(f"outside of {', '.join(end.not_nets)}")
        if end.services is not None:
            parts.append(
                f"Service {end.services.namespace or policy.namespace}/{end.services.name}"
            )
        return [" and ".join(parts)] if parts else []


def _selects(policy: PolicyObject, end: EntityRule) -> bool:
    """Whether the rule's end is limited to endpoints and network sets: by a selector of any kind.
    In a namespaced policy a lone notSelector limits it to the namespace, too."""
    accounts = end.service_accounts
    named = accounts is not None and bool(accounts.names or accounts.selector)
    alone = bool(end.not_selector and policy.namespace)
    return bool(end.selector or end.namespace_selector or named or alone)


def _says_nothing(end: EntityRule) -> bool:
    """About the policy's own pod: ports aside, which are the flow's."""
    said = (end.selector, end.not_selector, end.namespace_selector, end.service_accounts)
    return not any(said) and not end.nets and not end.not_nets


def types_of(spec: CalicoSpec, *, raw: bool) -> Sequence[str]:
    """The directions that a policy is about. Absent: Ingress, unless there are only egress rules,
    or both; what the API server would have filled in is not there in a `raw` object, which means
    both."""
    if spec.types:
        return spec.types
    if raw:
        return ("Ingress", "Egress")
    if spec.egress and spec.ingress:
        return ("Ingress", "Egress")
    return ("Egress",) if spec.egress else ("Ingress",)


def _block(net: str) -> Addresses:
    bits = "" if "/" in net else "/128" if ":" in net else "/32"
    return Addresses(compile_block(IPBlock(net + bits)))
