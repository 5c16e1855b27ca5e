"""A port in a rule put right where it stands, so that no dead rule is left behind. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from prober.diagnosis.facts.case import Case
from prober.diagnosis.facts.denials import Denial, port_is_missing
from prober.diagnosis.fixes.patches import edit_rule, may_name_hosts
from prober.model.objects import PolicyPort, Ref
from prober.model.run import Fix


def instead_of(
    denials: Sequence[Denial], policy: Ref, wrong: Callable[[PolicyPort], bool], case: Case
) -> Iterator[Fix | None]:
    """The right port in the place of a wrong one that nothing else needs. What a rule lets out to
    hosts outside may be needed by somebody whom nobody sees, so there the port stays."""
    direction, needed = denials[0].direction, denials[0]
    for trail, near in needed.near(port_is_missing):
        if trail.policy != policy or (direction == "egress" and may_name_hosts(near.rule)):
            continue
        ports = list(near.rule.ports)
        for position, port in enumerate(ports):
            if not wrong(port):
                continue
            protocol = needed.record.check.flow.protocol
            right = PolicyPort(protocol, needed.backend.port)  # type: ignore[arg-type]  # as the flow has it
            ports[position] = right
            summary = (
                f"write {needed.needed} instead of {port.port}/{port.protocol} in {direction} of "
                f"NetworkPolicy {policy}"
            )
            rule = replace(near.rule, ports=tuple(ports))
            yield edit_rule(summary, denials, policy, near.index, rule, case)
            return
