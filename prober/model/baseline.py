"""Around a change: what was reachable between workloads, and what became of it.

A baseline is keyed by workload, never by pod or address, so that a rollout that replaces pods
changes nothing in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from prober.model.errors import ExitCode
from prober.model.languages.kinds import PolicyObject
from prober.model.objects import Labels, NetworkPolicy, Ref
from prober.model.probe import Failure
from prober.model.run import FabricInfo


class Reach(StrEnum):
    """What was observed from the pods of one workload to a port of another's. Closed."""

    OPEN = "open"
    """Every probe was answered."""
    REFUSED = "refused"
    """The packets arrive, and nothing listens on the port."""
    PARTLY = "partly"
    """Some pods get an answer and some do not."""
    CLOSED = "closed"
    """Nothing gets through, and a control shows that the target lives."""
    UNKNOWN = "unknown"
    """It could not be found out for at least one pair of pods."""


class Forecast(StrEnum):
    """What the policies say about the same pods. Closed."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNDEFINED = "undefined"
    """The API leaves it to the implementation."""
    PARTLY = "partly"
    """It differs by pod."""


@dataclass(frozen=True, slots=True, order=True)
class FlowKey:
    """A flow between workloads."""

    source: str
    """As a scenario names it: `deploy/web.shop`, or `pod/NAME.NAMESPACE` where nothing owns the
    pod."""
    destination: str
    port: int
    protocol: str
    """`TCP` or `UDP`."""

    def __str__(self) -> str:
        return f"{self.source} → {self.destination}:{self.port_text}"

    @property
    def port_text(self) -> str:
        """`5432/tcp`."""
        return f"{self.port}/{self.protocol.lower()}"


@dataclass(frozen=True, slots=True)
class Cell:
    """One flow at one moment."""

    predicted: Forecast
    observed: Reach | None = None
    """None where nothing was probed: in a preview."""
    outcomes: tuple[str, ...] = ()
    """The different outcomes of the probes, sorted."""
    share: str = ""
    """Of a flow that is partly open: how many pairs of pods get through, as in `6/9`; else
    empty."""
    policies: tuple[str, ...] = ()
    """NAMESPACE/NAME of the policies that decided, sorted."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which pods take part. A diff looks at the same ones as the baseline did."""

    namespaces: tuple[str, ...] = ()
    """Empty: all."""
    selector: str = ""
    """Labels, as `kubectl -l` takes them; empty: all."""
    every_pod: bool = True
    """Probe from and to every pod of a workload, not only one."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was reachable at one moment, and what explains it."""

    created: str
    """RFC 3339, UTC."""
    fabric: FabricInfo
    scope: Scope
    namespaces: Mapping[str, Labels] = field(default_factory=dict)
    """The labels of every namespace that a workload is in."""
    workloads: Mapping[str, Labels] = field(default_factory=dict)
    """The labels that all pods of each workload have, without those that a controller makes up."""
    policies: tuple[NetworkPolicy, ...] = ()
    """Those of these namespaces, by name."""
    others: tuple[PolicyObject, ...] = ()
    """Of the other policy languages: those of these namespaces and of the whole cluster, with what
    they refer to, by name."""
    cells: Mapping[FlowKey, Cell] = field(default_factory=dict)

    @property
    def unknown(self) -> tuple[FlowKey, ...]:
        """The flows about which nothing could be found out."""
        return tuple(key for key, cell in self.cells.items() if cell.observed is Reach.UNKNOWN)


class ChangeKind(StrEnum):
    """What became of a flow. Closed: what cannot be compared is a member too."""

    OPENED = "opened"
    CLOSED = "closed"
    PREDICTED = "predicted"
    """The policies say something else than before, and the same is observed (or nothing can be)."""
    APPEARED = "appeared"
    """It was not there to be compared with: a new workload, or a new port."""
    VANISHED = "vanished"
    """It is no longer there: the workload or the port is gone."""
    UNKNOWN = "unknown"
    """It could not be found out, now or then."""


class ChangeStatus(StrEnum):
    """What a change adds to the exit code. Closed."""

    CHANGED = "changed"
    ALLOWED = "allowed"
    """The user said that this may change."""
    UNSURE = "unsure"
    AS_BEFORE = "as-before"
    """It could not be found out then either, ended in the same way, and the policies say the same:
    nothing is lost."""


class EditKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class PolicyEdit:
    """What happened to a policy in between."""

    policy: Ref
    kind: EditKind

    def __str__(self) -> str:
        return f"{self.policy.kind} {self.policy} was {self.kind.value}"


@dataclass(frozen=True, slots=True)
class Change:
    """One flow that is not as it was, or cannot be compared."""

    key: FlowKey
    kind: ChangeKind
    status: ChangeStatus
    before: Cell | None
    """None: it appeared."""
    after: Cell | None
    """None: it vanished."""
    edits: tuple[PolicyEdit, ...] = ()
    """The policies whose edit did it; empty where no edit of a policy did."""
    reasons: tuple[str, ...] = ()
    """Sentences: what decides now, or what else changed."""
    allowed_by: str = ""
    """The place in the file that allows it, and the reason given there; empty when nothing does."""


@dataclass(frozen=True, slots=True)
class ChangeReport:
    """Everything that changed between two moments. What `baseline diff` and `preview` show."""

    name: str
    """What it is about, as in `baseline before.yaml`."""
    before: str
    """The earlier moment: a time, or where the objects are from."""
    fabric: FabricInfo | None
    """None where nothing was probed."""
    compared: int
    """Flows that are in both and could be compared, changed or not."""
    changes: tuple[Change, ...] = ()
    edits: tuple[PolicyEdit, ...] = ()
    """Every policy that was edited, whether or not a flow changed by it."""
    failures: tuple[Failure, ...] = ()
    """Vantages that could not run their plan."""
    problems: tuple[str, ...] = ()
    """Sentences: edited policies that cannot do what they were written for. Never green."""
    warnings: tuple[str, ...] = ()
    started: str = ""
    """RFC 3339, UTC; empty where nothing was probed."""
    duration_ms: float = 0.0
    version: str = ""
    """Of prober."""

    @property
    def exit_code(self) -> ExitCode:
        """A change, or a policy that does nothing, outranks what could not be found out; a
        comparison of nothing is never green."""
        statuses = {change.status for change in self.changes}
        if ChangeStatus.CHANGED in statuses or self.problems:
            return ExitCode.FAILED
        if ChangeStatus.UNSURE in statuses or self.failures or not self.compared:
            return ExitCode.UNKNOWN
        return ExitCode.OK

    def count(self, kind: ChangeKind) -> int:
        """How many flows changed in this way, allowed or not."""
        return sum(change.kind is kind for change in self.changes)
