"""What pods of a lab say: the `logs`, `events` and `conditions` of a Lab document."""

from __future__ import annotations

from prober.manifest.reading.cursor import Cursor
from prober.model.testimony import Statement, StatementKind

FIELDS = ("logs", "events", "conditions")
_OF_HINT = "write the object, as in deploy/api.shop or kustomization/apps.flux-system"


def decode_statements(document: Cursor) -> tuple[Statement, ...]:
    """All three lists. Every mistake is noted."""
    logs = [line for log in document.field("logs").items() for line in _log(log)]
    events = [_event(event) for event in document.field("events").items()]
    conditions = [_condition(condition) for condition in document.field("conditions").items()]
    return (*logs, *events, *conditions)


def _log(log: Cursor) -> tuple[Statement, ...]:
    """The lines of one container's log."""
    log.mapping(("of", "container", "lines", "last"))
    about, where = _object(log), log.field("container").text() or ""
    last = log.field("last").text() or ""
    lines = [line.text() or "" for line in log.field("lines").items()]
    return tuple(
        Statement(StatementKind.LOG, line, about, about, where, last) for line in lines if line
    )


def _event(event: Cursor) -> Statement:
    event.mapping(("of", "reason", "message", "count", "last"))
    return Statement(
        StatementKind.EVENT,
        _required(event.field("message"), "write the event's message"),
        _object(event),
        "",
        event.field("reason").text() or "",
        event.field("last").text() or "",
        max(1, event.field("count").integer() or 1),
    )


def _condition(condition: Cursor) -> Statement:
    condition.mapping(("of", "by", "type", "status", "reason", "message", "last"))
    condition.field("status").choice(("True", "False", "Unknown"))
    condition.field("reason").text()
    return Statement(
        StatementKind.CONDITION,
        _required(condition.field("message"), "write the condition's message"),
        _object(condition),
        condition.field("by").text() or "",
        condition.field("type").text() or "",
        condition.field("last").text() or "",
    )


def _object(statement: Cursor) -> str:
    """`of`, which is `KIND/NAME` or `KIND/NAME.NAMESPACE`."""
    field = statement.field("of")
    text = _required(field, _OF_HINT)
    kind, slash, name = text.partition("/")
    if text and not (kind and slash and name):
        field.wrong(f"`{text}` names no object", _OF_HINT)
    return text


def _required(field: Cursor, hint: str) -> str:
    text = field.text() or ""
    if not text and field.value in (None, ""):
        field.wrong("is required", hint)
    return text
