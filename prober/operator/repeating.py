"""Keeps which checks of Scenarios agents repeat: the cluster is read again and again, since pods
come and go."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from prober.coordinator.places import places_of
from prober.fabric.kubernetes.client import Api
from prober.fabric.kubernetes.reading import Reading, read_cluster
from prober.fabric.kubernetes.transports import AgentTarget, agent_target_of, agents_of
from prober.model.check import Flow, Vantage
from prober.model.errors import FabricError, InputError
from prober.model.prediction import Ruling
from prober.operator.grants import Grants
from prober.operator.objects import ScenarioObject
from prober.operator.reading import read
from prober.operator.repeated import Repeated, World, fitting, spread
from prober.policy import Predictor
from prober.scenario import Scenario, resolve

LOOK = 60.0
"""Seconds between two readings of the cluster, unless Scenarios change before."""


@dataclass(slots=True)
class Repeater:
    """Of one cluster."""

    api: Api
    grants: Grants
    _known: Sequence[Repeated] = ()
    _seen: object = None
    """The Scenarios that `_known` is of."""
    _looked: float = field(default=float("-inf"))

    async def look(self, items: Sequence[ScenarioObject]) -> Sequence[Repeated]:
        """What agents can repeat of these Scenarios. Raises `ApiError`."""
        seen = sorted((item.key, item.generation) for item in items)
        late = time.monotonic() - self._looked >= LOOK
        if seen != self._seen or late:
            scenarios = {str(item): scenario for item in items if (scenario := self._read(item))}
            reading = await read_cluster(self.api) if scenarios else None
            self._known = repeated_of(scenarios, reading) if reading else ()
            self._seen, self._looked = seen, time.monotonic()
        return self._known

    def _read(self, item: ScenarioObject) -> Scenario | None:
        """The Scenario, if it is one and not suspended; what is wrong with it its status says."""
        try:
            scenario = read(item, self.grants)
        except InputError:
            return None
        return None if scenario.timing.suspended else scenario


def repeated_of(scenarios: dict[str, Scenario], reading: Reading) -> list[Repeated]:
    """What agents of this cluster can repeat. PURE."""
    agents, predictor = agents_of(reading), Predictor(reading.snapshot)

    def reach(vantage: Vantage) -> AgentTarget | None:
        try:
            return agent_target_of(vantage, reading, agents)
        except FabricError:  # a run from there says why
            return None

    def predict(flow: Flow) -> Ruling:
        return predictor.predict(flow).verdict

    result: list[Repeated] = []
    for name, scenario in scenarios.items():
        try:
            checks = resolve(spread(scenario), reading.snapshot)
        except InputError:  # its status says what the cluster does not have
            continue
        world = World(predict, reach, places_of(checks, reading.snapshot))
        result += fitting(name, scenario, checks, world)
    return result
