"""The metrics of runs: what the page and the operator export, filled from the records."""

from __future__ import annotations

import datetime
import threading
from collections import Counter
from collections.abc import Iterable, Mapping

from prober import __version__
from prober.metrics.registry import Registry
from prober.metrics.table import Teller
from prober.model.check import Endpoint, EndpointKind, Flow
from prober.model.outcome import Outcome
from prober.model.run import CheckRecord, Place, Result, RunRecord, Verdict
from prober.model.text.addresses import is_address

MOST_SERIES = 2_000
"""Pairs of workloads of a scenario that have a series; what went wrong comes first."""
MOST_SCENARIOS = 200
"""With more of them the others are only counted together, as the scenario `other`."""
LONGEST_LABEL = 120
_Key = tuple[str, ...]


class RunMetrics:
    """The metrics of runs. Safe to fill from other threads than the one that is scraped."""

    def __init__(self) -> None:
        self._registry = Registry(Teller.RUNS)
        self._registry.set("prober_build_info", 1, __version__)
        self._started: dict[str, float] = {}
        self._pairs: dict[str, set[_Key]] = {}
        self._lock = threading.Lock()

    def record(self, run: RunRecord) -> None:
        """Take a run into account. What is said of the last run is said of the one that was started
        last, in whatever order they come."""
        with self._lock:
            scenario = self._scenario(run)
            self._count(scenario, run.checks)
            started = _seconds(run.started)
            if started >= self._started.get(scenario, 0.0):
                self._started[scenario] = started
                self._last(scenario, started, run)

    def enforced(self, node: str, change: str, seconds: float) -> None:
        """A node enforced a change of a policy so long after it; `change` is `opened` or
        `closed`."""
        with self._lock:
            self._registry.observe("prober_time_to_enforcement_seconds", seconds, node, change)

    def scrape(self, accept: str = "") -> tuple[bytes, str]:
        """The text in the format that an Accept header asks for, and its content type."""
        with self._lock:
            return self._registry.scrape(accept)

    def gauges_text(self) -> str:
        """What a file can say of the last run."""
        with self._lock:
            return self._registry.gauges_text()

    def _scenario(self, run: RunRecord) -> str:
        name = _label(run.scenario or "prober")
        return name if name in self._started or len(self._started) < MOST_SCENARIOS else "other"

    def _count(self, scenario: str, checks: Iterable[CheckRecord]) -> None:
        outcomes: Counter[Outcome] = Counter()
        for check in checks:
            outcomes[check.observation.outcome] += 1
            protocol = _protocol(check)
            seconds = check.observation.time_ms / 1000
            self._registry.observe("prober_check_duration_seconds", seconds, scenario, protocol)
        for outcome in Outcome:
            self._registry.add("prober_checks_total", outcomes[outcome], scenario, outcome.value)

    def _last(self, scenario: str, started: float, run: RunRecord) -> None:
        put, summary = self._registry.set, run.summary
        put("prober_last_run_timestamp_seconds", started, scenario)
        put("prober_last_run_duration_seconds", run.duration_ms / 1000, scenario)
        put("prober_last_run_exit_code", int(run.exit_code), scenario)
        put("prober_policy_mismatch", summary.leaks, scenario, Verdict.LEAK.value)
        put("prober_policy_mismatch", summary.blocked, scenario, Verdict.BLOCKED.value)
        for result in Result:
            count = sum(check.result is result for check in run.checks)
            put("prober_last_run_checks", count, scenario, result.value)
        pairs = _pairs(scenario, run)
        shown = dict(sorted(pairs.items(), key=lambda pair: pair[1])[:MOST_SERIES])
        put("prober_series_left_out", len(pairs) - len(shown), scenario)
        for key in self._pairs.get(scenario, set()) - shown.keys():
            self._registry.forget("prober_check_success", *key)
        for key, good in shown.items():
            put("prober_check_success", good, *key)
        self._pairs[scenario] = set(shown)


def _pairs(scenario: str, run: RunRecord) -> dict[_Key, int]:
    """Every pair of workloads with its protocol and port: 1 when all of its checks are as
    expected."""
    pairs: dict[_Key, int] = {}
    for check in run.checks:
        key = pair_labels(scenario, check.check.flow, run.places)
        pairs[key] = min(pairs.get(key, 1), int(_as_expected(check)))
    return pairs


def pair_labels(
    scenario: str, flow: Flow, places: Mapping[str, Place]
) -> tuple[str, str, str, str, str, str, str]:
    """The labels of a flow between workloads, as `prober_check_success` has them."""
    port = "" if flow.port is None else str(flow.port)
    source, destination = _end(flow.source, places), _end(flow.destination, places)
    return (
        _label(scenario),
        _label(source[0]),
        _label(source[1]),
        _label(destination[0]),
        _label(destination[1]),
        str(flow.protocol).lower(),
        port[:LONGEST_LABEL],
    )


def _as_expected(check: CheckRecord) -> bool:
    """Whether it adds nothing to the exit code; what was not found out is not as expected."""
    ran = check.observation.outcome is not Outcome.ERROR
    bad = check.verdict in (Verdict.LEAK, Verdict.BLOCKED)
    return check.result is Result.PASS and ran and not bad


def _end(end: Endpoint, places: Mapping[str, Place]) -> tuple[str, str]:
    """Namespace and workload; a pod that nothing owns is called `pod`: its own name may be anew
    each time."""
    if end.kind is EndpointKind.POD:
        place = places.get(f"{end.namespace}/{end.name}")
        return end.namespace, (place.workload if place else "") or "pod"
    return end.namespace, f"svc/{end.name}" if end.kind is EndpointKind.SERVICE else _outside(end)


def _outside(end: Endpoint) -> str:
    """A host by its name, a node by its kind and name; an address by its kind alone."""
    if end.kind is EndpointKind.NODE:
        return f"node/{end.name}"
    return "address" if is_address(end.name) else end.name


def _protocol(check: CheckRecord) -> str:
    return str(check.check.flow.protocol).lower()


def _label(text: str) -> str:
    """A text that a label may hold: bounded, and nothing that moves a terminal's cursor."""
    return "".join(char if char.isprintable() else "?" for char in text[:LONGEST_LABEL])


def _seconds(started: str) -> float:
    """A time of a record in seconds after the epoch; 0 for what is none."""
    try:
        return max(datetime.datetime.fromisoformat(started).timestamp(), 0.0)
    except (ValueError, OverflowError):
        return 0.0
