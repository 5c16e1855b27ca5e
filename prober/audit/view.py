"""What a check looks at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from prober.audit.selecting import selects_every_pod
from prober.manifest import with_cluster_dns
from prober.model.objects import LabelSelector, NetworkPolicy, Pod, PolicyRule, Protocol, Ref
from prober.model.prediction import Direction
from prober.model.snapshot import Snapshot
from prober.policy import Kept, Predictor, kept_from_dns, running_engine
from prober.policy.deciding import (
    Engine,
    PodSet,
    PolicyMatcher,
    RuleMatcher,
    TieredMatcher,
    members,
)

DIRECTIONS: tuple[Direction, ...] = ("ingress", "egress")
SYSTEM = frozenset(("kube-system", "kube-public", "kube-node-lease"))
"""Namespaces of Kubernetes itself, where a default deny breaks more than it protects."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What Cilium says about one pod, from its CiliumEndpoint."""

    number: int
    """The security identity; 0 when there is none. Below 256: a reserved one (5 is `init`)."""
    labels: tuple[str, ...] = ()
    """As in `reserved:init` or `k8s:app=web`."""


@dataclass(frozen=True)
class View:
    """One snapshot with everything that checks look up."""

    snapshot: Snapshot
    identities: Mapping[tuple[str, str], Identity] | None = None
    """By (namespace, pod), from Cilium; None where there is no Cilium, or nothing is known of
    it."""
    predictor: Predictor = field(init=False)

    def __post_init__(self) -> None:
        # One world for all checks: building its index costs more than any check. It has pods that
        # do not exist yet, so that a policy for tonight's CronJob is not reported as selecting
        # nothing.
        object.__setattr__(self, "predictor", Predictor(_with_possible_pods(self.snapshot)))

    @property
    def written(self) -> bool:
        """Is it of manifests, which may be only some of those that a cluster gets."""
        return bool(self.snapshot.origins)

    @cached_property
    def engine(self) -> Engine | None:
        """Who enforces policies, where its agents or its own policies tell; None: not known."""
        running = running_engine(self.snapshot)
        own = self.predictor.world.engine
        return running or (own if own.name else None)

    @property
    def where(self) -> str:
        """Where pods were looked for, after "no pod": ` in these manifests`; empty for a cluster,
        which has all of them."""
        return " in these manifests" if self.written else ""

    @cached_property
    def policies(self) -> tuple[PolicyMatcher, ...]:
        """Every policy with the pods it selects."""
        return self.predictor.world.policies

    @property
    def matchers(self) -> tuple[PolicyMatcher | TieredMatcher, ...]:
        """The policies of every language that counts here, with the pods they select."""
        return self.predictor.world.matchers

    @cached_property
    def without_dns(self) -> Mapping[Protocol, tuple[Kept, ...]]:
        """The pods that policies keep from cluster DNS, for each protocol."""
        return kept_from_dns(self.snapshot)

    def pods(self, chosen: PodSet) -> list[Pod]:
        """The pods of a set, by namespace and name."""
        return [self.predictor.world.sets.pods[index] for index in members(chosen)]

    @cached_property
    def _isolated(self) -> Mapping[Direction, PodSet]:
        isolated: dict[Direction, PodSet] = {"ingress": 0, "egress": 0}
        for policy in self.matchers:
            for direction in DIRECTIONS:
                if policy.isolates(direction):
                    isolated[direction] |= policy.subjects
        return isolated

    def isolated(self, direction: Direction) -> PodSet:
        """The pods that some policy closes for what no rule allows, in this direction."""
        return self._isolated[direction]

    @cached_property
    def selected(self) -> PodSet:
        """The pods that some policy has rules for, or isolates."""
        chosen = 0
        for policy in self.matchers:
            if any(policy.rules(direction) is not None for direction in DIRECTIONS):
                chosen |= policy.subjects
        return chosen

    @cached_property
    def governed(self) -> PodSet:
        """The pods that policies can govern: running, and not on their node's network."""
        # Pods on the host network are left out: what policies do to them is up to the
        # implementation, and a finding that is right in half of all clusters is wrong.
        sets, there = self.predictor.world.sets, self.snapshot.pods
        return self.possible & sum(
            1 << index for key, index in sets.position.items() if key in there
        )

    @cached_property
    def possible(self) -> PodSet:
        """Those, and the pods that a policy may be meant for although none is there: of a workload
        that is scaled to zero, of a CronJob, of cluster DNS."""
        pods = enumerate(self.predictor.world.sets.pods)
        return sum(1 << index for index, pod in pods if pod.running and not pod.host_network)

    @cached_property
    def applications(self) -> tuple[str, ...]:
        """Namespaces with pods that policies can govern, without those of Kubernetes itself, in
        order."""
        return tuple(sorted({pod.namespace for pod in self.pods(self.governed)} - SYSTEM))

    def default_deny(self, namespace: str, direction: Direction) -> bool:
        """Whether some policy selects every pod of the namespace, also those to come."""
        return any(
            matcher.isolates(direction) and selects_every_pod(matcher, namespace)
            for matcher in self.matchers
        )


def _with_possible_pods(snapshot: Snapshot) -> Snapshot:
    """The snapshot with a pod of every workload that has none now, and, of manifests, with the
    cluster DNS that they leave out."""
    owners = {pod.owner for pod in snapshot.pods.values()}
    pods = {
        (workload.template.namespace, workload.template.name): workload.template
        for workload in snapshot.workloads.values()
        if workload.template is not None and workload.ref not in owners
    }
    # What is there wins over what could be: a pod that runs has the labels that count.
    possible = replace(snapshot, pods={**pods, **snapshot.pods})
    return with_cluster_dns(possible) if snapshot.origins else possible


@dataclass(frozen=True, slots=True)
class PolicyRuleAt:
    """One rule with its place."""

    matcher: PolicyMatcher
    direction: Direction
    rule: RuleMatcher

    @property
    def policy(self) -> NetworkPolicy:
        return self.matcher.policy

    @property
    def written(self) -> PolicyRule:
        return self.rule.rule

    @property
    def path(self) -> tuple[str | int, ...]:
        return ("spec", self.direction, self.rule.index)

    def __str__(self) -> str:
        """As in `ingress[0] of NetworkPolicy shop/web`."""
        return f"{self.direction}[{self.rule.index}] of NetworkPolicy {self.policy.ref}"


def rules(view: View, *directions: Direction) -> Iterator[PolicyRuleAt]:
    """Every rule that counts, of these directions (none given: of both)."""
    for matcher in view.policies:
        for direction in directions or DIRECTIONS:
            for rule in matcher.rules(direction) or ():
                yield PolicyRuleAt(matcher, direction, rule)


def by_workload(pods: Iterable[Pod]) -> Mapping[Ref, list[Pod]]:
    """The pods under the workload that owns them (or under themselves), in order."""
    grouped: defaultdict[Ref, list[Pod]] = defaultdict(list)
    for pod in pods:
        grouped[pod.owner or pod.ref].append(pod)
    return dict(sorted(grouped.items()))


def workload_text(ref: Ref, pods: list[Pod]) -> str:
    """As in `Deployment shop/web (3 pods)`."""
    return f"{ref.kind} {ref}" + (f" ({len(pods)} pods)" if len(pods) > 1 else "")


def selects_all(selector: LabelSelector | None) -> bool:
    """Whether a selector is there and selects everything."""
    return selector is not None and selector.empty
