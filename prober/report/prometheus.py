"""`prometheus`: what one run tells Prometheus, for a file that a node's exporter reads, or for a
push gateway. Gauges alone: a counter that begins anew with each file counts nothing."""

from __future__ import annotations

from prober.metrics.runs import RunMetrics
from prober.model.run import RunRecord


def render_prometheus(record: RunRecord) -> str:
    """The run in Prometheus' text format."""
    metrics = RunMetrics()
    metrics.record(record)
    return metrics.gauges_text()
