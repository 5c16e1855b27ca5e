"""The table of ways to run plans, and which plan goes which transport."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Protocol

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.streams import Item
from prober.fabric.kubernetes.probe_pods.transport import ProbePodTransport
from prober.fabric.kubernetes.reading.listing import Reading
from prober.fabric.kubernetes.settings import Settings, Via
from prober.fabric.kubernetes.transports.agent_exec import AgentTransport
from prober.fabric.kubernetes.transports.agents import (
    Agents,
    TwoAgentsError,
    agent_target_of,
    agents_of,
)
from prober.fabric.kubernetes.transports.ephemeral import EphemeralTransport
from prober.fabric.kubernetes.transports.local import LocalTransport
from prober.model.check import Vantage, VantageKind
from prober.model.errors import FabricError
from prober.model.probe import Plan

Plans = Sequence[tuple[Vantage, Plan]]


class Transport(Protocol):
    """How plans are run, and one wave of them. It takes away what it made, whatever happens.

    The name is unique in the cluster to one wave of one run.
    """

    def __init__(self, api: Api, settings: Settings, reading: Reading, name: str) -> None: ...

    def run(self, plans: Plans) -> AsyncGenerator[Item, None]:
        """Run them all at once; a vantage that cannot run yields one `Failure`."""
        ...


NEED_IMAGE: Sequence[type[Transport]] = (ProbePodTransport, EphemeralTransport)
"""The ways that bring a container, for which an image must be named."""
_CHOSEN: Mapping[Via, type[Transport]] = {
    Via.POD: ProbePodTransport,
    Via.AGENT: AgentTransport,
    Via.EPHEMERAL: EphemeralTransport,
}


def assigned(plans: Plans, via: Via, reading: Reading) -> Mapping[type[Transport], Plans]:
    """Which plan goes which transport; ways without plans are left out."""
    assignments: dict[type[Transport], list[tuple[Vantage, Plan]]] = {}
    agents: Agents = agents_of(reading) if via is Via.AUTO else {}
    for vantage, plan in plans:
        assignments.setdefault(_transport_of(vantage, via, reading, agents), []).append(
            (vantage, plan)
        )
    return assignments


def without_agent(plans: Plans, via: Via, reading: Reading) -> Mapping[str, FabricError]:
    """Why the agent could not be used, by the vantages whose plans go another way for that. Empty
    in a cluster without agents, where nobody expects it."""
    if via is not Via.AUTO or not reading.agents:
        return {}
    agents = agents_of(reading)
    reasons: dict[str, FabricError] = {}
    for vantage, _ in plans:
        if _transport_of(vantage, via, reading, agents) is ProbePodTransport:
            try:
                agent_target_of(vantage, reading, agents)
            except FabricError as error:
                reasons[vantage.id] = error
    return reasons


def entered(vantages: Sequence[Vantage], via: Via, reading: Reading) -> Sequence[Vantage]:
    """The pods whose networks agents enter to probe."""
    if via not in (Via.AUTO, Via.AGENT):
        return ()
    agents = agents_of(reading)
    return [vantage for vantage in vantages if _is_entered(vantage, reading, agents)]


def _is_entered(vantage: Vantage, reading: Reading, agents: Agents) -> bool:
    if vantage.kind is not VantageKind.POD:
        return False
    try:
        return bool(agent_target_of(vantage, reading, agents).container)
    except FabricError:
        return False


def _transport_of(vantage: Vantage, via: Via, reading: Reading, agents: Agents) -> type[Transport]:
    if vantage.kind is VantageKind.OUTSIDE:
        return LocalTransport
    if via is Via.EPHEMERAL and vantage.kind is not VantageKind.POD:
        return ProbePodTransport
    if via is not Via.AUTO:
        return _CHOSEN[via]
    try:
        agent_target_of(vantage, reading, agents)
    except TwoAgentsError:  # no reason to do it in another transport: somebody has to look
        return AgentTransport
    except FabricError:  # a probe pod may do, and says why when it does not
        return ProbePodTransport
    return AgentTransport
