"""Which replica acts: the one that holds a Lease.

The holder renews it again and again and stops acting when it could not for longer than its
duration, by its own clock; the others take it over when they have seen no renewal for longer than
that, by theirs. So clocks that are apart do no harm, as in client-go's leader election, and what is
written is held to the version that was read, so that of two who try at once only one succeeds.

Source: https://pkg.go.dev/k8s.io/client-go/tools/leaderelection
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import time
from dataclasses import dataclass, field
from typing import Any

from prober.fabric.kubernetes.client import LEASES, Api, ApiError

NAME = "prober-operator"
DURATION = 15.0
"""Seconds after which a Lease that was not renewed is anybody's."""
RENEWAL = 10.0
"""Seconds without a renewal after which the holder stops: before anybody else can begin."""
PAUSE = 2.0
"""Seconds between two tries."""
_NOT_FOUND, _CONFLICT = 404, 409


@dataclass(slots=True)
class Lease:
    """This replica's view of it."""

    api: Api
    namespace: str
    identity: str
    _seen: str = ""
    """The version that was seen last, and when by this machine's clock."""
    _seen_at: float = 0.0
    _renewed: float = field(default=float("-inf"))
    _asked: float = field(default=float("-inf"))
    """When the API server answered last."""

    @property
    def held(self) -> bool:
        """May this replica act."""
        return time.monotonic() - self._renewed < RENEWAL

    @property
    def waiting(self) -> bool:
        """Is it held by another replica, as far as the API server said lately."""
        return not self.held and time.monotonic() - self._asked < DURATION

    async def attend(self) -> None:
        """Hold it, or wait for it; for ever."""
        while True:
            with contextlib.suppress(
                ApiError, TimeoutError
            ):  # the next try is soon, and `held` ends by itself
                async with asyncio.timeout(RENEWAL / 2):
                    await self._try()
                self._asked = time.monotonic()
            await asyncio.sleep(PAUSE)

    async def release(self) -> None:
        """Let another replica have it at once."""
        if not self.held:
            return
        with contextlib.suppress(ApiError):
            lease = await self.api.get(LEASES, dict[str, Any], self.namespace, NAME)
            if lease.get("spec", {}).get("holderIdentity") == self.identity:
                await self._write(lease, {"holderIdentity": "", "leaseDurationSeconds": 1})
        self._renewed = float("-inf")

    async def taken_over(self, seconds: float) -> bool:
        """Does another replica hold it, within so many seconds."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            await asyncio.sleep(PAUSE / 2)
            with contextlib.suppress(ApiError):
                lease = await self.api.get(LEASES, dict[str, Any], self.namespace, NAME)
                if lease.get("spec", {}).get("holderIdentity") not in ("", None, self.identity):
                    return True
        return False

    async def take(self) -> None:
        """Hold it now, if it is free. Raises `ApiError`."""
        await self._try()

    async def _try(self) -> None:
        at = time.monotonic()
        try:
            lease = await self.api.get(LEASES, dict[str, Any], self.namespace, NAME)
        except ApiError as error:
            if error.status != _NOT_FOUND:
                raise
            await self._create()
            self._renewed = at
            return
        holder = str(lease.get("spec", {}).get("holderIdentity") or "")
        if holder not in ("", self.identity) and not self._is_over(lease):
            return
        await self._write(lease, self._spec(new=holder != self.identity, lease=lease))
        self._renewed = at  # from before the call: what it took is not ours

    def _is_over(self, lease: dict[str, Any]) -> bool:
        """Was it not renewed for longer than its duration, since this replica looks at it."""
        version, now = str(lease["metadata"].get("resourceVersion")), time.monotonic()
        if version != self._seen:
            self._seen, self._seen_at = version, now
        return now - self._seen_at > DURATION

    def _spec(self, *, new: bool, lease: dict[str, Any] | None = None) -> dict[str, Any]:
        now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        spec: dict[str, Any] = {
            "holderIdentity": self.identity,
            "leaseDurationSeconds": int(DURATION),
            "renewTime": now,
        }
        if new:
            before = (lease or {}).get("spec", {}).get("leaseTransitions") or 0
            spec |= {"acquireTime": now, "leaseTransitions": before + (1 if lease else 0)}
        return spec

    async def _create(self) -> None:
        await self.api.create(
            LEASES,
            {
                "apiVersion": LEASES.api_version,
                "kind": LEASES.kind,
                "metadata": {"name": NAME, "namespace": self.namespace},
                "spec": self._spec(new=True),
            },
            self.namespace,
        )

    async def _write(self, lease: dict[str, Any], spec: dict[str, Any]) -> None:
        version = lease["metadata"].get("resourceVersion")
        body = {"metadata": {"resourceVersion": version}, "spec": spec}
        await self.api.merge(LEASES, self.namespace, NAME, body)
