"""Before a rollout: the flows that edited policies would open and close, by prediction alone. Pure.

Both worlds have the same pods, so their matrices differ by an XOR of a few rows; only flows that
differ are looked at any closer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from prober.baseline.allow import Allowance, allow, unused
from prober.baseline.blame import AnyPolicy, Blame, edits_between
from prober.baseline.compare import kind_of
from prober.baseline.intent import idle_policies
from prober.baseline.naming import workload_name
from prober.baseline.outside import Outside
from prober.baseline.survey import forecast
from prober.model.baseline import Cell, Change, ChangeReport, ChangeStatus, FlowKey
from prober.model.check import Endpoint, EndpointKind, Flow
from prober.model.languages.kinds import PolicyObject
from prober.model.objects import Namespace, NetworkPolicy, Pod, Ref
from prober.model.prediction import Ruling
from prober.model.snapshot import Snapshot
from prober.policy import Matrix, reachability
from prober.policy.deciding import PodSet, PortKey, members


def applied(
    snapshot: Snapshot,
    policies: Sequence[NetworkPolicy],
    namespaces: Sequence[Namespace],
    deleted: Sequence[Ref],
    others: Sequence[PolicyObject] = (),
) -> Snapshot:
    """The snapshot after `kubectl apply` of policies (`others`: of other languages) and namespaces,
    and `kubectl delete` of policies."""
    new = {policy.ref: policy for policy in policies}
    kept = (
        policy
        for policy in snapshot.policies
        if policy.ref not in new and policy.ref not in deleted
    )
    spaces = {**snapshot.namespaces, **{namespace.name: namespace for namespace in namespaces}}
    changed = {policy.ref: policy for policy in others}
    same = (
        policy
        for policy in snapshot.other_policies
        if policy.ref not in changed and policy.ref not in deleted
    )
    return replace(
        snapshot,
        policies=(*kept, *new.values()),
        other_policies=(*same, *changed.values()),
        namespaces=spaces,
    )


@dataclass(frozen=True, slots=True)
class PreviewRequest:
    """What a preview is asked."""

    name: str
    against: str
    """Where the earlier objects are from."""
    wanted: Callable[[Pod], bool] = lambda pod: True
    """Which pods take part, on both sides."""
    allowances: Sequence[Allowance] = ()
    warnings: tuple[str, ...] = ()


def preview(before: Snapshot, after: Snapshot, request: PreviewRequest) -> ChangeReport:
    """What changes between two snapshots with the same pods."""
    old: list[AnyPolicy] = [*before.policies, *before.other_policies]
    new: list[AnyPolicy] = [*after.policies, *after.other_policies]
    edits = edits_between(old, new)
    blame = Blame(after, old, edits)
    matrix = reachability(before)
    pair = _Pair(matrix, matrix.after(after), request.wanted)
    outside = Outside(before, after, edits, request.wanted)
    changes = tuple(
        _explained(change, flow, blame) for change, flow in (*pair.changes(), *outside.changes())
    )
    return ChangeReport(
        name=request.name,
        before=request.against,
        fabric=None,
        compared=pair.flows + outside.flows,
        changes=allow(changes, request.allowances),
        edits=edits,
        problems=tuple(
            idle_policies(after, [edit for edit in edits if edit.policy.kind == "NetworkPolicy"])
        ),
        warnings=(*request.warnings, *unused(changes, request.allowances)),
    )


def _explained(change: Change, flow: Flow, blame: Blame) -> Change:
    edits = blame.culprits(flow)
    reason = blame.prediction(flow).reason
    why = (
        (reason,)
        if edits
        else ("no edit of a policy does this, but the labels of a namespace", reason)
    )
    return replace(change, edits=edits, reasons=why)


class _Pair:
    """Two matrices over the same pods, read by workload."""

    def __init__(self, old: Matrix, new: Matrix, wanted: Callable[[Pod], bool]) -> None:
        self._old = old
        self._new = new
        self._name = [workload_name(pod) if pod.running and wanted(pod) else "" for pod in old.pods]
        groups: dict[str, PodSet] = {}
        for index, name in enumerate(self._name):
            if name:
                groups[name] = groups.get(name, 0) | 1 << index
        self._groups: Mapping[str, PodSet] = dict(sorted(groups.items()))
        self._all = sum(self._groups.values())  # the groups are disjoint

    @property
    def flows(self) -> int:
        """How many flows between workloads there are; a workload of one pod has none among its
        own."""
        count = 0
        for targets in self._old.destinations.values():
            declaring = [mask & targets for mask in self._groups.values() if mask & targets]
            alone = sum(
                mask in declaring for mask in self._groups.values() if mask.bit_count() == 1
            )
            count += len(declaring) * len(self._groups) - alone
        return count

    def changes(self) -> Iterator[tuple[Change, Flow]]:
        """Every flow that changes, by its key, with a pair of pods that shows it."""
        touched = {key: pair for source in self._groups for key, pair in self._touched(source)}
        for key in sorted(touched):
            before, after = self._cell(self._old, key), self._cell(self._new, key)
            kind = kind_of(before, after)
            if kind is not None:
                yield (
                    Change(key, kind, ChangeStatus.CHANGED, before, after),
                    _flow(self._old.pods, key, *touched[key]),
                )

    def _touched(self, source: str) -> Iterator[tuple[FlowKey, tuple[int, int]]]:
        """The flows from a workload of which at least one pair of pods changes, and one such
        pair."""
        for port in self._old.ports:
            asked = self._groups[source] & self._old.differing(self._new, port)
            rows = {index: self._differing(port, index) for index in members(asked)}
            left = 0
            for row in rows.values():
                left |= row
            while left:
                target = (left & -left).bit_length() - 1
                start = next(index for index, row in rows.items() if row >> target & 1)
                left &= ~self._groups[self._name[target]]
                yield FlowKey(source, self._name[target], *port), (start, target)

    def _differing(self, port: PortKey, source: int) -> PodSet:
        old, new = self._old.row(port, source), self._new.row(port, source)
        allowed, denied = old.allowed ^ new.allowed, old.denied ^ new.denied
        return (allowed | denied) & self._all & ~(1 << source)

    def _cell(self, matrix: Matrix, key: FlowKey) -> Cell:
        port, seen = (key.port, key.protocol), set()
        targets = self._groups[key.destination] & matrix.destinations[port]
        for source in members(self._groups[key.source]):
            row, others = matrix.row(port, source), targets & ~(1 << source)
            rows = {
                Ruling.ALLOWED: others & row.allowed,
                Ruling.DENIED: others & row.denied,
                Ruling.UNDEFINED: others & ~row.allowed & ~row.denied,
            }
            seen |= {ruling for ruling, cells in rows.items() if cells}
        return Cell(forecast(seen))


def _flow(pods: Sequence[Pod], key: FlowKey, source: int, target: int) -> Flow:
    start, end = (
        Endpoint(EndpointKind.POD, pods[index].namespace, pods[index].name)
        for index in (source, target)
    )
    return Flow(start, end, key.protocol, key.port)
