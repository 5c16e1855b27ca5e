"""A part of the matrix that stands for all of it: one pair of pods for each pair of classes, port,
and nearness. Pure.

The pairs of two classes are the same to every policy and Service (`policy.matrix.classes`), so one
of them shows what the policies do to all. What may differ is the way: so pairs on one node and
pairs on two are sampled apart, and a pod and itself as well. Which pod stands for its class is
drawn with a seed, another one each time unless it is given: over many runs every pair has its turn.

A sample is a sample. Only what was probed is a check; each says for how many pairs it stands, and
the run says that the others were not observed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from prober.coordinator.pairs import check_of, ports_of, taking_part
from prober.model.check import Check
from prober.model.objects import Pod
from prober.model.snapshot import Snapshot
from prober.policy import pod_classes

Pair = tuple[Pod, Pod]


@dataclass(frozen=True, slots=True)
class Sample:
    """The checks, and what they are a sample of."""

    checks: tuple[Check, ...]
    pairs: int
    """All pairs of pods and ports that there are."""
    seed: int

    @property
    def words(self) -> str:
        """What a reader has to know, in a sentence."""
        share = 100 * len(self.checks) / self.pairs if self.pairs else 100
        return (
            f"a sample: {len(self.checks):,} of {self.pairs:,} pairs were probed ({share:.2g} %), "
            "one for each pair of classes, port, and nearness; the others were not observed "
            f"(--seed {self.seed} draws the same ones)"
        )


@dataclass(frozen=True, slots=True)
class _Stratum:
    """Pairs of which one stands for all."""

    size: int
    where: str
    """As in `on one node`."""
    draw: Callable[[Random], Pair]


def sample(
    snapshot: Snapshot, *, timeout: float, wanted: Callable[[Pod], bool], seed: int
) -> Sample:
    """The checks of a sample. Raises `UsageError` for an ipBlock that is not a CIDR."""
    pods = taking_part(snapshot, wanted)
    numbers = pod_classes(snapshot)
    classes: defaultdict[int, list[Pod]] = defaultdict(list)
    for pod in pods:
        classes[numbers[pod.namespace, pod.name]].append(pod)
    pairs = len(pods) * sum(len(list(ports_of(pod))) for pod in pods)
    random = Random(seed)  # noqa: S311 - repeatable choices, not secrets
    checks = [
        check
        for sources in classes.values()
        for targets in classes.values()
        for check in _between(sources, targets, timeout, pairs, random)
    ]
    return Sample(tuple(checks), pairs, seed)


def _between(
    sources: Sequence[Pod], targets: Sequence[Pod], timeout: float, pairs: int, random: Random
) -> Iterator[Check]:
    """The checks that stand for all pairs of two classes. The pods of a class declare the same
    ports."""
    strata = list(_strata(sources, targets)) if next(ports_of(targets[0]), None) else []
    for stratum in strata:
        source, target = stratum.draw(random)
        for port in ports_of(target):
            check = check_of(source, target, port, timeout)
            stands = f"for {stratum.size:,} {stratum.where}, {100 * stratum.size / pairs:.2g} %"
            yield replace(check, name=f"{check.name} ({stands})")


def _strata(sources: Sequence[Pod], targets: Sequence[Pod]) -> Iterator[_Stratum]:
    same_class = sources[0] is targets[0]
    by_node, to_node = _by_node(sources), _by_node(targets)
    near = {
        node: len(own) * len(to_node[node]) - (len(own) if same_class else 0)
        for node, own in by_node.items()
        if node in to_node
    }
    near = {node: count for node, count in near.items() if count}
    far = len(sources) * len(targets) - sum(near.values()) - (len(sources) if same_class else 0)
    if same_class:
        yield _Stratum(len(sources), "to themselves", lambda random: _itself(sources, random))
    if near:
        nodes = list(near)
        yield _Stratum(
            sum(near.values()),
            "on one node",
            lambda random: _near(by_node, to_node, random.choice(nodes), random),
        )
    if far:
        yield _Stratum(far, "on two nodes", lambda random: _far(sources, targets, random))


def _itself(pods: Sequence[Pod], random: Random) -> Pair:
    pod = random.choice(pods)
    return pod, pod


def _near(
    by_node: dict[str, list[Pod]], to_node: dict[str, list[Pod]], node: str, random: Random
) -> Pair:
    source = random.choice(by_node[node])
    return source, random.choice([pod for pod in to_node[node] if pod is not source])


def _far(sources: Sequence[Pod], targets: Sequence[Pod], random: Random) -> Pair:
    """A pair on different nodes, of which there is one. A pod of an unknown node is on another
    one."""
    for source in random.sample(sources, len(sources)):
        others = [
            pod
            for pod in targets
            if pod is not source and (pod.node != source.node or not pod.node)
        ]
        if others:
            return source, random.choice(others)
    raise AssertionError("there is a pair on two nodes")


def _by_node(pods: Sequence[Pod]) -> dict[str, list[Pod]]:
    """The pods of each node that is known."""
    nodes: defaultdict[str, list[Pod]] = defaultdict(list)
    for pod in pods:
        if pod.node:
            nodes[pod.node].append(pod)
    return dict(nodes)
