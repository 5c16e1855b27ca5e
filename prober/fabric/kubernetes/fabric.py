"""The fabric of a real cluster."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace

from prober.fabric.base import Caveat
from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.connection import Access
from prober.fabric.kubernetes.client.refusals import ApiError
from prober.fabric.kubernetes.client.streams import Item, merged
from prober.fabric.kubernetes.interrogation.ask import interrogate
from prober.fabric.kubernetes.labels import run_name
from prober.fabric.kubernetes.probe_pods.sweeping import sweep
from prober.fabric.kubernetes.probe_pods.vantages import vantages_of
from prober.fabric.kubernetes.reading.listing import Reading, read_cluster
from prober.fabric.kubernetes.settings import Settings, Via
from prober.fabric.kubernetes.testimony.gather import gather
from prober.fabric.kubernetes.transports.table import (
    NEED_IMAGE,
    assigned,
    entered,
    without_agent,
)
from prober.model.check import Vantage, VantageKind
from prober.model.engine_word import EngineTestimony
from prober.model.errors import FabricError, UsageError
from prober.model.probe import Failure, Observed, Plan
from prober.model.run import CheckRecord, FabricInfo
from prober.model.snapshot import Snapshot
from prober.model.testimony import SearchScope, Testimony

_MOST_SWEPT = 200
"""Objects that one run takes away of others: whoever plants thousands makes nobody wait."""


class KubernetesFabric:
    """A cluster, reached with `access`, probed as `settings` say. Implements
    `prober.fabric.base.Fabric`."""

    def __init__(self, access: Access, settings: Settings) -> None:
        self._access = access
        self._settings = settings
        self._stack = AsyncExitStack()
        self._api: Api | None = None
        self._version = ""
        self._reading: Reading | None = None
        self._token = secrets.token_hex(4)
        self._waves = 0

    async def __aenter__(self) -> KubernetesFabric:
        """Connect. Raises `FabricError` when the cluster cannot be reached, and `UsageError` when a
        pod of it is said to be outside."""
        async with AsyncExitStack() as stack:
            self._api = await stack.enter_async_context(
                await Api.open(self._access, self._settings)
            )
            if self._settings.outside and self._api.in_cluster:
                raise UsageError(
                    (
                        "--outside says that this machine is outside, and prober runs in the "
                        "cluster itself"
                    ),
                    hint="leave it out, and the checks from there",
                )
            self._version = await self._api.version()
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._stack.aclose()

    @property
    def hosts(self) -> Mapping[str, Sequence[str]]:
        """The hosts of the scenario that this machine is, with the addresses that were named."""
        return self._settings.outside

    def info(self) -> FabricInfo:
        """The context, the server's version, and how large the cluster was when it was last
        read."""
        snapshot = self._reading.snapshot if self._reading else Snapshot()
        name = self._api.name if self._api else ""
        return FabricInfo(
            "kubernetes", name, self._version, nodes=len(snapshot.nodes), pods=len(snapshot.pods)
        )

    def caveats(self) -> Sequence[Caveat]:
        return ()

    async def snapshot(self) -> Snapshot:
        """Read the cluster."""
        self._reading = await read_cluster(self._connected())
        return self._reading.snapshot

    async def testimony(self, scope: SearchScope) -> Testimony:
        """What is written down in the cluster. See `prober.fabric.base.Witness`."""
        return await gather(self._connected(), scope)

    async def ask_engines(
        self, records: Sequence[CheckRecord], plans: Sequence[tuple[Vantage, Plan]]
    ) -> EngineTestimony:
        """What drops the packets of these checks. See `prober.fabric.base.Interrogator`."""
        api = self._connected()
        reading = self._reading or await read_cluster(api)

        async def again() -> None:
            async with aclosing(self.run(plans)) as stream:
                async for _ in stream:
                    pass

        return await interrogate(api, reading, records, again)

    def vantages(self) -> Sequence[Vantage]:
        """Running pods and ready nodes, as of the last snapshot; and what this machine is."""
        here = [Vantage(VantageKind.OUTSIDE, "", name) for name in self._settings.outside]
        return [*(vantages_of(self._reading.snapshot) if self._reading else ()), *here]

    def inside(self) -> Sequence[Vantage]:
        """The pods that agents enter. See `prober.fabric.base.Resident`."""
        return entered(self.vantages(), self._settings.via, self._reading) if self._reading else ()

    async def run(
        self, plans: Sequence[tuple[Vantage, Plan]]
    ) -> AsyncGenerator[Observed | Failure, None]:
        """Each plan in its way (see `transports.table`), all at once. Raises `UsageError` when no
        image is named for probe pods."""
        settings = self._settings
        if settings.via is Via.POD and not settings.image:
            raise _no_image()
        api = self._connected()
        reading = self._reading or await read_cluster(api)
        assignments = assigned(plans, settings.via, reading)
        reasons = without_agent(plans, settings.via, reading)
        if assignments.keys() & set(NEED_IMAGE) and not settings.image:
            raise _no_image()
        # Beside the first wave: what dead runs left is in nobody's way, and to list it takes as
        # long as to make what is needed.
        sweeping = [] if self._waves else [_swept(api)]
        self._waves += 1
        name = run_name(self._token, self._waves)
        streams = [
            transport(api, settings, reading, name).run(share)
            for transport, share in assignments.items()
        ]
        async with aclosing(merged([*sweeping, *streams], name)) as stream:
            async for item in stream:
                reason = reasons.get(item.vantage)
                yield _explained(item, reason) if reason and isinstance(item, Failure) else item

    def _connected(self) -> Api:
        if self._api is None:
            raise RuntimeError("the fabric is used before it is entered")
        return self._api


def _explained(failure: Failure, reason: FabricError) -> Failure:
    """The failure of a probe pod that was only made because no agent could do it: agents that are
    back do it again, whatever keeps probe pods from being made."""
    message = f"{reason}; and a probe pod in its place: {failure.message}"
    return replace(failure, message=message, hint=reason.hint)


async def _swept(api: Api) -> AsyncGenerator[Item, None]:
    """Take away what dead runs left, with the first probes: not on entering, so that whoever only
    looks changes nothing. A stream without items: tidying up after others keeps nobody from
    probing."""
    nothing: Sequence[Item] = ()
    with contextlib.suppress(ApiError):
        await sweep(api, most=_MOST_SWEPT)
    for item in nothing:
        yield item


def _no_image() -> UsageError:
    return UsageError(
        "probe pods need the agent's image, and none is named",
        hint="give --image IMAGE or set PROBER_IMAGE (the Dockerfile builds it); or add --lab",
    )
