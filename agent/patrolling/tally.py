"""PURE. What the last round said, and counts of all rounds, as metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from agent.patrolling.assignment import Assignment, Expected
from prober.metrics.registry import Registry
from prober.model.bounds import plain
from prober.model.outcome import Observation, Outcome

_LABEL = 120
Labels = tuple[str, ...]


@dataclass(slots=True)
class Tally:
    """Of one agent."""

    last: dict[tuple[str, str], Observation] = field(default_factory=dict)
    """By what it is about; only of the last round that has ended."""
    checks: dict[Labels, bool] = field(default_factory=dict)
    """Checks of Scenarios by their labels, and whether all of the same labels are as expected; only
    of the last round, and only those of which that can be said."""
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Probes by kind and outcome."""
    check_counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Probes of checks by Scenario and outcome."""
    ended: float = 0.0
    """When the last round has ended, in seconds after the epoch; 0: none has."""

    def take(self, assignment: Assignment, observations: Iterable[Observation], at: float) -> None:
        """A round that has ended. Of several probes about the same the worst is told."""
        seen = {observation.probe: observation for observation in observations}
        self.last, self.checks, self.ended = {}, {}, at
        for probe, about in assignment.about.items():
            if probe in seen:
                self._node(about, seen[probe])
        for probe, expected in assignment.checks.items():
            self._check(expected, seen.get(probe))

    def _node(self, about: tuple[str, str], seen: Observation) -> None:
        self.counts[about[0], seen.outcome.value] += 1
        if about not in self.last or seen.outcome is not Outcome.OK:
            self.last[about] = seen

    def _check(self, expected: Expected, seen: Observation | None) -> None:
        labels = tuple(plain(label, _LABEL) for label in expected.labels)
        outcome = seen.outcome if seen else Outcome.ERROR
        self.check_counts[labels[0], outcome.value] += 1
        good = _as_expected(expected, outcome)
        if good is not None:
            self.checks[labels] = good and self.checks.get(labels, True)

    def forget(self) -> None:
        """Nothing is assigned any more: what was seen says nothing about now."""
        self.last, self.checks, self.ended = {}, {}, 0.0

    def fill(self, registry: Registry) -> None:
        """Put it into a registry that is about to be scraped."""
        for (kind, target), seen in self.last.items():
            registry.set("prober_mesh_success", seen.outcome is Outcome.OK, kind, target)
            registry.set("prober_mesh_seconds", seen.time_ms / 1000, kind, target)
        for (kind, outcome), count in self.counts.items():
            registry.add("prober_mesh_probes_total", count, kind, outcome)
        for labels, good in self.checks.items():
            registry.set("prober_agent_check_success", good, *labels)
        for (scenario, outcome), count in self.check_counts.items():
            registry.add("prober_agent_checks_total", count, scenario, outcome)
        if self.ended:
            registry.set("prober_mesh_last_round_timestamp_seconds", self.ended)


def _as_expected(expected: Expected, outcome: Outcome) -> bool | None:
    """None: it cannot be said. A target that does not answer where it is not to is no proof that
    anybody denies it: it takes a control to know that it would have answered, and an agent has
    none."""
    if outcome in (Outcome.ERROR, Outcome.SILENT):
        return None
    if expected.answers:
        return outcome is Outcome.OK
    return False if outcome.reached else None
