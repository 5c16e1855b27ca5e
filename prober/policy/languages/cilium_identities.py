"""Identities as Cilium's selectors see them: pods by their labels, and what has no pod's labels.

Nodes, the API server and hosts outside have identities too, with labels of the source `reserved`
(source: Cilium's documentation of identities, "Special identities"). A selector that names a
namespace means whatever has that label, and one of `reserved` labels is not limited to a namespace
at all (pkg/k8s/apis/cilium.io/utils), so both may select more than pods: `NotIn` a namespace holds
for what is in none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from prober.model.languages.shapes import Selector
from prober.model.objects import LabelSelector, Requirement
from prober.policy.deciding.rules.addresses import parse_addresses
from prober.policy.deciding.rules.levels import MAYBE, NO, YES, Level
from prober.policy.deciding.rules.pod_sets import PodSet
from prober.policy.deciding.rules.policy_endpoints import PolicyEndpoint, PolicyEndpointKind
from prober.policy.deciding.rules.selectors import key_of, selects
from prober.policy.deciding.rules.terms import (
    Leaf,
    Not,
    OtherNodes,
    Outside,
    OwnNode,
    Pods,
    Term,
    all_of,
    some_of,
)

if TYPE_CHECKING:
    from prober.policy.deciding.world import World

NAMESPACE_KEY = "io.kubernetes.pod.namespace"
NAMESPACE_LABELS = "io.cilium.k8s.namespace.labels."
_SERVICE_ACCOUNT = "io.cilium.k8s.policy.serviceaccount"
_CLUSTER = "io.cilium.k8s.policy.cluster"
_OF_PODS = frozenset(("", "k8s", "any"))
"""The sources of labels that pods have."""
_RESERVED = "reserved"
_ELSEWHERE = "\0"
"""In front of keys of other sources, which no pod has."""


@dataclass(frozen=True, slots=True)
class Identities:
    """What a selector selects."""

    pods: PodSet = 0
    reserved: frozenset[tuple[str, ...]] = frozenset()
    """Of the others, the reserved labels of each."""

    def __or__(self, other: Identities) -> Identities:
        return Identities(self.pods | other.pods, self.reserved | other.reserved)

    def __and__(self, other: Identities) -> Identities:
        return Identities(self.pods & other.pods, self.reserved & other.reserved)


_HOST, _REMOTE, _WORLD, _API = "host", "remote-node", "world", "kube-apiserver"
RESERVED = frozenset(
    labels for kind in (_HOST, _REMOTE, _WORLD) for labels in ((kind,), (kind, _API))
)
"""Who has an identity without being a pod: the own node, the others, hosts outside, and each of
them where it is the API server."""


@dataclass(slots=True)
class Selecting:
    """Selects identities of one world."""

    world: World
    _selected: dict[object, PodSet] = field(default_factory=dict)
    _labels: list[dict[str, str]] | None = None

    @property
    def everything(self) -> Identities:
        """Every identity."""
        return Identities(self.world.sets.all, RESERVED)

    def subjects(self, namespace: str, selector: Selector) -> PodSet:
        """An endpointSelector stays in the policy's namespace, whatever its labels say of one."""
        if not namespace:
            return self._pods(normal(selector))
        labels = {
            key: value
            for key, value in (selector.match_labels or {}).items()
            if _split(key)[1] != NAMESPACE_KEY
        }
        own = normal(Selector(labels, selector.match_expressions))
        return self.world.sets.of_namespace(namespace) & self._pods(own)

    def peers(self, namespace: str, selector: Selector, *, required: bool = False) -> Identities:
        """Who is meant by an endpoint selector, or by a `required` one: both get the policy's
        namespace, unless they name one; the former also not where they have reserved labels."""
        wanted = normal(selector)
        pods = self._pods(wanted) & ~self.world.sets.host_network
        if names_namespace(selector) or (names_reserved(selector) and not required):
            return Identities(pods, frozenset(filter(_holding(wanted), RESERVED)))
        if namespace:
            pods &= self.world.sets.of_namespace(namespace)
        return Identities(pods)

    def _pods(self, selector: LabelSelector) -> PodSet:
        key = key_of(selector)
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


def term_of(identities: Identities, world: World) -> Term:
    """The same as the other end of a rule."""
    if not identities.reserved:
        return Pods(identities.pods)
    return some_of([Pods(identities.pods), *_reserved_terms(identities.reserved, world)])


def _reserved_terms(reserved: frozenset[tuple[str, ...]], world: World) -> Iterator[Term]:
    ends: dict[str, Term] = {_HOST: OwnNode(), _REMOTE: OtherNodes(), _WORLD: Outside()}
    for kind, end in ends.items():
        plain, api = (kind,) in reserved, (kind, _API) in reserved
        if plain and api:
            yield end
        elif api:
            yield all_of([end, api_server(world)])
        elif plain:
            yield all_of([end, Not(api_server(world))])


def _holding(selector: LabelSelector) -> Callable[[tuple[str, ...]], bool]:
    def holds(labels: tuple[str, ...]) -> bool:
        return selects(selector, {_elsewhere(_RESERVED, label): "" for label in labels})

    return holds


def api_server(world: World) -> Term:
    """Where the Service `default/kubernetes` leads."""
    texts = [
        text
        for endpoint_slice in world.snapshot.slices
        if (endpoint_slice.namespace, endpoint_slice.service) == ("default", "kubernetes")
        for end in endpoint_slice.endpoints
        for text in end.addresses
    ]
    return _ApiServer(frozenset(parse_addresses(texts)))


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


def normal(selector: Selector) -> LabelSelector:
    """The selector over the labels of pods: their source is left out."""
    model = selector.model
    return LabelSelector(
        {_key(key): value for key, value in model.match_labels.items()},
        tuple(
            Requirement(_key(requirement.key), requirement.operator, requirement.values)
            for requirement in model.match_expressions
        ),
    )


def names_namespace(selector: Selector) -> bool:
    """A namespace, or a label of one, in labels or expressions."""
    return any(
        key == NAMESPACE_KEY or key.startswith(NAMESPACE_LABELS)
        for key in map(_key, _keys(selector))
    )


def names_reserved(selector: Selector) -> bool:
    """A label of the source `reserved`."""
    return any(_split(key)[0] == _RESERVED for key in _keys(selector))


def _keys(selector: Selector) -> list[str]:
    expressions = selector.match_expressions or ()
    return [*(selector.match_labels or {}), *(requirement.key for requirement in expressions)]


def _split(key: str) -> tuple[str, str]:
    """The source of a label and its key, as in `k8s:app`."""
    source, colon, rest = key.partition(":")
    return (source, rest) if colon else ("", key)


def _key(key: str) -> str:
    source, rest = _split(key)
    return rest if source in _OF_PODS else _elsewhere(source, rest)


def _elsewhere(source: str, key: str) -> str:
    return f"{_ELSEWHERE}{source}:{key}"
