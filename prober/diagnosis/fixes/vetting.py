"""The last look at the fixes before they are offered: what each opens and closes everywhere, by
prediction. Pure.

A rule knows the flows that it wants to open. Whether its fix does more than that is found out here,
for every rule in the same way, from the patch or the new object itself: what is offered is what was
checked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from prober.diagnosis.facts.wanted_flows import FlowKey, flow_key, keys_of, port_text, wanted_by
from prober.diagnosis.fixes.hypothetical import fixed
from prober.diagnosis.fixes.stacking import stacked
from prober.model.check import EndpointKind, Flow
from prober.model.listing import listed
from prober.model.run import CheckRecord, Finding, Fix
from prober.model.snapshot import Snapshot
from prober.policy import ANYWHERE, Difference, Reference, difference
from prober.policy.deciding import PortKey

MOST_LINES = 8
"""Of what a fix opens besides what is wanted, before it is counted."""


@dataclass(frozen=True, slots=True)
class _Effect:
    """What a fix does."""

    opened: tuple[Flow, ...]
    closed: tuple[Flow, ...]
    only_with: tuple[str, ...] = ()
    """The rules whose fixes it takes as well, before anything wanted passes."""


def vet(
    findings: Iterable[Finding], records: Sequence[CheckRecord], snapshot: Snapshot
) -> tuple[Finding, ...]:
    """The findings, their fixes on top of each other, each fix of a policy or namespace with all
    that it opens and closes."""
    before, whole = Reference(snapshot), stacked(findings, snapshot)
    return tuple(_vetted(finding, whole, records, before) for finding in whole)


def _vetted(
    finding: Finding, findings: Sequence[Finding], records: Sequence[CheckRecord], before: Reference
) -> Finding:
    fix = finding.fix
    if fix is None or fix.target is None:
        return finding
    if fixed(before.snapshot, fix) is None:
        # What changes a policy and cannot be predicted is not offered; a Service's fix is no matter
        # of prediction.
        # A patch of a NetworkPolicy that cannot be applied here could do anything there. Other
        # kinds (a Service, a node label) are outside of what the matrix predicts, and their fixes
        # were judged by their own rules.
        sound = fix.target.kind != "NetworkPolicy" or fix.target not in before.snapshot.sources
        return finding if sound else replace(finding, fix=None)
    wanted = fix.wanted or wanted_by(
        record for record in records if record.check.id in finding.checks
    )
    asked = keys_of(wanted)
    effect = _effect(finding, fix, findings, before, wanted)
    # A rule without peers opens the port to every address. Opening it "to anywhere" was wanted if
    # the check went to a name outside, so each single address of it is no side effect.
    outside = {(ANYWHERE, port) for _, to, port in asked if to == ANYWHERE}
    others = [
        flow
        for flow in effect.opened
        if flow_key(flow) not in asked and flow_key(flow)[1:] not in outside
    ]
    summary = fix.summary
    if effect.only_with:
        summary += f"; the flow needs the fix of {' and '.join(effect.only_with)} as well"
    return replace(
        finding, fix=replace(fix, summary=summary, opens=_sentences(fix, others, effect.closed))
    )


def _effect(
    finding: Finding,
    fix: Fix,
    findings: Sequence[Finding],
    before: Reference,
    wanted: Sequence[Flow],
) -> _Effect:
    """Of the fix by itself, and after the other fixes that the same checks need: both directions of
    a flow may be closed, and then what one of them opens is seen only when the other is open."""
    # Predicted twice, because a flow needs both directions: alone, a fix of egress opens nothing
    # as long as ingress is closed, and would look like a fix without effect. Together it also
    # shows what the pair opens that neither does alone.
    alone = _change(before, fix, wanted)
    companions = [
        other
        for other in findings
        if other is not finding and other.fix and set(other.checks) & set(finding.checks)
    ]
    snapshot = before.snapshot
    for other in companions:
        snapshot = (fixed(snapshot, other.fix) if other.fix else None) or snapshot
    if snapshot is before.snapshot:
        return _Effect(alone.opened, alone.closed)
    together = _change(before.over(snapshot), fix, wanted)
    asked = keys_of(wanted)
    # The summary names the other fix only where it is needed: nothing wanted opens alone,
    # something wanted opens together.
    late = not _any_of(asked, alone.opened) and _any_of(asked, together.opened)
    return _Effect(
        tuple({flow_key(flow): flow for flow in (*alone.opened, *together.opened)}.values()),
        tuple({flow_key(flow): flow for flow in (*alone.closed, *together.closed)}.values()),
        tuple(dict.fromkeys(other.id for other in companions)) if late else (),
    )


def _change(before: Reference, fix: Fix, wanted: Sequence[Flow]) -> Difference:
    after = fixed(before.snapshot, fix)
    return difference(before, after, _ports(wanted)) if after is not None else Difference((), ())


def _any_of(keys: Iterable[FlowKey], flows: Iterable[Flow]) -> bool:
    return not {flow_key(flow) for flow in flows}.isdisjoint(keys)


def _ports(wanted: Iterable[Flow]) -> list[PortKey]:
    """The ports that are wanted of hosts outside."""
    ports = {
        (flow.port, str(flow.protocol)): None
        for flow in wanted
        if isinstance(flow.port, int) and flow.destination.kind is EndpointKind.OUTSIDE
    }
    return list(ports)


def _sentences(fix: Fix, others: Sequence[Flow], closed: Sequence[Flow]) -> tuple[str, ...]:
    """What the rule wanted, then what comes with it, or that nothing does; and what would not pass
    any more."""
    wanted = fix.opens
    extra = [f"also {line}" for line in _grouped(others)]
    lost = [f"closes {line}" for line in _grouped(closed)]
    if not extra and not lost and wanted:
        # "nothing else" is a claim about every pair of pods and every declared port, and about the
        # wanted port outside. It is made only after the whole matrix was compared.
        return (*wanted[:-1], f"{wanted[-1]}, nothing else")
    return (*wanted, *_capped(extra), *_capped(lost))


def _capped(lines: list[str]) -> list[str]:
    more = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], *([f"and {more} more"] if more > 0 else [])]


def _grouped(flows: Sequence[Flow]) -> list[str]:
    """One line for each destination and port, with its sources by name."""
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for flow in flows:
        groups[str(flow.destination), port_text(flow)].append(str(flow.source))
    return [
        f"{listed(sources)} → {destination}:{port}"
        for (destination, port), sources in groups.items()
    ]
