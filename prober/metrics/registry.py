"""Rows of the table as the library's metrics, in a registry of their own.

`prometheus_client` makes classic histograms; it has no native ones. Prometheus makes native ones of
them when it scrapes, with `convert_classic_histograms_to_nhcb: true`.
"""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)
from prometheus_client.exposition import choose_encoder, generate_latest

from prober.metrics.table import METRICS, Kind, Metric, Teller

# When a series began: one more series for each of them, which nobody asks for.
disable_created_metrics()  # type: ignore[no-untyped-call]  # the library has no types for it


class Registry:
    """The metrics of one teller."""

    def __init__(self, teller: Teller) -> None:
        self.collectors = CollectorRegistry(auto_describe=False)
        self._counters: dict[str, Counter] = {}
        self._gauges: dict[str, Gauge] = {}
        self._histograms: dict[str, Histogram] = {}
        for row in METRICS.values():
            if teller in row.tellers:
                self._make(row)

    def _make(self, row: Metric) -> None:
        into = self.collectors
        if row.kind is Kind.COUNTER:
            self._counters[row.name] = Counter(row.name, row.about, row.labels, registry=into)
        elif row.kind is Kind.GAUGE:
            self._gauges[row.name] = Gauge(row.name, row.about, row.labels, registry=into)
        else:
            self._histograms[row.name] = Histogram(
                row.name, row.about, row.labels, buckets=row.buckets, registry=into
            )

    def set(self, name: str, value: float, *labels: str) -> None:
        """Set a gauge."""
        gauge = self._gauges[name]
        (gauge.labels(*labels) if labels else gauge).set(value)

    def forget(self, name: str, *labels: str) -> None:
        """Let a series of a gauge go."""
        self._gauges[name].remove(*labels)

    def add(self, name: str, count: float, *labels: str) -> None:
        """Add to a counter."""
        counter = self._counters[name]
        (counter.labels(*labels) if labels else counter).inc(count)

    def observe(self, name: str, seconds: float, *labels: str) -> None:
        """Add a time to a histogram."""
        histogram = self._histograms[name]
        (histogram.labels(*labels) if labels else histogram).observe(seconds)

    def scrape(self, accept: str = "") -> tuple[bytes, str]:
        """The text in the format that an Accept header asks for, and its content type."""
        encode, content_type = choose_encoder(accept)
        return encode(self.collectors), content_type

    def gauges_text(self) -> str:
        """The gauges alone, as text: what a file can say. A counter that begins anew with each file
        counts nothing."""
        only = CollectorRegistry(auto_describe=False)
        for gauge in self._gauges.values():
            only.register(gauge)
        return generate_latest(only).decode()
