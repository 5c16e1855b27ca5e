"""PURE. From single connections to when each pair of nodes changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

SETTLED = 15
"""Connections in a row that say the same, before a pair is taken to have changed for good."""


class Change(StrEnum):
    """What a change of a policy does."""

    CLOSED = "closed"
    OPENED = "opened"


@dataclass(frozen=True, slots=True)
class Sample:
    """One connection."""

    source: str
    """The node it came from."""
    target: str
    """The node it went to."""
    started: float
    """Seconds after the epoch, by the clock of whoever measures."""
    ok: bool


@dataclass(frozen=True, slots=True)
class Transition:
    """What became of one pair of nodes."""

    change: Change
    source: str
    target: str
    first: float | None
    """Seconds from the change of the policy to the first connection of the new kind (denied, where
    it closes); None where there was none."""
    last: float | None
    """Seconds to the last connection of the old kind; None where there was none after the change.
    Where it is more than `first`, both came for a while."""
    count: int = 1
    """Of how many rounds it is the slowest."""

    @property
    def seconds(self) -> float | None:
        """How long it took until the change held; None where it did not."""
        if self.first is None:
            return None
        return max(self.first, self.last or 0.0)


def transition(
    change: Change, source: str, target: str, samples: Iterable[Sample], at: float
) -> Transition:
    """What became of one pair after the change at that time, by its samples."""
    new = change is Change.OPENED
    since = sorted(
        (sample for sample in samples if sample.started >= at), key=lambda sample: sample.started
    )
    changed = [sample.started - at for sample in since if sample.ok is new]
    stayed = [sample.started - at for sample in since if sample.ok is not new]
    held = len(since) >= SETTLED and all(sample.ok is new for sample in since[-SETTLED:])
    return Transition(
        change,
        source,
        target,
        first=changed[0] if changed and held else None,
        last=stayed[-1] if stayed else None,
    )


def has_settled(change: Change, samples: Sequence[Sample], at: float) -> bool:
    """Do the last connections of a pair all say the new."""
    return transition(change, "", "", samples, at).first is not None


def slowest(transitions: Iterable[Transition]) -> list[Transition]:
    """Of each pair and change the slowest round; one that never held is slower than all."""
    worst: dict[tuple[Change, str, str], list[Transition]] = {}
    for pair in transitions:
        worst.setdefault((pair.change, pair.source, pair.target), []).append(pair)
    chosen = []
    for rounds in worst.values():
        slow = max(rounds, key=lambda pair: float("inf") if pair.seconds is None else pair.seconds)
        chosen.append(
            Transition(slow.change, slow.source, slow.target, slow.first, slow.last, len(rounds))
        )
    return chosen
