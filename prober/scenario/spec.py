"""A scenario as it was read: everything filled in, nothing looked up in a cluster yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from prober.model.check import Expectation
from prober.model.errors import Location
from prober.scenario.refs import RefKind, SourceRef, TargetRef
from prober.scenario.timing import Timing

PodChoice = Literal["", "one", "all", "per-node"]
EndpointChoice = Literal["", "one", "all"]

DEFAULT_TIMEOUT = 2.0
"""Seconds. One SYN retransmission comes after 1 s, so a single lost packet does not look like a
policy."""

MANY = (RefKind.SELECTOR, RefKind.NAMESPACE)
"""The references that mean many pods, and of which all are taken unless the check says
otherwise."""


@dataclass(frozen=True, slots=True)
class CheckSpec:
    """One item of `checks:`."""

    source: SourceRef
    target: TargetRef
    name: str = ""
    """As the file gives it; empty: the flow."""
    expect: Expectation = Expectation.PREDICTED
    timeout: float = DEFAULT_TIMEOUT
    """Seconds, for each attempt."""
    attempts: int = 1
    pods: PodChoice = ""
    """Which of several source pods; empty: `all` for selectors and namespaces, else `one`."""
    endpoints: EndpointChoice = ""
    """Which of several target pods; empty: `all` for selectors and namespaces, else `one`."""
    hops: bool = False
    """Walk the TTLs in the same probe when it fails."""
    banner: bool | None = None
    """Wait for what a TCP server says first; None: for SSH's port only."""
    namespace: str = ""
    """metadata.namespace of the file it stands in."""
    origin: Location = field(default=Location("command line"))
    where: str = ""
    """The field it stands in, as in `checks[2]`; empty for the command line."""

    @property
    def title(self) -> str:
        """What mistakes and reports call it: the name, else the references."""
        return self.name or f"{self.source} → {self.target}"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario file with everything it includes."""

    name: str
    checks: tuple[CheckSpec, ...]
    """Those of included files first, in the order written."""
    description: str = ""
    namespace: str = ""
    """The namespace of names that do not say theirs; also the one that reports leave out."""
    targets: Mapping[str, TargetRef] = field(default_factory=dict)
    """The named targets, own and included."""
    lab_manifests: tuple[Path, ...] = ()
    """What `--lab` builds its world from: of this file, not of those it includes."""
    path: Path | None = None
    """None for a check from the command line, and for an object of a cluster."""
    timing: Timing = field(default_factory=Timing)
    """When the operator runs it."""
