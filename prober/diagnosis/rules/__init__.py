"""One rule a file, and the one table of them. The order is the order of explaining: what breaks most comes first."""

from __future__ import annotations

from prober.diagnosis.case import Rule
from prober.diagnosis.rules import (
    blocked_against_policy,
    cluster_dns_denied,
    cluster_dns_silent,
    egress_default_deny,
    egress_policy_missing_peer,
    egress_policy_missing_port,
    ingress_default_deny,
    ingress_policy_missing_peer,
    ingress_policy_missing_port,
    not_enforced,
    nothing_listens,
    outside_firewall,
    pod_network_dead,
    service_without_endpoints,
)

RULES: tuple[Rule, ...] = (
    not_enforced.RULE,
    pod_network_dead.RULE,
    cluster_dns_denied.RULE,
    cluster_dns_silent.RULE,
    service_without_endpoints.RULE,
    egress_policy_missing_port.RULE,
    egress_policy_missing_peer.RULE,
    egress_default_deny.RULE,
    ingress_policy_missing_port.RULE,
    ingress_policy_missing_peer.RULE,
    ingress_default_deny.RULE,
    nothing_listens.RULE,
    outside_firewall.RULE,
    blocked_against_policy.RULE,
)
