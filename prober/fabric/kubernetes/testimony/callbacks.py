"""What the API server itself is told to reach: the Services of webhooks and of aggregated APIs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.resources import MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS
from prober.fabric.kubernetes.testimony.objects import Served, WebhookConfiguration
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


def of_api_service(served: Served, scope: SearchScope) -> Iterator[Statement]:
    """Where an aggregated API is served, if that is not the API server itself."""
    service = (served.spec or {}).get("service")
    about = f"apiservice/{served.metadata.name}"
    if not isinstance(service, dict) or (scope.object and scope.object != about):
        return
    name, namespace, port = (service.get(key) for key in ("name", "namespace", "port"))
    if not (isinstance(name, str) and isinstance(namespace, str)):
        return
    if scope.namespace and namespace != scope.namespace:
        return
    place = f"{name}.{namespace}.svc:{port if isinstance(port, int) else DEFAULT_PORT}"
    yield Statement(StatementKind.CONFIGURED, place, about, "", "an aggregated API")
