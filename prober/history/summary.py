"""PURE. What is kept of a run in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prober.model.check import Check, Endpoint, EndpointKind
from prober.model.errors import ExitCode
from prober.model.run import Place, RunRecord
from prober.report.words import Mark, counts_text, mark_of

_WORST = {mark: rank for rank, mark in enumerate((Mark.LEAK, Mark.FAIL, Mark.UNSURE, Mark.OK))}


@dataclass(frozen=True, slots=True)
class Summary:
    """A run in a few hundred bytes and a mark for each subject."""

    id: str
    scenario: str
    fabric: str
    """What it ran on: the lab, or the context's name."""
    started: str
    """RFC 3339, UTC."""
    duration_ms: float
    exit_code: ExitCode
    counts: str
    """As in `4 ok, 2 failed, 0 inconclusive`."""
    marks: Mapping[str, Mark]
    """Of every subject, the worst of its checks."""

    @property
    def series(self) -> tuple[str, str]:
        """Runs of one series can be compared: the same scenario on the same fabric."""
        return (self.fabric, self.scenario)


def summary_of(record: RunRecord) -> Summary:
    """The summary of a run."""
    marks: dict[str, Mark] = {}
    for check in record.checks:
        subject, mark = subject_of(check.check, record.places), mark_of(check)
        marks[subject] = min(marks.get(subject, mark), mark, key=_WORST.__getitem__)
    return Summary(
        id=record.id,
        scenario=record.scenario,
        fabric=record.fabric.name or record.fabric.kind,
        started=record.started,
        duration_ms=record.duration_ms,
        exit_code=record.exit_code,
        counts=counts_text(record),
        marks=marks,
    )


def subject_of(check: Check, places: Mapping[str, Place]) -> str:
    """What a check is about, as in `shop/deploy/web → svc/shop/db:5432/tcp`."""
    flow = check.flow
    port = "" if flow.port is None else f":{flow.port}"
    ends = f"{_end(flow.source, places)} → {_end(flow.destination, places)}"
    return f"{ends}{port}/{str(flow.protocol).lower()}"


def _end(end: Endpoint, places: Mapping[str, Place]) -> str:
    place = places.get(f"{end.namespace}/{end.name}") if end.kind is EndpointKind.POD else None
    return f"{end.namespace}/{place.workload}" if place and place.workload else str(end)
