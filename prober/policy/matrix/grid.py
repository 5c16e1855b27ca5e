"""The matrix as a grid that a person reads at a glance: pods where there are few, else workloads,
else namespaces."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from prober.model.objects import Pod
from prober.model.prediction import Ruling
from prober.policy.deciding.pod_sets import PodSet, members
from prober.policy.matrix.matrix import Matrix
from prober.policy.matrix.strangers import Strangers

ANY_OTHER = "any other namespace"
OUTSIDE = "outside"
WIDEST = 20
"""Beyond as many columns the pods are grouped."""

LEGEND = (
    "✓ allowed   ✗ denied   ? undefined   ~ it differs (by port, or by pod)   · no declared port"
)
OUTSIDE_LEGEND = (
    "outside: a host of unknown address, on 22, 53/udp, 80, 443 and the ports that the policies of "
    "the namespace name"
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
    signs = _signs(matrix, list(groups.values()))
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
        out = f"  {_outward(matrix, others, groups[name])}" if others else ""
        yield f"{number:>{digits}} {name:<{width}}  {cells}{out}"
    if others:
        cells = " ".join(f"{sign:>{digits}}" for sign in _inward(matrix, others, groups.values()))
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


def _signs(matrix: Matrix, groups: Sequence[PodSet]) -> list[list[str]]:
    return [[_sign(matrix, sources, targets) for targets in groups] for sources in groups]


def _sign(matrix: Matrix, sources: PodSet, targets: PodSet) -> str:
    """What all cells between two groups have in common. A pod's own cells count only where there
    are no others."""
    seen: set[Ruling] = set()
    own: set[Ruling] = set()
    for port in matrix.ports:
        for source in members(sources) if matrix.destinations[port] & targets else ():
            others = targets & ~(1 << source)
            seen |= _rulings(matrix, port, source, others)
            own |= _rulings(matrix, port, source, targets & (1 << source))
            if len(seen) > 1:
                return _MIXED
    rulings = seen or own
    return (_SIGNS[next(iter(rulings))] if len(rulings) == 1 else _MIXED) if rulings else _NOTHING


def _inward(matrix: Matrix, others: Strangers, groups: Iterable[PodSet]) -> Iterator[str]:
    """What a pod of any other namespace reaches of each group."""
    position = {(pod.namespace, pod.name): at for at, pod in enumerate(others.inward.pods)}
    for group in groups:
        pods = [matrix.pods[index] for index in members(group)]
        targets = sum(1 << position[pod.namespace, pod.name] for pod in pods)
        yield _sign(others.inward, 1 << others.index, targets)


def _outward(matrix: Matrix, others: Strangers, group: PodSet) -> str:
    """What the pods of a group reach outside."""
    pods = [matrix.pods[index] for index in members(group)]
    answers = {ruling for pod in pods for ruling in others.outward[pod.namespace, pod.name]}
    return _SIGNS[next(iter(answers))] if len(answers) == 1 else _MIXED


def _rulings(matrix: Matrix, port: tuple[int, str], source: int, targets: PodSet) -> set[Ruling]:
    rows = (
        (Ruling.ALLOWED, matrix.allowed(port, source)),
        (Ruling.DENIED, matrix.denied(port, source)),
        (Ruling.UNDEFINED, matrix.undefined(port, source)),
    )
    return {ruling for ruling, row in rows if row & targets}


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
                f"{next(iter(_rulings(matrix, (number, protocol), source, 1 << target))).value}"
            )
            for number, protocol in matrix.ports
            if matrix.destinations[number, protocol] >> target & 1
        ]
        yield f"  ~ {_pod(matrix.pods[source])} → {_pod(matrix.pods[target])}: {', '.join(parts)}"
    if len(mixed) > _MOST_DETAILS:
        yield f"  ~ and {len(mixed) - _MOST_DETAILS} more"
