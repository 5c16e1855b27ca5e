"""PURE. What came back of the waves of a run, and from whom.

An observation counts only from the vantage that was given its probe, and once. A fabric's streams
are judged where they are read (`prober.fabric.ledger`); this holds for whatever a fabric yields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from prober.model.bounds import plain
from prober.model.check import Vantage
from prober.model.outcome import Observation
from prober.model.probe import Failure, Observed, Plan


@dataclass(slots=True)
class Gathered:
    """What came back so far."""

    observations: dict[str, Observation] = field(default_factory=dict)
    """By the probe's id."""
    failures: dict[str, Failure] = field(default_factory=dict)
    """By vantage."""


class Gathering:
    """One wave, as it comes in: what counts of it goes into `gathered`."""

    def __init__(self, gathered: Gathered, plans: Iterable[tuple[Vantage, Plan]]) -> None:
        self._gathered = gathered
        self._given: Mapping[str, set[str]] = {
            vantage.id: {probe.id for probe in plan.probes} for vantage, plan in plans
        }
        self._counted: dict[str, set[str]] = {}
        self._failed: set[str] = set()

    def take(self, item: Observed | Failure) -> Observation | None:
        """The observation that counts, if one does. A failure, or an observation that may not be
        there, takes back whatever else this vantage said in the wave."""
        if isinstance(item, Failure):
            self._fail(item)
            return None
        probe = item.observation.probe
        if item.vantage in self._failed:
            return None
        # By vantage and not for all of them: two vantages may make the same control (equal controls
        # have equal ids), and each may say so once.
        counted = self._counted.setdefault(item.vantage, set())
        if probe not in self._given.get(item.vantage, ()) or probe in counted:
            why = "twice" if probe in counted else "which it was not given"
            message = f"it speaks of probe {plain(probe, 80)!r}, {why}: nothing that it said counts"
            self._fail(
                Failure(
                    item.vantage,
                    message,
                    "this is a defect of prober, or somebody forges observations",
                )
            )
            return None
        counted.add(probe)
        self._gathered.observations[probe] = item.observation
        return item.observation

    def has_ended(self, vantage: str) -> bool:
        """Whether the vantage has failed, or has made all of its plan."""
        return vantage in self._failed or self.has_all(vantage)

    def has_all(self, vantage: str) -> bool:
        """Whether it has made all of its plan, and what it said counts."""
        return len(self._counted.get(vantage, ())) == len(self._given.get(vantage, ()))

    def _fail(self, failure: Failure) -> None:
        self._failed.add(failure.vantage)
        self._gathered.failures.setdefault(failure.vantage, failure)
        # What came before the failure goes too. An observation of a stream that was broken later is
        # no better than the rest of it; and a check whose observation stays while its controls go
        # would be judged by half of what was planned.
        for probe in self._counted.pop(failure.vantage, ()):
            del self._gathered.observations[probe]
