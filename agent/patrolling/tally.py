"""PURE. What the last round said, and counts of all rounds, as metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from agent.patrolling.assignment import Assignment
from prober.metrics.registry import Registry
from prober.model.outcome import Observation, Outcome


@dataclass(slots=True)
class Tally:
    """Of one agent."""

    last: dict[tuple[str, str], Observation] = field(default_factory=dict)
    """By what it is about; only of the last round that has ended."""
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Probes by kind and outcome."""
    ended: float = 0.0
    """When the last round has ended, in seconds after the epoch; 0: none has."""

    def take(self, assignment: Assignment, observations: Iterable[Observation], at: float) -> None:
        """A round that has ended. Of several probes about the same the worst is told."""
        last: dict[tuple[str, str], Observation] = {}
        for seen in observations:
            about = assignment.about.get(seen.probe)
            if about is None:
                continue
            self.counts[about[0], seen.outcome.value] += 1
            worse = about not in last or seen.outcome is not Outcome.OK
            last[about] = seen if worse else last[about]
        self.last, self.ended = last, at

    def forget(self) -> None:
        """Nothing is assigned any more: what was seen says nothing about now."""
        self.last, self.ended = {}, 0.0

    def fill(self, registry: Registry) -> None:
        """Put it into a registry that is about to be scraped."""
        for (kind, target), seen in self.last.items():
            registry.set("prober_mesh_success", seen.outcome is Outcome.OK, kind, target)
            registry.set("prober_mesh_seconds", seen.time_ms / 1000, kind, target)
        for (kind, outcome), count in self.counts.items():
            registry.add("prober_mesh_probes_total", count, kind, outcome)
        if self.ended:
            registry.set("prober_mesh_last_round_timestamp_seconds", self.ended)
