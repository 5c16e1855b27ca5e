"""The one loop over tries. Every try is kept, so that a retry never hides a flake."""

from __future__ import annotations

import asyncio
import dataclasses

from agent.contract import Context, ProbeFunction
from agent.net import sockets
from agent.path import traceroute
from agent.result import AttemptResult
from prober.model.bounds import bounded
from prober.model.outcome import Attempt, Evidence, Observation, Outcome
from prober.model.probe import Probe, ProbeKind

PAUSE = 0.2
"""Seconds between two tries: an error that a node's ICMP rate limit swallowed needs a moment to be
sent again."""


async def observe(probe: Probe, function: ProbeFunction, context: Context) -> Observation:
    """Try until one is `ok`, at most `probe.attempts` times; then walk the TTLs if that was asked
    for."""
    # A context variable: every probe runs in a task of its own, and tasks copy the context in which
    # they were made, so no probe sees the source address of another.
    sockets.SOURCE.set(probe.source)
    loop = asyncio.get_running_loop()
    first = loop.time()
    tries: list[Attempt] = []
    while True:
        started = loop.time()
        result = await _once(
            probe, function, dataclasses.replace(context, attempt=len(tries)) if tries else context
        )
        time_ms = round((loop.time() - started) * 1000, 3)
        # After the time was taken: finding out whose RST it was takes further connects, which are
        # no part of this try.
        result = await context.rst_origin.unmask(result)
        tries.append(Attempt(result.outcome, time_ms, result.address, result.detail))
        if result.outcome is Outcome.OK or len(tries) == probe.attempts:
            break
        await asyncio.sleep(PAUSE)
    # Over all tries, because a try that failed may have failed by the lag. Before the TTL walk,
    # whose packets are not measured.
    lag_ms = context.lag.since(first)
    observation = Observation(
        probe=probe.id,
        outcome=result.outcome,
        time_ms=time_ms,
        address=result.address,
        phases=result.phases,
        evidence=await _with_hops(probe, result, context),
        attempts=tuple(tries),
        lag_ms=lag_ms,
        detail=result.detail,
    )
    # The reader of the line cuts to the same bounds again (`prober.fabric.ledger`): it cannot know
    # who wrote it. Here it keeps one server with a huge answer from filling the log of the agent's
    # pod.
    return bounded(observation)


async def _once(probe: Probe, function: ProbeFunction, context: Context) -> AttemptResult:
    """One try. What should not happen is an outcome too: it must not take the other probes down
    with it."""
    try:
        return await function(probe, context)
    except Exception as error:  # noqa: BLE001 - a mistake in one probe must not stop the others
        return AttemptResult(
            Outcome.ERROR, probe.address, detail=f"internal error: {type(error).__name__}: {error}"
        )


async def _with_hops(probe: Probe, result: AttemptResult, context: Context) -> Evidence:
    walkable = probe.hops and probe.kind is ProbeKind.TCP and result.address
    if not walkable or result.outcome in (Outcome.OK, Outcome.ERROR):
        return result.evidence
    async with context.traceroutes:
        return dataclasses.replace(
            result.evidence, hops=await traceroute.trace(result.address, probe.port)
        )
