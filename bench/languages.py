"""Policies of the other languages for a made-up cluster, always the same for the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from prober.manifest import decode_object
from prober.model.languages import PolicyObject
from prober.model.languages.kinds import BY_KIND
from prober.model.snapshot import Snapshot

_ADMIN = "policy.networking.k8s.io/v1alpha1"


def with_language(snapshot: Snapshot, language: str) -> Snapshot:
    """The cluster with one or two policies of a language for each of its namespaces, beside its
    NetworkPolicies."""
    names = [name for name in snapshot.namespaces if name != "kube-system"]
    made = [policy for number, name in enumerate(names) for policy in _MADE[language](number, name)]
    return replace(snapshot, other_policies=tuple(made))


def _object(version: str, kind: str, name: str, spec: Any, namespace: str = "") -> PolicyObject:
    value = {"metadata": {"name": name, "namespace": namespace}, "spec": spec}
    return decode_object(BY_KIND[version, kind], version, value)


def _admin(number: int, name: str) -> Sequence[PolicyObject]:
    space = {"namespaces": {"matchLabels": {"kubernetes.io/metadata.name": name}}}
    team = {"namespaces": {"matchLabels": {"team": f"t{number % 5}"}}}
    rules = [
        {"action": "Pass", "from": [team]},
        {"action": "Deny", "from": [{"namespaces": {}}], "ports": [{"portNumber": {"port": 5432}}]},
    ]
    spec = {"priority": number % 1000, "subject": space, "ingress": rules}
    return [_object(_ADMIN, "AdminNetworkPolicy", f"a{number}", spec)]


def _cilium(number: int, name: str) -> Sequence[PolicyObject]:
    deny = [{"fromEndpoints": [{"matchLabels": {"tier": "front"}}]}]
    allow = [
        {"fromEndpoints": [{}], "toPorts": [{"ports": [{"port": "80", "protocol": "TCP"}]}]},
        {"fromEntities": ["host", "world"]},
    ]
    spec = {
        "endpointSelector": {"matchLabels": {"tier": "data"}},
        "ingress": allow,
        "ingressDeny": deny,
    }
    return [_object("cilium.io/v2", "CiliumNetworkPolicy", f"c{number}", spec, name)]


def _calico(number: int, name: str) -> Sequence[PolicyObject]:
    rules = [
        {"action": "Log"},
        {"action": "Deny", "source": {"selector": "tier == 'front'"}},
        {"action": "Pass", "source": {"namespaceSelector": f"team != 't{number % 5}'"}},
    ]
    spec = {"order": 500 + number, "selector": "tier == 'data'", "ingress": rules}
    return [_object("projectcalico.org/v3", "NetworkPolicy", f"k{number}", spec, name)]


_MADE: Mapping[str, Callable[[int, str], Sequence[PolicyObject]]] = {
    "AdminNetworkPolicy": _admin,
    "Cilium": _cilium,
    "Calico": _calico,
}
LANGUAGES = tuple(_MADE)
