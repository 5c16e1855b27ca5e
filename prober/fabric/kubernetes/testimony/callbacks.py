"""What the API server itself is told to reach: the Services of webhooks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.resources import MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS
from prober.fabric.kubernetes.testimony.objects import WebhookConfiguration
from prober.model.testimony import SearchScope, Statement, StatementKind

DEFAULT_PORT = 443
"""Of a webhook's Service that names none (ServiceReference in the API reference)."""


async def webhooks(api: Api, scope: SearchScope) -> list[Statement]:
    """The Services of webhooks in the namespace that is asked about. Raises `ApiError`."""
    async with asyncio.TaskGroup() as group:
        lists = [
            group.create_task(api.list_all(kind, WebhookConfiguration))
            for kind in (VALIDATING_WEBHOOKS, MUTATING_WEBHOOKS)
        ]
    found_statements = [
        statement
        for kind, task in zip((VALIDATING_WEBHOOKS, MUTATING_WEBHOOKS), lists, strict=True)
        for configuration in task.result()
        for statement in _statements(kind.kind, configuration, scope)
    ]
    return list(dict.fromkeys(found_statements))


def _statements(
    kind: str, configuration: WebhookConfiguration, scope: SearchScope
) -> Iterator[Statement]:
    about = f"{kind.lower()}/{configuration.metadata.name}"
    for webhook in configuration.webhooks or ():
        service = webhook.client_config.service if webhook.client_config else None
        if service is None or (scope.namespace and service.namespace != scope.namespace):
            continue
        if scope.object and scope.object != about:
            continue
        place = f"{service.name}.{service.namespace}.svc:{service.port or DEFAULT_PORT}"
        yield Statement(StatementKind.CONFIGURED, place, about, "", "a webhook")
