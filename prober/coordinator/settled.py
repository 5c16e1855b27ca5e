"""PURE. Which checks of a wave need nothing more, while others are still under way.

A run that is interrupted keeps what it had. A check is through when every vantage that it depends
on, its own and those of its controls, has made all of its plan: what a vantage said counts for
nothing before (`gathering`), because a stream may break the protocol in its last line. Only what
came out as expected is through; a surprise has a second wave to come.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from prober.coordinator.backends import trials
from prober.coordinator.gathering import Gathered
from prober.coordinator.judging import Ready, records_of
from prober.diagnosis.facts.reasons import reasons_for
from prober.model.check import Check
from prober.model.run import CheckRecord

BATCH = 500
"""Records that are kept at once: a file each, so a run of a few checks keeps none."""

Keep = Callable[[Sequence[CheckRecord]], None]


class Settled:
    """The checks of one chunk, as its vantages end."""

    def __init__(self, ready: Ready, gathered: Gathered, keep: Keep) -> None:
        self._ready = ready
        self._gathered = gathered
        self._keep = keep
        self._waits: dict[str, int] = {}
        """By check: how many vantages it still depends on."""
        self._depending: defaultdict[str, list[Check]] = defaultdict(list)
        """By vantage."""
        self._through: list[Check] = []
        self.kept: set[str] = set()
        """The checks whose records were kept."""
        for check in ready.checks:
            specs = ready.wave.controls.get(check.id, ())
            vantages = {spec.vantage.id for spec in specs if spec.vantage and spec.probe}
            vantages.add(check.vantage.id)
            self._waits[check.id] = len(vantages)
            for vantage in vantages:
                self._depending[vantage].append(check)

    def ended(self, vantage: str) -> None:
        """A vantage has made all of its plan. It says so once."""
        for check in self._depending.pop(vantage, ()):
            self._waits[check.id] -= 1
            if not self._waits[check.id] and not check.skip_reason:
                self._through.append(check)
        if len(self._through) >= BATCH:
            self._keep_them()

    def _keep_them(self) -> None:
        ready = replace(self._ready, checks=tuple(self._through))
        self._through = []
        snapshot = ready.candidates.snapshot
        records = [
            replace(record, reasons=reasons_for(record, snapshot))
            for record in records_of(ready, (ready.wave,), self._gathered)
            if record.as_expected and not any(trials([record], snapshot))
        ]
        self.kept |= {record.check.id for record in records}
        self._keep(records)
