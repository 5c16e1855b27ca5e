"""A world for each check about the other policy languages."""

from __future__ import annotations

from audit_world import PODS


def other(version: str, kind: str, name: str, spec: str, namespace: str = "") -> str:
    """An object of another language; its spec in one line of YAML."""
    where = f", namespace: {namespace}" if namespace else ""
    return (
        f"---\napiVersion: {version}\nkind: {kind}\nmetadata: {{name: {name}{where}}}\n"
        f"spec: {{{spec}}}\n"
    )


ADMIN = "policy.networking.k8s.io/v1alpha1"
EVERYONE = "subject: {namespaces: {}}"


def admin(name: str, priority: int, rules: str) -> str:
    spec = f"priority: {priority}, {EVERYONE}, {rules}"
    return other(ADMIN, "AdminNetworkPolicy", name, spec)


def cilium(rules: str) -> str:
    spec = f"endpointSelector: {{matchLabels: {{app: web}}}}, {rules}"
    return other("cilium.io/v2", "CiliumNetworkPolicy", "p", spec, "shop")


def rule(action: str, peer: str = "{namespaces: {}}") -> str:
    return f"{{action: {action}, to: [{peer}]}}"


ADDRESSED = """\
---
apiVersion: v1
kind: Pod
metadata: {name: fixed, namespace: shop, labels: {app: fixed}}
spec: {nodeName: n1, containers: [{name: c, ports: [{containerPort: 80}]}]}
status: {phase: Running, podIPs: [{ip: 198.18.7.7}]}
"""
KUBE_ROUTER = """\
---
apiVersion: v1
kind: Pod
metadata: {name: kube-router-1, namespace: kube-system, labels: {k8s-app: kube-router}}
spec: {nodeName: n1, hostNetwork: true, containers: [{name: c}]}
status: {phase: Running, podIPs: [{ip: 198.51.100.11}]}
"""

WORLDS = {
    "rule-shadowed": (
        PODS,
        admin("a", 1, f"egress: [{rule('Deny')}, {rule('Allow')}]"),
    ),
    "rule-overridden": (
        PODS,
        admin("a", 1, f"egress: [{rule('Deny')}]"),
        other(
            ADMIN,
            "BaselineAdminNetworkPolicy",
            "default",
            f"{EVERYONE}, egress: [{rule('Allow')}]",
        ),
    ),
    "pass-into-nothing": (PODS, admin("a", 1, f"egress: [{rule('Pass')}]")),
    "priority-tie": (
        PODS,
        admin("a", 1, f"egress: [{rule('Deny')}]"),
        admin("b", 1, f"egress: [{rule('Allow')}]"),
    ),
    "denial-of-nothing": (
        PODS,
        cilium("egressDeny: [{toEndpoints: [{matchLabels: {app: nobody}}]}]"),
    ),
    "cidr-meant-for-pods": (PODS, ADDRESSED, cilium("egress: [{toCIDR: [198.18.7.0/24]}]")),
    "fqdn-without-dns-rule": (PODS, cilium("egress: [{toFQDNs: [{matchName: git.example.com}]}]")),
    "policy-of-another-engine": (PODS, KUBE_ROUTER, cilium("egress: [{}]")),
}
