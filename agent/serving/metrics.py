"""What an agent says about itself: its rows of the table of metrics, filled for each scrape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

from agent.serving.counters import Counters
from prober.metrics.registry import Registry
from prober.metrics.table import Teller


@dataclass(frozen=True, slots=True)
class Condition:
    """How the long-lived process is."""

    version: str
    enters_pods: bool
    started: float
    """Seconds after the epoch."""
    lag: float
    """Seconds that its event loop was late at most, in the last minute."""
    open_files: int
    file_limit: int


def scrape(
    condition: Condition,
    counters: Counters,
    accept: str = "",
    fill: Callable[[Registry], None] = lambda _: None,
) -> tuple[bytes, str]:
    """The text in the format that an Accept header asks for, and its content type; `fill` puts more
    into it."""
    registry = Registry(Teller.AGENT)
    registry.set("prober_build_info", 1, condition.version)
    registry.set("prober_agent_info", 1, condition.version, str(condition.enters_pods).lower())
    for count in fields(counters):
        registry.add(f"prober_agent_{count.name}_total", getattr(counters, count.name))
    registry.set("prober_agent_loop_lag_seconds", condition.lag)
    registry.set("process_start_time_seconds", condition.started)
    registry.set("process_open_fds", condition.open_files)
    registry.set("process_max_fds", condition.file_limit)
    fill(registry)
    return registry.scrape(accept)
