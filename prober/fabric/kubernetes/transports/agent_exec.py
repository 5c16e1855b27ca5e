"""One wave of plans through agents: one exec a node, in which the agent visits all pods that are
asked from.

Nothing is made, so nothing has to be taken away; when the connection ends, so does what runs in the
agent.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

import msgspec

from agent.entering.request import Visit, denumbered, encode_itinerary
from agent.wire import End, FailureLine, decode_line, encode_plan
from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.exec import execute
from prober.fabric.kubernetes.client.refusals import ApiError
from prober.fabric.kubernetes.client.streams import Emit, Item, streamed
from prober.fabric.kubernetes.installation.names import CONTAINER
from prober.fabric.kubernetes.probe_pods.payload import longest
from prober.fabric.kubernetes.reading.listing import Reading
from prober.fabric.kubernetes.settings import Settings
from prober.fabric.kubernetes.transports.agents import Agent, Stop, agents_of, stop_of
from prober.model.check import Vantage
from prober.model.errors import FabricError
from prober.model.probe import Failure, Observed, Plan

COMMAND = ("python3", "-m", "agent", "visit")
_TRIES = 3
"""Times that an exec is begun, while no line has come: an API server that is busy refuses some."""
_PAUSE = 0.5
_MARGIN = 60
"""Seconds more than the plans can take, for the agent to be slow."""


@dataclass(slots=True)
class _Stay:
    """One vantage's plan at its stop."""

    vantage: str
    plan: Plan
    stop: Stop
    seen: set[str] = field(default_factory=set)
    ended: bool = False

    @property
    def visit(self) -> Visit:
        """As the agent takes it."""
        stop = self.stop
        return Visit(
            msgspec.Raw(encode_plan(self.plan)), stop.container, stop.addresses, dict(stop.proxies)
        )


class Visits:
    """One call of `Fabric.run`, as far as it goes through agents. The same shape as `Batch`."""

    def __init__(self, api: Api, settings: Settings, reading: Reading, name: str) -> None:
        self._api = api
        self._settings = settings
        self._reading = reading
        self._name = name

    async def run(self, plans: Sequence[tuple[Vantage, Plan]]) -> AsyncGenerator[Item, None]:
        """Run all plans at once. Raises `FabricError` when there is no agent at all."""
        agents = agents_of(self._reading)
        if not agents:
            raise FabricError(
                "the cluster has no agent that is ready",
                hint="prober install --image IMAGE; or use --via pod, which needs none",
            )

        async def work(emit: Emit) -> None:
            async with asyncio.TaskGroup() as group:
                for agent, stays in self._by_agent(plans, agents, emit).items():
                    group.create_task(
                        self._run_agent(agent, stays, emit), name=f"agent on {agent.node}"
                    )

        async with aclosing(streamed(work, self._name)) as stream:
            async for item in stream:
                yield item

    def _by_agent(
        self, plans: Sequence[tuple[Vantage, Plan]], agents: Mapping[str, Agent], emit: Emit
    ) -> dict[Agent, list[_Stay]]:
        stays: dict[Agent, list[_Stay]] = {}
        for vantage, plan in plans:
            try:
                stop = stop_of(vantage, self._reading, agents)
            except FabricError as error:
                emit(Failure(vantage.id, str(error), error.hint))
                continue
            stays.setdefault(stop.agent, []).append(_Stay(vantage.id, plan, stop))
        return stays

    async def _run_agent(self, agent: Agent, stays: Sequence[_Stay], emit: Emit) -> None:
        """Every stay of one agent; what cannot be found out is a failure of each that has not
        ended."""
        seconds = sum(longest(stay.plan) for stay in stays) + _MARGIN
        try:
            async with asyncio.timeout(seconds):
                await self._try_agent(agent, stays, emit)
            hint = (
                "the connection to it broke, or its node did: kubectl describe node "
                f"{agent.node}; then run again"
            )
            why = FabricError(
                f"the agent on node {agent.node} ended before this plan did", hint=hint
            )
        except TimeoutError:
            hint = f"its node may be gone: kubectl describe node {agent.node}"
            why = FabricError(
                f"the agent on node {agent.node} did not answer within {seconds:.0f} s", hint=hint
            )
        except FabricError as error:
            why = error
        for stay in stays:
            if not stay.ended:
                emit(
                    Failure(
                        stay.vantage,
                        f"{why}; {len(stay.seen)} of {len(stay.plan.probes)} probes had ended",
                        why.hint,
                    )
                )

    async def _try_agent(self, agent: Agent, stays: Sequence[_Stay], emit: Emit) -> None:
        line = encode_itinerary([stay.visit for stay in stays])
        for attempt in range(1, _TRIES + 1):
            try:
                async with aclosing(
                    execute(self._api, agent.namespace, agent.pod, CONTAINER, COMMAND, line)
                ) as lines:
                    async for one in lines:
                        _take(one, stays, emit)
            except ApiError as error:
                begun = any(stay.seen or stay.ended for stay in stays)
                if begun or attempt == _TRIES or not error.may_pass:
                    raise
                await asyncio.sleep(_PAUSE * attempt)
            else:
                return


def _take(line: bytes, stays: Sequence[_Stay], emit: Emit) -> None:
    """One line of the agent's output. Raises `FabricError` when it says that nothing could be
    run."""
    if line.startswith(b"{"):
        word = decode_line(line)
        if isinstance(word, FailureLine):
            raise FabricError(f"the agent could not run its plans: {word.message}", hint=word.hint)
    number, rest = denumbered(line)
    if number >= len(stays):
        raise FabricError(
            f"the agent answers for visit {number}, which it was not given", hint="run again"
        )
    stay, word = stays[number], decode_line(rest)
    if isinstance(word, End):
        stay.ended = True
    elif isinstance(word, FailureLine):
        stay.ended = True
        emit(Failure(stay.vantage, word.message, word.hint))
    elif word.probe not in stay.seen:
        stay.seen.add(word.probe)
        emit(Observed(stay.vantage, word))
