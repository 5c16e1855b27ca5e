"""What follows from an answer beside the status: Events, and whoever else wants to know."""

from __future__ import annotations

from dataclasses import dataclass

from prober.fabric.kubernetes.client import EVENTS, Api, ApiError
from prober.operator.events import event
from prober.operator.loop import Outcome

_CONFLICT = 409


@dataclass(slots=True)
class Publisher:
    """Publishes in one cluster."""

    api: Api

    async def publish(self, outcome: Outcome) -> None:
        """Everything that is to be known of an outcome. Raises `ApiError`."""
        if outcome.changed:
            await self._event(outcome)

    def metrics(self) -> tuple[bytes, str]:
        """What is scraped, and its content type."""
        return b"", "text/plain; version=0.0.4; charset=utf-8"

    async def _event(self, outcome: Outcome) -> None:
        run = outcome.record.id if outcome.record else ""
        body = event(outcome.item, outcome.answer, run, outcome.at)
        try:
            await self.api.create(EVENTS, body, outcome.item.namespace)
        except ApiError as error:
            if error.status != _CONFLICT:  # it was said already
                raise
