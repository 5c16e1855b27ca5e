"""The table of ways to run plans, and which plan goes which way."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import Protocol

from prober.fabric.kubernetes.agents import agents_of, stop_of
from prober.fabric.kubernetes.api import Api
from prober.fabric.kubernetes.batch import Batch
from prober.fabric.kubernetes.ephemeral import EphemeralContainers
from prober.fabric.kubernetes.reading import Reading
from prober.fabric.kubernetes.settings import Settings
from prober.fabric.kubernetes.streamed import Item
from prober.fabric.kubernetes.via import Via
from prober.fabric.kubernetes.visits import Visits
from prober.model.check import Vantage, VantageKind
from prober.model.errors import FabricError
from prober.model.probe import Plan

Plans = Sequence[tuple[Vantage, Plan]]


class Way(Protocol):
    """One way of running plans. It takes away what it made, whatever happens."""

    def run(self, plans: Plans) -> AsyncGenerator[Item, None]:
        """Run them all at once; a vantage that cannot run yields one `Failure`."""
        ...


WAYS: Mapping[Via, Callable[[Api, Settings, Reading, str], Way]] = {
    Via.POD: Batch,
    Via.AGENT: Visits,
    Via.EPHEMERAL: EphemeralContainers,
}
"""What runs plans, for each way that can be chosen. The name is unique in the cluster to one wave of one run."""


def shared_out(plans: Plans, via: Via, reading: Reading) -> Mapping[Via, Plans]:
    """Which plan goes which way; ways without plans are left out."""
    shares: dict[Via, list[tuple[Vantage, Plan]]] = {}
    agents = agents_of(reading) if via is Via.AUTO else {}
    for vantage, plan in plans:
        way = via
        if via is Via.EPHEMERAL and vantage.kind is not VantageKind.POD:
            way = Via.POD
        if via is Via.AUTO:
            try:
                stop_of(vantage, reading, agents)
                way = Via.AGENT
            except FabricError:  # a probe pod may do, and says why when it does not
                way = Via.POD
        shares.setdefault(way, []).append((vantage, plan))
    return shares
