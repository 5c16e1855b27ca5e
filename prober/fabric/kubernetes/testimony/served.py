"""Kinds with conditions: which of them the API server serves, and what their objects say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.names import SEGMENT
from prober.fabric.kubernetes.client.refusals import Call
from prober.fabric.kubernetes.client.resources import Resource
from prober.fabric.kubernetes.testimony.objects import ApiGroups, Condition, Served
from prober.model.errors import UsageError
from prober.model.testimony import Statement, StatementKind
from prober.symptom.controllers import CLUSTER_WIDE, KINDS, ServedKind

_GROUPS = Call("get", "/apis")


@dataclass(frozen=True, slots=True)
class Listed:
    """A kind that is served, and how it is listed."""

    kind: ServedKind
    resource: Resource


async def served_kinds(api: Api, more: Sequence[str]) -> list[Listed]:
    """The kinds of the table whose group is served, and those that were asked for."""
    answer = await api.ask("GET", "/apis", _GROUPS, ApiGroups)
    versions = {group.name: group.preferred_version.version for group in answer.groups}
    known = [
        Listed(kind, _resource(kind, versions[kind.group]))
        for kind in KINDS
        if versions.get(kind.group)
    ]
    return [*known, *(_asked_for(word, versions) for word in more)]


def _resource(kind: ServedKind, version: str, *, asked_for: bool = False) -> Resource:
    return Resource(
        f"{kind.group}/{version}",
        kind.plural,
        kind.kind,
        namespaced=kind.kind not in CLUSTER_WIDE,
        listed_names=SEGMENT,  # the core group's APIService is called `v1.`
        asked_for=asked_for,
    )


def _asked_for(word: str, versions: dict[str, str]) -> Listed:
    plural, _, group = word.partition(".")
    if not plural or group not in versions:
        raise UsageError(
            f"no kind `{word}` is served", hint="write PLURAL.GROUP, as kubectl api-resources does"
        )
    kind = ServedKind(plural, plural, group, "")
    return Listed(kind, _resource(kind, versions[group], asked_for=True))


def word_of(kind: ServedKind, served: Served) -> str:
    """As it is written in references: `kustomization/apps.flux-system`."""
    namespace = served.metadata.namespace
    name = served.metadata.name or ""
    return f"{kind.kind.lower()}/{name}.{namespace}" if namespace else f"{kind.kind.lower()}/{name}"


def statements(kind: ServedKind, served: Served) -> Iterator[Statement]:
    """Every message of its status."""
    about, status = word_of(kind, served), served.status
    if status is None:
        return
    for condition in status.conditions or ():
        if condition.message:
            yield Statement(
                StatementKind.CONDITION,
                condition.message,
                about,
                "",
                condition.type,
                condition.last_transition_time or "",
            )
    for where, text in (
        ("operationState", status.operation_state.message if status.operation_state else None),
        ("reason", status.reason),
    ):
        if text:
            yield Statement(StatementKind.CONDITION, text, about, "", where)


def is_unwell(served: Served) -> bool:
    """Its Ready condition, or what stands for it, is not true."""
    conditions = (served.status.conditions if served.status else None) or []
    if not conditions:
        return True
    return any(_fails(condition) for condition in conditions)


def _fails(condition: Condition) -> bool:
    if condition.type in ("Ready", "Healthy", "Available"):
        return condition.status != "True"
    return condition.type in ("Stalled", "FetchFailed") or condition.type.endswith("Error")


def depends_on(kind: ServedKind, served: Served) -> set[str]:
    """The objects that it names: `gitrepository/flux-system.flux-system`."""
    words: set[str] = set()
    home = served.metadata.namespace or ""
    for path in kind.depends_on:
        value: object = {"spec": served.spec or {}}
        for key in path.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        for reference in value if isinstance(value, list) else [value]:
            if isinstance(reference, dict) and isinstance(reference.get("name"), str):
                word = str(reference.get("kind") or kind.kind).lower()
                words.add(f"{word}/{reference['name']}.{reference.get('namespace') or home}")
    return words
