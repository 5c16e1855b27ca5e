"""How one try of a probe ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from prober.model.outcome import Evidence, Outcome


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """One try, as the protocol saw it. Times are in milliseconds."""

    outcome: Outcome
    address: str = ""
    """The address that was tried; empty when the name did not resolve."""
    phases: Mapping[str, float] = field(default_factory=dict)
    evidence: Evidence = field(default_factory=Evidence)
    detail: str = ""
    """One sentence for people, where the outcome alone does not say it."""
    port: int = 0
    """The port of a TCP connect that did not come about; else 0."""
