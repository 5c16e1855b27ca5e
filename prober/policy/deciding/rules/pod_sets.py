"""Sets of pods as Python integers: bit i is the i-th pod. One selection is a few machine words,
whatever it selects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, reduce
from operator import or_

from prober.model.kubernetes import NAMESPACE_NAME
from prober.model.objects import Labels, LabelSelector, Pod, Requirement
from prober.model.snapshot import Snapshot
from prober.policy.deciding.rules.selectors import SelectorKey, key_of, requirements, selects

PodSet = int


_FEW = 16
"""Members that are taken out of a set one by one; each of them copies the set."""


def members(pods: PodSet) -> Iterator[int]:
    """The positions in a set, in ascending order."""
    if pods.bit_count() > _FEW:
        digits = bin(pods)[:1:-1]
        at = digits.find("1")
        while at >= 0:
            yield at
            at = digits.find("1", at + 1)
        return
    while pods:
        lowest = pods & -pods
        yield lowest.bit_length() - 1
        pods ^= lowest


def set_of(positions: Iterable[int]) -> PodSet:
    """The set of some positions, in any order."""
    digits = bytearray()
    for position in positions:
        if position >> 3 >= len(digits):
            digits.extend(bytes((position >> 3) + 1 - len(digits)))
        digits[position >> 3] |= 1 << (position & 7)
    return int.from_bytes(digits, "little")


def union(sets: Iterable[PodSet]) -> PodSet:
    """All of several sets together."""
    return reduce(or_, sets, 0)


class PodSets:
    """The pods of a snapshot in a fixed order, and selections among them."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.pods: tuple[Pod, ...] = tuple(pod for _, pod in sorted(snapshot.pods.items()))
        self.position = {(pod.namespace, pod.name): index for index, pod in enumerate(self.pods)}
        self.all: PodSet = (1 << len(self.pods)) - 1
        self._selected_pods: dict[SelectorKey, PodSet] = {}
        self._selected_namespaces: dict[SelectorKey, PodSet] = {}
        self._sets_by_label: dict[str, Mapping[str, PodSet]] = {}

    @cached_property
    def host_network(self) -> PodSet:
        """The pods on their node's network."""
        return set_of(index for index, pod in enumerate(self.pods) if pod.host_network)

    @cached_property
    def by_namespace(self) -> dict[str, PodSet]:
        """The pods of each namespace that has any."""
        indexes_of: defaultdict[str, list[int]] = defaultdict(list)
        for index, pod in enumerate(self.pods):
            indexes_of[pod.namespace].append(index)
        return {name: set_of(indexes) for name, indexes in indexes_of.items()}

    def namespace_labels(self, name: str) -> Labels:
        """Of the Namespace object; without one, the label that the API server always sets."""
        namespace = self._snapshot.namespaces.get(name)
        return namespace.labels if namespace else {NAMESPACE_NAME: name}

    def of_namespace(self, name: str) -> PodSet:
        return self.by_namespace.get(name, 0)

    def select(self, selector: LabelSelector) -> PodSet:
        """The pods of all namespaces whose labels the selector selects."""
        key = key_of(selector)
        selected = self._selected_pods.get(key)
        if selected is None:
            selected = self.all
            for requirement in requirements(selector):
                selected &= self._holding(requirement)
            self._selected_pods[key] = selected
        return selected

    def select_namespaces(self, selector: LabelSelector) -> PodSet:
        """All pods of the namespaces whose labels the selector selects."""
        key = key_of(selector)
        selected = self._selected_namespaces.get(key)
        if selected is None:
            selected = 0
            for name, pods in self.by_namespace.items():
                if selects(selector, self.namespace_labels(name)):
                    selected |= pods
            self._selected_namespaces[key] = selected
        return selected

    def _holding(self, requirement: Requirement) -> PodSet:
        values = self._valued(requirement.key)
        match requirement.operator:
            case "In":
                return union(values.get(value, 0) for value in requirement.values)
            case "NotIn":
                return self.all & ~union(values.get(value, 0) for value in requirement.values)
            case "Exists":
                return union(values.values())
            case "DoesNotExist":
                return self.all & ~union(values.values())

    def _valued(self, key: str) -> Mapping[str, PodSet]:
        """The pods of each value of a label. Most labels of pods are none that anybody selects
        by, and some have a value for each pod: they stay lists."""
        values = self._sets_by_label.get(key)
        if values is None:
            listed = self._by_label.get(key, {})
            values = {value: set_of(indexes) for value, indexes in listed.items()}
            self._sets_by_label[key] = values
        return values

    @cached_property
    def _by_label(self) -> dict[str, dict[str, list[int]]]:
        pods_with: defaultdict[str, defaultdict[str, list[int]]]
        pods_with = defaultdict(lambda: defaultdict(list))
        for index, pod in enumerate(self.pods):
            for key, value in pod.labels.items():
                pods_with[key][value].append(index)
        return {key: dict(values) for key, values in pods_with.items()}
