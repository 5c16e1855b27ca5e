"""The operator as one process: its Lease, its loop, its server; and how it stops.

A replica that is told to stop lets another one have the Lease. Only where there is none it says of
all Scenarios that nobody runs them any more: an old green is not to outlive who gave it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from prober.fabric.kubernetes import Access, Settings
from prober.fabric.kubernetes.client import Api, ApiError
from prober.operator.grants import Grants
from prober.operator.lease import Lease
from prober.operator.loop import Operator, Work
from prober.operator.mesh import MeshKeeper
from prober.operator.objects import ScenarioObject
from prober.operator.publishing import Publisher
from prober.operator.repeating import Repeater
from prober.operator.running import run_in_cluster
from prober.operator.serving import Listening, Pulse, serving

SUCCESSION = 8.0
"""Seconds for another replica to take over: it looks every two."""


@dataclass(frozen=True, slots=True)
class Service:
    """What the operator is started with."""

    access: Access
    settings: Settings
    grants: Grants
    namespace: str
    """Of the Lease."""
    listening: Listening
    """Of its health and metrics."""
    tell: Callable[[str], None]
    mesh: bool = False
    """Agents probe by themselves what it assigns."""


async def serve(service: Service) -> None:
    """Run Scenarios until it is cancelled. Raises `FabricError` when there are no credentials, or
    the port cannot be bound."""
    pulse = Pulse()
    async with await Api.open(service.access, service.settings) as api:
        lease = Lease(api, service.namespace, _identity())
        publisher = Publisher(api)
        work = Work(
            api=api,
            lease=lease,
            run=lambda scenario: run_in_cluster(service.access, service.settings, scenario),
            publish=publisher.publish,
            tell=service.tell,
            pulse=pulse,
            grants=service.grants,
            beside=_beside(service, api),
        )
        operator = Operator(work)
        async with serving(service.listening, pulse, publisher.metrics):
            service.tell(f"replica {lease.identity} waits for the Lease in {service.namespace}")
            try:
                async with _attended(lease):
                    await operator.work()
            finally:
                with contextlib.suppress(ApiError):
                    await _leave(operator, lease)


def _beside(service: Service, api: Api) -> Callable[[Sequence[ScenarioObject]], Awaitable[None]]:
    """What is looked after in each look, beside the Scenarios."""
    if service.mesh:
        repeater = Repeater(api, service.grants)
        return MeshKeeper(api, service.settings.probe_namespace, service.tell, repeater).look

    async def nothing(_: Sequence[ScenarioObject]) -> None:
        """Nothing."""

    return nothing


@asynccontextmanager
async def _attended(lease: Lease) -> AsyncIterator[None]:
    """Held, or waited for, while the context lasts."""
    attending = asyncio.create_task(lease.attend(), name="lease")
    try:
        yield
    finally:
        attending.cancel()
        await asyncio.gather(attending, return_exceptions=True)


async def _leave(operator: Operator, lease: Lease) -> None:
    if not lease.held:
        return
    await lease.release()
    if await lease.taken_over(SUCCESSION):
        return
    await lease.take()
    await operator.abandon()
    await lease.release()


def _identity() -> str:
    """The pod's name, and a word: a container that was restarted is another replica."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
