"""What is written down in a cluster about how it fares: lines of logs, events, conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class StatementKind(StrEnum):
    """Where a text stands."""

    LOG = "log"
    EVENT = "event"
    CONDITION = "condition"
    CONFIGURED = "configured"
    """Nobody complained: it is where a workload is told to go, or what the kubelet is told to
    probe."""
    LINE = "line"
    """Given by whoever asks."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One text that somebody wrote about an object."""

    kind: StatementKind
    text: str
    about: str = ""
    """The object, as in `pod/web-0.shop` or `kustomization/apps.flux-system`; empty: not known."""
    by: str = ""
    """Who dials what it tells of, as a source reference, where that is not the object itself: the
    controller that wrote a condition. Empty: the object, if it can dial at all."""
    where: str = ""
    """The container, the event's reason, or the condition's type."""
    last: str = ""
    """When it was written last, RFC 3339 in UTC; empty: not known."""
    count: int = 1


@dataclass(frozen=True, slots=True)
class SearchScope:
    """What is to be looked at. All empty: the whole cluster."""

    namespace: str = ""
    object: str = ""
    """One object, as in `deploy/web.shop`, and what it depends on."""
    everything: bool = False
    """Logs of pods that are well, too."""
    since_s: int = 3600
    """How old a line of a log or an event may be, in seconds."""
    kinds: tuple[str, ...] = ()
    """Further kinds with conditions, as in `kafkas.kafka.strimzi.io`."""


ESSENTIAL = ("logs: ", "events: ", "pods: ")
"""How sentences begin about what most complaints are written in."""


@dataclass(frozen=True, slots=True)
class Testimony:
    """What was found to read."""

    statements: tuple[Statement, ...] = ()
    looked_at: tuple[str, ...] = ()
    """What was read, as in `logs of 3 pods`."""
    unread: tuple[str, ...] = ()
    """What could not be read and why, in sentences: the answer is narrower by it."""
    changes: tuple[RecentChange, ...] = ()
    addresses: Mapping[str, str] = field(default_factory=dict)
    """Since when (RFC 3339, UTC) the pods are there that have these addresses."""

    @property
    def is_deaf(self) -> bool:
        """What complaints are made of could not be read: that nobody complains is then no
        health."""
        essential = any(sentence.startswith(ESSENTIAL) for sentence in self.unread)
        return essential or bool(self.unread and not self.statements)


@dataclass(frozen=True, slots=True)
class RecentChange:
    """Something that was changed at a known time, and that decides about connectivity."""

    when: str
    """RFC 3339, UTC."""
    what: str
    """As in `NetworkPolicy shop/allow-api was changed by kubectl`."""
