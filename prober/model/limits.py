"""PURE. How much of a run is under way at once, and how quickly its probes may start."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """All limits of a run, with the defaults that suit most clusters (docs/large-clusters.md says
    what each costs)."""

    checks: int = 10_000
    """In one chunk. With its prediction, its observation and its controls a check takes about ten
    kilobytes; fewer would cost a long run more waves than it saves memory."""
    vantages: int = 256
    """In one chunk: in a cluster without agents each is a probe pod and an open log."""
    rate: float = 50_000.0
    """Probes a second of all vantages together."""
    target_rate: float = 4_000.0
    """The same to one target: less than a tenth of what one processor of a usual server accepts."""
    source_rate: float = 50_000.0
    """Probes a second of one vantage: more than one process can start."""
    source_target_rate: float = 1_000.0
    """Probes a second of one vantage to one target. A usual server takes ten times as many
    connections."""


STANDARD = Limits()
