"""PURE. A Scenario object, as far as the operator looks into it: what its author wrote, and what
the operator itself wrote into its status."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from prober.fabric.kubernetes.client import ObjectMeta
from prober.model.decoding import UNREADABLE

REQUESTED = "reconcile.fluxcd.io/requestedAt"
"""The annotation by which Flux, and everybody else, asks for a run now."""
_WRITTEN = (
    "description",
    "include",
    "targets",
    "defaults",
    "lab",
    "checks",
    "every",
    "schedule",
    "suspend",
)
_TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class ScenarioObject:
    """One object, as it was listed."""

    metadata: ObjectMeta
    written: Mapping[str, Any]
    """What its author wrote, as a scenario file has it."""
    status: Mapping[str, Any]
    """As the operator wrote it; empty at first, and for what nobody can have written."""

    @property
    def name(self) -> str:
        return self.metadata.name or ""

    @property
    def namespace(self) -> str:
        return self.metadata.namespace or ""

    @property
    def key(self) -> str:
        """Tells it from all others, also from one of the same name that was there before."""
        return self.metadata.uid or f"{self.namespace}/{self.name}"

    @property
    def generation(self) -> int:
        return self.metadata.generation or 0

    @property
    def requested(self) -> str:
        """What the annotation says; empty without it."""
        return (self.metadata.annotations or {}).get(REQUESTED) or ""

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


def scenario_object(item: Mapping[str, Any]) -> ScenarioObject:
    """The object from its JSON, whose name and namespace were checked when it was listed. Raises
    `ValueError` for one that no API server sends."""
    try:
        metadata = msgspec.convert(item.get("metadata", {}), ObjectMeta)
    except UNREADABLE as error:
        raise ValueError(f"its metadata cannot be read: {error}") from error
    status = item.get("status")
    labels = {"labels": metadata.labels} if metadata.labels else {}
    written = {
        "apiVersion": item.get("apiVersion"),
        "kind": item.get("kind"),
        "metadata": {"name": metadata.name, "namespace": metadata.namespace, **labels},
        **{key: item[key] for key in _WRITTEN if key in item},
    }
    return ScenarioObject(metadata, written, status if isinstance(status, Mapping) else {})


def owner_reference(item: ScenarioObject) -> dict[str, Any]:
    """Makes an object go with its Scenario."""
    return {
        "apiVersion": "prober.dev/v1alpha1",
        "kind": "Scenario",
        "name": item.name,
        "uid": item.metadata.uid,
        "controller": False,
        "blockOwnerDeletion": False,
    }


def time_text_of(started: str) -> str:
    """The time of a run's record, in whole seconds."""
    return time_text(datetime.datetime.fromisoformat(started.replace("Z", "+00:00")))


def time_text(moment: datetime.datetime) -> str:
    """A time as Kubernetes writes it (RFC 3339, UTC, whole seconds)."""
    return moment.astimezone(datetime.UTC).strftime(_TIME)


def parse_time(text: object) -> datetime.datetime | None:
    """The time; None for what is none."""
    try:
        return datetime.datetime.strptime(str(text), _TIME).replace(tzinfo=datetime.UTC)
    except ValueError:
        return None
