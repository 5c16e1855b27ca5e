"""One check a file, and the one table of them, in the order in which docs/audit.md and a report
list them."""

from __future__ import annotations

from prober.audit.check import Check
from prober.audit.checks import (
    agent_down,
    allow_all,
    cilium_identity,
    contradiction,
    default_deny,
    dns_denied,
    dns_without_tcp,
    host_network,
    ignored_rules,
    ingress_open,
    many_rules,
    metrics_denied,
    namespace_label,
    namespace_unmatched,
    never_matches,
    nobody_enforces,
    one_way,
    or_instead_of_and,
    selects_nothing,
    service_port,
    uncovered_pod,
    without_ports,
)

CHECKS: tuple[Check, ...] = (
    nobody_enforces.CHECK,
    agent_down.CHECK,
    cilium_identity.CHECK,
    dns_denied.CHECK,
    service_port.CHECK,
    ignored_rules.CHECK,
    default_deny.CHECK,
    uncovered_pod.CHECK,
    host_network.CHECK,
    metrics_denied.CHECK,
    selects_nothing.CHECK,
    never_matches.CHECK,
    namespace_unmatched.CHECK,
    one_way.CHECK,
    contradiction.CHECK,
    or_instead_of_and.CHECK,
    allow_all.CHECK,
    many_rules.CHECK,
    dns_without_tcp.CHECK,
    ingress_open.CHECK,
    without_ports.CHECK,
    namespace_label.CHECK,
)
