"""Policies as the API takes them, with every default written out: for baselines, new policies and
patches. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prober.model.objects import (
    Labels,
    LabelSelector,
    NetworkPolicy,
    PolicyPeer,
    PolicyPort,
    PolicyRule,
)
from prober.model.prediction import Direction


def policy_manifest(policy: NetworkPolicy) -> Mapping[str, Any]:
    """The manifest of a policy, without apiVersion and kind: name, namespace and what it says."""
    spec: dict[str, Any] = {
        "podSelector": selector_manifest(policy.pod_selector),
        "policyTypes": list(policy.types),
    }
    if policy.ingress:
        spec["ingress"] = [rule_manifest(rule, "ingress") for rule in policy.ingress]
    if policy.egress:
        spec["egress"] = [rule_manifest(rule, "egress") for rule in policy.egress]
    return {"metadata": {"name": policy.name, "namespace": policy.namespace}, "spec": spec}


def whole_manifest(policy: NetworkPolicy, labels: Labels | None = None) -> Mapping[str, Any]:
    """The same with apiVersion and kind, as a file of its own or a request has it."""
    written = policy_manifest(policy)
    metadata = {**written["metadata"], **({"labels": dict(labels)} if labels else {})}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        **written,
        "metadata": metadata,
    }


def rule_manifest(rule: PolicyRule, direction: Direction) -> Mapping[str, Any]:
    """One rule of a direction."""
    written: dict[str, Any] = {}
    if rule.peers:
        written["from" if direction == "ingress" else "to"] = [_peer(peer) for peer in rule.peers]
    if rule.ports:
        written["ports"] = [_port(port) for port in rule.ports]
    return written


def _peer(peer: PolicyPeer) -> Mapping[str, Any]:
    written: dict[str, Any] = {}
    if peer.namespace_selector is not None:
        written["namespaceSelector"] = selector_manifest(peer.namespace_selector)
    if peer.pod_selector is not None:
        written["podSelector"] = selector_manifest(peer.pod_selector)
    if peer.ip_block is not None:
        written["ipBlock"] = {"cidr": peer.ip_block.cidr}
        if peer.ip_block.excepts:
            written["ipBlock"]["except"] = list(peer.ip_block.excepts)
    return written


def _port(port: PolicyPort) -> Mapping[str, Any]:
    written: dict[str, Any] = {"protocol": port.protocol}
    if port.port is not None:
        written["port"] = port.port
    if port.end_port is not None:
        written["endPort"] = port.end_port
    return written


def selector_manifest(selector: LabelSelector) -> Mapping[str, Any]:
    """A label selector as an object has it."""
    written: dict[str, Any] = {}
    if selector.match_labels:
        written["matchLabels"] = dict(sorted(selector.match_labels.items()))
    if selector.match_expressions:
        written["matchExpressions"] = [
            {"key": requirement.key, "operator": requirement.operator}
            | ({"values": list(requirement.values)} if requirement.values else {})
            for requirement in selector.match_expressions
        ]
    return written
