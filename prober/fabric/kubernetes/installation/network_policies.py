"""PURE. What prober's own pods may reach, and who may reach them. Agents are on their node's
network, which NetworkPolicies do not govern; probe pods stand for others, whose policies are the
point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prober.fabric.kubernetes.installation import operator, page
from prober.fabric.kubernetes.installation.names import NAME, OPERATOR, PAGE, Choices, labelled
from prober.fabric.kubernetes.installation.runs import NAME as RUN

_API_SERVER = [{"protocol": "TCP", "port": 443}, {"protocol": "TCP", "port": 6443}]
"""An API server is no pod, and its addresses are nobody's to know here: its usual ports."""
_DNS = [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]


def network_policies(choices: Choices) -> Sequence[Mapping[str, Any]]:
    """The namespace of runs is closed; runs, the operator and the page reach the API server and
    DNS; the operator's health and metrics can be asked for, and the page."""
    asks = {"matchExpressions": [{"key": NAME, "operator": "In", "values": [OPERATOR, RUN, PAGE]}]}
    return [
        _policy(choices, "prober-default-deny", {"podSelector": {}, "policyTypes": _BOTH}),
        _policy(
            choices,
            "prober-asks-api-server",
            {
                "podSelector": asks,
                "policyTypes": ["Egress"],
                "egress": [{"ports": [*_API_SERVER, *_DNS]}],
            },
        ),
        _policy(choices, "prober-operator-metrics", _asked(OPERATOR, operator.PORT)),
        _policy(choices, PAGE, _asked(PAGE, page.PORT)),
    ]


_BOTH = ["Ingress", "Egress"]


def _asked(name: str, port: int) -> Mapping[str, Any]:
    return {
        "podSelector": {"matchLabels": {NAME: name}},
        "policyTypes": ["Ingress"],
        "ingress": [{"ports": [{"protocol": "TCP", "port": port}]}],
    }


def _policy(choices: Choices, name: str, spec: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata = {"name": name, "namespace": choices.runs_namespace, "labels": labelled(name)}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata,
        "spec": dict(spec),
    }
