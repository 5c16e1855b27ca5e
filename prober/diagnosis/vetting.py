"""The last look at a fix before it is offered: what its patch opens and closes everywhere, by prediction. Pure.

A rule knows the flows that it wants to open. Whether its patch does more than that is found out here, for every rule in
the same way, from the patch itself: what is offered is what was checked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

import msgspec

from prober.manifest import wire
from prober.manifest.decode import decode_policy, labels_of, named_namespace
from prober.model.check import Endpoint, EndpointKind, Flow
from prober.model.jsonpatch import PatchError, apply
from prober.model.objects import NetworkPolicy
from prober.model.run import CheckRecord, Finding, Fix
from prober.model.snapshot import Snapshot
from prober.policy.difference import ANYWHERE, Reference, difference
from prober.policy.world import PortKey

MOST_LINES = 8
"""Of what a fix opens besides what is wanted, before it is counted."""


def vet(findings: Iterable[Finding], records: Sequence[CheckRecord], snapshot: Snapshot) -> tuple[Finding, ...]:
    """The findings, each fix of a policy or namespace with all that it opens and closes.

    A fix whose patch does not fit its object is not offered: the finding keeps its cause and loses the fix.
    """
    before = Reference(snapshot)
    return tuple(_vetted(finding, records, before) for finding in findings)


def _vetted(finding: Finding, records: Sequence[CheckRecord], before: Reference) -> Finding:
    fix = finding.fix
    if fix is None or fix.target is None or not fix.patch:
        return finding
    try:
        after = patched_snapshot(before.snapshot, fix)
    except (PatchError, msgspec.ValidationError):
        return replace(finding, fix=None)
    if after is None:
        return finding
    wanted = [record for record in records if record.check.id in finding.checks]
    found = difference(before, after, _ports(wanted))
    asked = {_key(flow) for record in wanted for flow in _wanted(record)}
    outside = {(ANYWHERE, port) for _, to, port in asked if to == ANYWHERE}
    others = [
        flow for flow in found.opened if _key(flow) not in asked and (str(flow.destination), _port(flow)) not in outside
    ]
    return replace(finding, fix=replace(fix, opens=_sentences(fix, others, found.closed)))


def patched_snapshot(snapshot: Snapshot, fix: Fix) -> Snapshot | None:
    """The snapshot after the fix; None for objects whose change is not predicted. Raises `PatchError` where the patch
    does not fit."""
    target = fix.target
    if target is None:
        return None
    if target.kind == "Namespace" and target.name in snapshot.namespaces:
        labels = snapshot.namespaces[target.name].labels
        whole = apply({"metadata": {"labels": dict(labels)}}, fix.patch)
        changed = named_namespace(target.name, labels_of(whole["metadata"]["labels"]))
        return replace(snapshot, namespaces={**snapshot.namespaces, target.name: changed})
    source = snapshot.sources.get(target)
    if target.kind != "NetworkPolicy" or source is None:
        return None
    policy = _decoded(apply(source, fix.patch), target.namespace)
    return replace(snapshot, policies=tuple(policy if one.ref == target else one for one in snapshot.policies))


def _decoded(source: dict[str, object], namespace: str) -> NetworkPolicy:
    return replace(decode_policy(msgspec.convert(source, wire.NetworkPolicy)), namespace=namespace)


def _ports(records: Iterable[CheckRecord]) -> list[PortKey]:
    """The ports that the checks ask hosts outside for."""
    found = {
        (flow.port, str(flow.protocol)): None
        for flow in (record.check.flow for record in records)
        if isinstance(flow.port, int) and flow.destination.kind is EndpointKind.HOST
    }
    return list(found)


def _wanted(record: CheckRecord) -> list[Flow]:
    """The flows that the check needs: to each backend, on its port; to a host outside, to anywhere."""
    flow = record.check.flow
    if flow.destination.kind is EndpointKind.HOST:
        return [replace(flow, destination=Endpoint(EndpointKind.HOST, name=ANYWHERE))]
    pods = [backend for backend in record.prediction.backends if backend.pod]
    return [
        replace(flow, destination=Endpoint(EndpointKind.POD, one.pod.namespace, one.pod.name), port=one.port)
        for one in pods
        if one.pod
    ]


def _key(flow: Flow) -> tuple[str, str, str]:
    return str(flow.source), str(flow.destination), _port(flow)


def _port(flow: Flow) -> str:
    return f"{flow.port}/{str(flow.protocol).lower()}"


def _sentences(fix: Fix, others: Sequence[Flow], closed: Sequence[Flow]) -> tuple[str, ...]:
    """What the rule wanted, then what comes with it, or that nothing does; and what would not pass any more."""
    wanted = [line for line in fix.opens if not line.startswith(("also ", "and "))]
    extra = [f"also {line}" for line in _grouped(others)]
    lost = [f"closes {line}" for line in _grouped(closed)]
    if not extra and not lost and wanted:
        return (*wanted[:-1], f"{wanted[-1]}, nothing else")
    return (*wanted, *_capped(extra), *_capped(lost))


def _capped(lines: list[str]) -> list[str]:
    more = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], *([f"and {more} more"] if more > 0 else [])]


def _grouped(flows: Sequence[Flow]) -> list[str]:
    """One line for each destination and port: its sources, counted where there are several."""
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for flow in flows:
        groups[str(flow.destination), _port(flow)].append(str(flow.source))
    return [
        f"{sources[0] if len(sources) == 1 else f'{len(sources)} sources'} → {destination}:{port}"
        for (destination, port), sources in groups.items()
    ]
