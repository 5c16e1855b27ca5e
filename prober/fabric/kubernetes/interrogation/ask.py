"""Listen to engines and kernels on the nodes concerned, have the checks made again, and put
together what was said of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from agent.dropping.wire import LONGEST, Watch
from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.interrogation import cilium, counters, kernel
from prober.fabric.kubernetes.interrogation.flows import Concern, concern_of
from prober.fabric.kubernetes.interrogation.subjects import Subject, Tongue, engines
from prober.fabric.kubernetes.interrogation.talking import Listening, listen
from prober.fabric.kubernetes.interrogation.told import (
    Heard,
    words_of,
)
from prober.fabric.kubernetes.labels import AGENT_CONTAINER
from prober.fabric.kubernetes.reading.listing import Reading
from prober.fabric.kubernetes.transports.agents import Agent, agents_of
from prober.model.engine_word import EngineTestimony
from prober.model.errors import FabricError
from prober.model.run import CheckRecord

T = TypeVar("T")
CHECKS_AT_MOST = 4
NODES_AT_MOST = 6
_BEGIN = 6.0
"""Seconds in which whoever is asked has to be ready to listen."""
_AFTERWARDS = 0.4
"""Seconds that a monitor may be behind."""
_ENDPOINTS_AT_MOST = 4


@dataclass(slots=True)
class _Asking:
    """What is under way."""

    api: Api
    concerns: tuple[Concern, ...]
    heard: Heard = field(default_factory=Heard)
    unasked: list[str] = field(default_factory=list)

    async def attempt(self, whom: str, call: Awaitable[T]) -> T | None:
        """None where it could not be asked; that is said."""
        try:
            return await call
        except FabricError as error:
            hint = f" ({error.hint})" if error.hint else ""
            self.unasked.append(f"{whom}: {error}{hint}")
            return None


async def interrogate(
    api: Api,
    reading: Reading,
    records: Sequence[CheckRecord],
    again: Callable[[], Awaitable[None]],
) -> EngineTestimony:
    """What is said of these checks' packets while `again` makes them once more."""
    concerns = tuple(concern_of(record, reading.snapshot) for record in records[:CHECKS_AT_MOST])
    nodes = sorted({node for concern in concerns for node in concern.nodes})[:NODES_AT_MOST]
    asking = _Asking(api, concerns)
    subjects = engines(reading, nodes)
    agents = _watchers(asking, reading, nodes)
    missing = sorted(set(nodes) - {asked.node for asked in subjects})
    if missing:
        asking.unasked.append(
            f"{', '.join(missing)}: no pod there of a policy engine that can be asked"
        )
    counted = [asked for asked in subjects if asked.tongue is Tongue.IPTABLES]
    monitored = [asked for asked in subjects if asked.tongue is Tongue.CILIUM]
    before = await _counters(asking, counted)
    listenings: list[Listening] = []
    async with asyncio.TaskGroup() as group:
        for subject in monitored:
            listenings.append(listening := Listening())
            group.create_task(_monitor(asking, subject, listening))
        for agent in agents:
            listenings.append(listening := Listening())
            group.create_task(_kernel(asking, agent, listening))
        try:
            await _all_begun(listenings)
            await again()
            await asyncio.sleep(_AFTERWARDS)
        finally:
            for listening in listenings:
                listening.enough.set()
    after = await _counters(asking, counted)
    for subject in counted:
        if subject.node in before and subject.node in after:
            moved = counters.moved(before[subject.node], after[subject.node])
            asking.heard.moved.append((subject, moved))
    await _policies(asking)
    return EngineTestimony(words_of(asking.heard, concerns), tuple(dict.fromkeys(asking.unasked)))


def _watchers(asking: _Asking, reading: Reading, nodes: Sequence[str]) -> list[Agent]:
    """The agents that may look into the kernel."""
    agents, watchers = agents_of(reading), []
    for node in nodes:
        there = agents.get(node, ())
        if len(there) == 1 and there[0].enters_pods:
            watchers.append(there[0])
        else:
            asking.unasked.append(
                f"the kernel of {node}: no agent of prober there may look into it "
                "(prober install --enter-pods)"
            )
    return watchers


async def _all_begun(listenings: Sequence[Listening]) -> None:
    waiting = [asyncio.ensure_future(listening.begun.wait()) for listening in listenings]
    if not waiting:
        return
    _, late = await asyncio.wait(waiting, timeout=_BEGIN)
    for task in late:
        task.cancel()


async def _counters(asking: _Asking, subjects: Sequence[Subject]) -> dict[str, str]:
    """The rules with their counters, by node."""
    told = await asyncio.gather(
        *(
            asking.attempt(f"{subject.engine} on {subject.node}", _saved(asking.api, subject))
            for subject in subjects
        )
    )
    return {
        subject.node: text for subject, text in zip(subjects, told, strict=True) if text is not None
    }


async def _saved(api: Api, subject: Subject) -> str:
    problem = "its container has no iptables-save"
    for command in counters.COMMAND:
        try:
            said = await listen(api, _at(subject), command)
        except FabricError as error:
            problem = str(error)
            continue
        if b"] -A " in said:
            return said.decode("utf-8", "replace")
    raise FabricError(f"it shows no rules with counters: {problem}")


def _at(subject: Subject) -> tuple[str, str, str]:
    return subject.namespace, subject.pod, subject.container


async def _monitor(asking: _Asking, subject: Subject, listening: Listening) -> None:
    whom = f"{subject.engine} on {subject.node}"

    async def call() -> None:
        for program in cilium.PROGRAMS:
            # `timeout` ends what nobody listens to any more, whatever becomes of the connection.
            command = ("timeout", f"{LONGEST:.0f}", program, "monitor", "--type", "drop")
            said = await listen(asking.api, _at(subject), command, listening=listening)
            if said:
                drops = tuple(cilium.dropped(said.decode("utf-8", "replace")))
                asking.heard.dropped.append((subject, drops))
                return
        raise FabricError("its monitor says nothing")

    await asking.attempt(whom, call())


async def _kernel(asking: _Asking, agent: Agent, listening: Listening) -> None:
    addresses = frozenset().union(*(concern.addresses | concern.own for concern in asking.concerns))
    line = msgspec.json.encode(Watch(LONGEST, tuple(sorted(addresses))))

    async def call() -> None:
        said = await listen(
            asking.api,
            (agent.namespace, agent.pod, AGENT_CONTAINER),
            kernel.COMMAND,
            line=line,
            listening=listening,
            ready=kernel.is_ready,
            ends_itself=True,
        )
        asking.heard.given_up.append((agent.node, tuple(kernel.drops(said))))

    await asking.attempt(f"the kernel of {agent.node}", call())


async def _policies(asking: _Asking) -> None:
    """What the endpoints' rules were made of at which Cilium dropped something."""
    wanted = {
        (subject, drop.at, drop.direction): None
        for subject, drops in asking.heard.dropped
        for drop in drops
        if any(
            concern.is_its(drop.source, drop.destination, drop.port) for concern in asking.concerns
        )
    }
    for subject, endpoint, direction in list(wanted)[:_ENDPOINTS_AT_MOST]:
        for program in cilium.PROGRAMS:
            command = (program, "endpoint", "get", endpoint, "-o", "json")
            said = await asking.attempt(
                f"{subject.engine} on {subject.node}", listen(asking.api, _at(subject), command)
            )
            if said:
                policies = cilium.policies_of(said, direction)
                asking.heard.policies[(subject.node, direction)] = policies
                break
