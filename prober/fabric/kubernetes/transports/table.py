"""The table of ways to run plans, and which plan goes which way."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Protocol

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.streams import Item
from prober.fabric.kubernetes.probe_pods.batch import Batch
from prober.fabric.kubernetes.reading.listing import Reading
from prober.fabric.kubernetes.settings import Settings
from prober.fabric.kubernetes.transports.agent_exec import Visits
from prober.fabric.kubernetes.transports.agents import Agents, TwoAgentsError, agents_of, stop_of
from prober.fabric.kubernetes.transports.ephemeral import EphemeralContainers
from prober.fabric.kubernetes.transports.local import Here
from prober.fabric.kubernetes.transports.names import Via
from prober.model.check import Vantage, VantageKind
from prober.model.errors import FabricError
from prober.model.probe import Plan

Plans = Sequence[tuple[Vantage, Plan]]


class Way(Protocol):
    """One way of running plans, and one wave of them. It takes away what it made, whatever happens.

    The name is unique in the cluster to one wave of one run.
    """

    def __init__(self, api: Api, settings: Settings, reading: Reading, name: str) -> None: ...

    def run(self, plans: Plans) -> AsyncGenerator[Item, None]:
        """Run them all at once; a vantage that cannot run yields one `Failure`."""
        ...


WITH_IMAGE: Sequence[type[Way]] = (Batch, EphemeralContainers)
"""The ways that bring a container, for which an image must be named."""
_CHOSEN: Mapping[Via, type[Way]] = {
    Via.POD: Batch,
    Via.AGENT: Visits,
    Via.EPHEMERAL: EphemeralContainers,
}


def shared_out(plans: Plans, via: Via, reading: Reading) -> Mapping[type[Way], Plans]:
    """Which plan goes which way; ways without plans are left out."""
    shares: dict[type[Way], list[tuple[Vantage, Plan]]] = {}
    agents: Agents = agents_of(reading) if via is Via.AUTO else {}
    for vantage, plan in plans:
        shares.setdefault(_way(vantage, via, reading, agents), []).append((vantage, plan))
    return shares


def _way(vantage: Vantage, via: Via, reading: Reading, agents: Agents) -> type[Way]:
    if vantage.kind is VantageKind.OUTSIDE:
        return Here
    if via is Via.EPHEMERAL and vantage.kind is not VantageKind.POD:
        return Batch
    if via is not Via.AUTO:
        return _CHOSEN[via]
    try:
        stop_of(vantage, reading, agents)
    except TwoAgentsError:  # no reason to do it in another way: somebody has to look
        return Visits
    except FabricError:  # a probe pod may do, and says why when it does not
        return Batch
    return Visits
