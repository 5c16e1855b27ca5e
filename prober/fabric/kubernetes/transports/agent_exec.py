"""One wave of plans through agents: one exec a node, in which the agent visits all pods that are
asked from.

Nothing is made, so nothing has to be taken away; when the connection ends, so does what runs in the
agent.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

import msgspec

from agent.entering.request import Visit, denumbered, encode_request
from agent.wire import FailureLine, decode_line, encode_plan
from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.exec import execute
from prober.fabric.kubernetes.client.refusals import ApiError
from prober.fabric.kubernetes.client.streams import Emit, Item, streamed
from prober.fabric.kubernetes.labels import AGENT_CONTAINER
from prober.fabric.kubernetes.probe_pods.payload import longest
from prober.fabric.kubernetes.reading.listing import Reading
from prober.fabric.kubernetes.settings import Settings
from prober.fabric.kubernetes.transports.agents import (
    Agent,
    Agents,
    AgentTarget,
    agent_target_of,
    agents_of,
)
from prober.fabric.ledger import AgentFailureError, BrokenStreamError, Ledger, lines_of, sealed
from prober.model.bounds import plain
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
class _Job:
    """One vantage's plan at its target."""

    vantage: str
    plan: Plan
    """With a nonce of its own."""
    target: AgentTarget
    ledger: Ledger
    failed: bool = False
    """Its failure has been told."""

    @property
    def visit(self) -> Visit:
        """As the agent takes it."""
        target = self.target
        return Visit(
            msgspec.Raw(encode_plan(self.plan)),
            target.container,
            target.addresses,
            dict(target.proxies),
        )

    def take(self, line: bytes, emit: Emit) -> None:
        """One line of its own. What breaks the protocol is this job's failure, and nobody
        else's."""
        if self.failed:
            return
        try:
            if observation := self.ledger.take(line):
                emit(Observed(self.vantage, observation))
            elif self.ledger.words:
                self.ledger.close()
        except FabricError as error:
            self.fail(str(error), error.hint, emit)

    def fail(self, message: str, hint: str, emit: Emit) -> None:
        """Tell its failure, once."""
        if not self.failed:
            self.failed = True
            emit(Failure(self.vantage, message, hint))


class AgentTransport:
    """One wave of plans through agents."""

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
                for agent, jobs in self._by_agent(plans, agents, emit).items():
                    group.create_task(
                        self._run_agent(agent, jobs, emit), name=f"agent on {agent.node}"
                    )

        async with aclosing(streamed(work, self._name)) as stream:
            async for item in stream:
                yield item

    def _by_agent(
        self, plans: Sequence[tuple[Vantage, Plan]], agents: Agents, emit: Emit
    ) -> dict[Agent, list[_Job]]:
        jobs: dict[Agent, list[_Job]] = {}
        for vantage, plan in plans:
            try:
                target = agent_target_of(vantage, self._reading, agents)
            except FabricError as error:
                emit(Failure(vantage.id, str(error), error.hint))
                continue
            own = sealed(plan)
            jobs.setdefault(target.agent, []).append(_Job(vantage.id, own, target, Ledger(own)))
        return jobs

    async def _run_agent(self, agent: Agent, jobs: Sequence[_Job], emit: Emit) -> None:
        """Every job of one agent; what cannot be found out is a failure of each that has not
        ended."""
        seconds = sum(longest(job.plan) for job in jobs) + _MARGIN
        try:
            async with asyncio.timeout(seconds):
                await self._try_agent(agent, jobs, emit)
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
        for job in jobs:
            if isinstance(why, BrokenStreamError) or not job.ledger.ended:
                message = f"{why}; {job.ledger.counted} of {len(job.plan.probes)} probes had ended"
                job.fail(message, why.hint, emit)

    async def _try_agent(self, agent: Agent, jobs: Sequence[_Job], emit: Emit) -> None:
        line = encode_request([job.visit for job in jobs])
        for attempt in range(1, _TRIES + 1):
            try:
                command = execute(
                    self._api, agent.namespace, agent.pod, AGENT_CONTAINER, COMMAND, line
                )
                async with aclosing(command) as chunks:
                    async for written in lines_of(chunks):
                        _hand_out(written, jobs, emit)
            except ApiError as error:
                begun = any(job.ledger.counted or job.ledger.ended or job.failed for job in jobs)
                if begun or attempt == _TRIES or not error.may_pass:
                    raise
                await asyncio.sleep(_PAUSE * attempt)
            else:
                return


def _hand_out(line: bytes, jobs: Sequence[_Job], emit: Emit) -> None:
    """One line of the agent's output, to the job whose number it has.

    Raises `AgentFailureError` when the agent could run none of them, and `BrokenStreamError` for a
    line that belongs to no job: nothing that came through this agent counts, then.
    """
    try:
        said = decode_line(line) if line.startswith(b"{") else None
        number, rest = denumbered(line) if said is None else (0, b"")
    except FabricError as error:
        raise BrokenStreamError(str(error), hint=error.hint) from error
    if isinstance(said, FailureLine):
        raise AgentFailureError(
            f"the agent could not run its plans: {plain(said.message)}", hint=plain(said.hint)
        )
    if said is not None or number >= len(jobs):
        what = f"for visit {number}, which it was not given" if said is None else "for no visit"
        raise BrokenStreamError(f"the agent answers {what}", hint="run again")
    jobs[number].take(rest, emit)
