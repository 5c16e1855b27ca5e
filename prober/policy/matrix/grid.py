"""The matrix as a grid that a person reads at a glance: pods where there are few, else workloads,
else namespaces."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from prober.model.objects import Pod
from prober.model.prediction import Ruling
from prober.policy.deciding.rules.pod_sets import PodSet, members
from prober.policy.deciding.world import PortKey
from prober.policy.matrix.matrix import Matrix
from prober.policy.matrix.strangers import ANY_OTHER, OUTSIDE, OUTSIDE_LEGEND, PodKey, Strangers

WIDEST = 20
"""Beyond as many columns the pods are grouped."""

LEGEND = (
    "✓ allowed   ✗ denied   ? undefined   ~ it differs (by port, or by pod)   · no declared port"
)
_MOST_DETAILS = 20
_SIGNS = {Ruling.ALLOWED: "✓", Ruling.DENIED: "✗", Ruling.UNDEFINED: "?"}
_MIXED = "~"
_NOTHING = "·"

Naming = Callable[[Pod], str]


def grid(matrix: Matrix, others: Strangers | None = None) -> str:
    """The whole matrix as text, rows to columns, without a final line break; with `others`, a row
    for any other namespace and a column for hosts outside."""
    return "\n".join(_lines(matrix, others))


def _lines(matrix: Matrix, others: Strangers | None) -> Iterator[str]:
    counts = matrix.counts()
    if not counts.total:
        yield f"none of the {len(matrix.pods)} pods declares a port, so there is nothing to predict"
        return
    what, groups = _groups(matrix)
    signs = _signs(matrix, list(groups.values()), list(groups.values()))
    yield f"from (row) to (column), every declared port, by {what}:"
    yield ""
    width = max(len(name) for name in (*groups, *([ANY_OTHER] if others else [])))
    digits = len(str(len(groups)))
    outside = f"  {OUTSIDE}" if others else ""
    yield (
        " " * (digits + width + 3)
        + " ".join(f"{number:>{digits}}" for number in range(1, len(groups) + 1))
        + outside
    )
    for number, (name, row) in enumerate(zip(groups, signs, strict=True), start=1):
        cells = " ".join(f"{sign:>{digits}}" for sign in row)
        out = f"  {_answers(matrix, others.outward, groups[name])}" if others else ""
        yield f"{number:>{digits}} {name:<{width}}  {cells}{out}"
    if others:
        each = (_answers(matrix, others.inward, group) for group in groups.values())
        cells = " ".join(f"{sign:>{digits}}" for sign in each)
        yield f"{'':>{digits}} {ANY_OTHER:<{width}}  {cells}"
    yield ""
    yield LEGEND
    if others:
        yield OUTSIDE_LEGEND
    if what == "pod":
        yield from _details(matrix, signs)
    yield (
        (
            f"{counts.total} predictions: {counts.allowed} allowed, {counts.denied} denied, "
            f"{counts.undefined} undefined"
        )
        + ("" if what == "pod" else "; -o jsonl has each of them")
    )


def _groups(matrix: Matrix) -> tuple[str, dict[str, PodSet]]:
    """The finest grouping that is not too wide, and its groups."""
    namings: tuple[tuple[str, Naming], ...] = (
        ("pod", _pod),
        ("workload", _workload),
        ("namespace", _namespace),
    )
    groups: dict[str, PodSet] = {}
    for what, naming in namings:
        members_of: defaultdict[str, PodSet] = defaultdict(int)
        for index, pod in enumerate(matrix.pods):
            members_of[naming(pod)] |= 1 << index
        groups = dict(members_of)
        if len(groups) <= WIDEST:
            return what, groups
    return "namespace", groups


def _pod(pod: Pod) -> str:
    return f"{pod.namespace}/{pod.name}"


def _workload(pod: Pod) -> str:
    return f"{pod.namespace}/{pod.owner.name if pod.owner else pod.name}"


def _namespace(pod: Pod) -> str:
    return pod.namespace


def _signs(matrix: Matrix, sources: Sequence[PodSet], targets: Sequence[PodSet]) -> list[list[str]]:
    """What all cells between two groups have in common. A pod's own cells count only where there
    are no others."""
    seen: defaultdict[tuple[int, int], set[Ruling]] = defaultdict(set)
    own: defaultdict[tuple[int, int], set[Ruling]] = defaultdict(set)
    for port in matrix.ports:
        declared = matrix.destinations[port]
        columns = [(at, pods & declared) for at, pods in enumerate(targets) if pods & declared]
        for alike, row in matrix.shared_rows(port):
            for at, group in enumerate(sources):
                if group & alike:
                    for to, column in columns:
                        seen[at, to] |= row.rulings(_others(column, group & alike))
                        own[at, to] |= _own(matrix, port, column & group & alike)
    pairs = [
        [seen[at, to] or own[at, to] for to in range(len(targets))] for at in range(len(sources))
    ]
    return [[_sign(rulings) for rulings in row] for row in pairs]


def _sign(rulings: Collection[Ruling]) -> str:
    if not rulings:
        return _NOTHING
    return _SIGNS[next(iter(rulings))] if len(rulings) == 1 else _MIXED


def _others(targets: PodSet, sources: PodSet) -> PodSet:
    """The targets that are another pod to one of the sources."""
    return targets if sources & (sources - 1) else targets & ~sources


def _own(matrix: Matrix, port: PortKey, pods: PodSet) -> set[Ruling]:
    """The rulings of pods' own cells."""
    reach = matrix.own_cells(port)
    both = ((Ruling.ALLOWED, pods & reach), (Ruling.UNDEFINED, pods & ~reach))
    return {ruling for ruling, cells in both if cells}


def _answers(matrix: Matrix, known: Mapping[PodKey, Iterable[Ruling]], group: PodSet) -> str:
    """What strangers reach of a group, or what its pods reach outside."""
    pods = [matrix.pods[index] for index in members(group)]
    return _sign({ruling for pod in pods for ruling in known[pod.namespace, pod.name]})


def _details(matrix: Matrix, signs: Sequence[Sequence[str]]) -> Iterator[str]:
    """What the mixed cells between single pods are made of."""
    mixed = [
        (source, target)
        for source, row in enumerate(signs)
        for target, sign in enumerate(row)
        if sign == _MIXED
    ]
    for source, target in mixed[:_MOST_DETAILS]:
        parts = [
            (
                f"{number}/{protocol.lower()} "
                f"{next(iter(matrix.row((number, protocol), source).rulings(1 << target))).value}"
            )
            for number, protocol in matrix.ports
            if matrix.destinations[number, protocol] >> target & 1
        ]
        yield f"  ~ {_pod(matrix.pods[source])} → {_pod(matrix.pods[target])}: {', '.join(parts)}"
    if len(mixed) > _MOST_DETAILS:
        yield f"  ~ and {len(mixed) - _MOST_DETAILS} more"
