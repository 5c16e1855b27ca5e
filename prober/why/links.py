"""Service links: the variables that the kubelet gives containers, for each Service of a namespace.

`$(DB_SERVICE_HOST):$(DB_SERVICE_PORT)` in a command line or in another variable is the Service `db`
(Kubernetes' documentation, "Discovering services": environment variables). The API does not show
them, so they are put in where they are used."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from prober.model.objects import Service
from prober.model.snapshot import Snapshot
from prober.model.testimony import Statement, StatementKind

_VARIABLE = re.compile(
    r"\$(?:\((?P<round>[A-Z0-9_]{1,253})\)|\{(?P<curly>[A-Z0-9_]{1,253})\}|(?P<bare>[A-Z0-9_]{1,253}))"
)
_HOST, _PORT = "_SERVICE_HOST", "_SERVICE_PORT"


def expanded(statements: Iterable[Statement], snapshot: Snapshot) -> tuple[Statement, ...]:
    """The statements, with the Services' names in what workloads are told."""
    return tuple(
        replace(statement, text=_in(statement, snapshot))
        if statement.kind is StatementKind.CONFIGURED and "_SERVICE_" in statement.text
        else statement
        for statement in statements
    )


def _in(statement: Statement, snapshot: Snapshot) -> str:
    namespace = (statement.by or statement.about).rpartition(".")[2]
    values = {
        name: value
        for (space, _), service in snapshot.services.items()
        if space == namespace
        for name, value in variables(service).items()
    }
    return _VARIABLE.sub(
        lambda match: values.get(match["round"] or match["curly"] or match["bare"], match[0]),
        statement.text,
    )


def variables(service: Service) -> dict[str, str]:
    """Those of one Service; its name stands for its address, which it resolves to."""
    stem = service.name.upper().replace("-", "_")
    links = {f"{stem}{_HOST}": service.name}
    for number, port in enumerate(service.ports):
        links |= {f"{stem}{_PORT}": str(port.port)} if number == 0 else {}
        if port.name:
            named = port.name.upper().replace("-", "_")
            links[f"{stem}{_PORT}_{named}"] = str(port.port)
    return links
