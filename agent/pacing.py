"""In which order probes start, and how quickly: so that no plan is a flood to anybody.

A probe is a whole connection, and is given up when its time is over, so there are never more
half-open ones than probes in flight; and no probe starts before it may by three limits:

- **per target**: an address gets a few at once (`BURST`) and then `Plan.target_rate` a second;
- **per source**: this vantage starts `Plan.rate` a second in all;
- **together**: the coordinator divides what all vantages may start (`prober.coordinator.rates`).

Probes of one target are spread out: the order goes round the targets, and every vantage begins at
another one, so that they do not all call on the first together.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from zlib import crc32

from prober.model.probe import Plan, Probe

RATE = 50_000.0
"""Probes a second of one vantage, where the plan says nothing: more than one process can start."""
TARGET_RATE = 1_000.0
"""Probes a second to one target. A usual server takes ten times as many connections."""
BURST = 32
"""Probes that one target may get at once."""


def target_of(probe: Probe) -> str:
    """Who is called: the address where it is known, else the host, of a URL as well."""
    return probe.address or probe.host or probe.url


def spread(plan: Plan) -> Iterator[Probe]:
    """The probes of a plan, round the targets, from one that depends on the vantage on."""
    waiting: defaultdict[str, deque[Probe]] = defaultdict(deque)
    for probe in plan.probes:
        waiting[target_of(probe)].append(probe)
    turn = deque(waiting.values())
    turn.rotate(-(crc32(plan.vantage.encode()) % max(len(turn), 1)))
    while turn:
        probes = turn.popleft()
        yield probes.popleft()
        if probes:
            turn.append(probes)


class Pace:
    """When the next probe may start. Times are seconds on any one clock."""

    def __init__(self, plan: Plan) -> None:
        self._every = 1 / (plan.rate or RATE)
        self._every_of_target = 1 / (plan.target_rate or TARGET_RATE)
        self._next = 0.0
        self._due: dict[str, float] = {}
        """When each target would have been given all its probes at an even pace."""

    def start(self, probe: Probe, now: float) -> float:
        """The moment at which the probe may start, not before `now`. It is taken to start then."""
        target = target_of(probe)
        patience = (BURST - 1) * self._every_of_target
        moment = max(now, self._next, self._due.get(target, 0.0) - patience)
        self._next = max(self._next, moment - BURST * self._every) + self._every
        self._due[target] = max(self._due.get(target, 0.0), moment) + self._every_of_target
        return moment
