"""What follows from an answer beside the status: Events, reports, the history, metrics.

Each stands for itself: one that fails keeps none of the others from being made.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from prober.fabric.kubernetes.client import (
    EVENTS,
    OPEN_REPORTS,
    POLICY_REPORTS,
    SCENARIO_HISTORIES,
    Api,
    ApiError,
    Resource,
)
from prober.metrics.runs import RunMetrics
from prober.model.errors import FabricError
from prober.model.run import RunRecord
from prober.operator import history
from prober.operator.due import seen_in
from prober.operator.events import event
from prober.operator.loop import Outcome
from prober.operator.objects import ScenarioObject, owner_reference
from prober.report.openreports import OPEN, POLICY, report, run_results

_FORBIDDEN, _NOT_FOUND = 403, 404
_DIALECTS: tuple[tuple[Resource, tuple[str, str]], ...] = (
    (OPEN_REPORTS, OPEN),
    (POLICY_REPORTS, POLICY),
)
"""The kinds of reports, the one that is written where both are served first."""
_ASK_AGAIN = 100
"""Runs after which it is asked again which reports are served."""


def _last_run(item: ScenarioObject) -> str:
    """When its last run was begun: what tells two answers without a run apart."""
    return str(seen_in(item).started)


@dataclass(slots=True)
class Publisher:
    """Publishes in one cluster."""

    api: Api
    _dialect: tuple[Resource, tuple[str, str]] | None = None
    _metrics: RunMetrics = field(default_factory=RunMetrics)
    _until: int = field(default=0)
    """Reports that are written before it is asked again which are served."""

    async def publish(self, outcome: Outcome) -> None:
        """Everything that is to be known of an outcome. Raises `FabricError` with all that could
        not be said."""
        steps: list[Callable[[], Awaitable[None]]] = []
        if outcome.changed:
            steps.append(lambda: self._event(outcome))
        if (record := outcome.record) is not None:
            self._metrics.record(replace(record, scenario=str(outcome.item)))
            steps += [lambda: self._report(outcome, record), lambda: self._keep(outcome, record)]
        failed = []
        for step in steps:
            try:
                await step()
            except ApiError as error:
                failed.append(str(error))
        if failed:
            raise FabricError("; ".join(failed))

    def metrics(self, accept: str) -> tuple[bytes, str]:
        """What is scraped, and its content type."""
        return self._metrics.scrape(accept)

    async def _event(self, outcome: Outcome) -> None:
        run = outcome.record.id if outcome.record else _last_run(outcome.item)
        body = event(outcome.item, outcome.answer, run, outcome.at)
        # By its name it is there once, however often it is said.
        await self.api.apply(EVENTS, body, outcome.item.namespace)

    async def _report(self, outcome: Outcome, record: RunRecord) -> None:
        served = await self._served()
        if served is None:
            return
        resource, dialect = served
        item = outcome.item
        metadata = {
            "name": f"prober-{item.name}"[:253].rstrip(".-"),
            "namespace": item.namespace,
            "labels": {"app.kubernetes.io/part-of": "prober"},
            "ownerReferences": [owner_reference(item)],
        }
        scope = {
            "apiVersion": "prober.dev/v1alpha1",
            "kind": "Scenario",
            "name": item.name,
            "namespace": item.namespace,
        }
        body = report(dialect, metadata, run_results(record), scope)
        await self.api.apply(resource, body, item.namespace)

    async def _served(self) -> tuple[Resource, tuple[str, str]] | None:
        """Which reports the cluster has; None where it has none."""
        self._until -= 1
        if self._until > 0:
            return self._dialect
        self._until, self._dialect = _ASK_AGAIN, None
        for resource, dialect in _DIALECTS:
            try:
                await self.api.list_all(resource, dict[str, Any], namespace="default")
            except ApiError as error:
                if error.status not in (_FORBIDDEN, _NOT_FOUND):
                    raise
                continue
            self._dialect = (resource, dialect)
            break
        return self._dialect

    async def _keep(self, outcome: Outcome, record: RunRecord) -> None:
        item = outcome.item
        try:
            there = await self.api.get(
                SCENARIO_HISTORIES, dict[str, Any], item.namespace, item.name
            )
        except ApiError as error:
            if error.status != _NOT_FOUND:
                raise
            there = {}
        runs = there.get("runs")
        before = [entry for entry in runs if isinstance(entry, dict)] if runs else []
        body = history.with_run(item, before, record)
        await self.api.apply(SCENARIO_HISTORIES, body, item.namespace)
