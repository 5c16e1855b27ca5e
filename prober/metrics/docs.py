"""docs/metrics.md, from the tables: `python -m prober.metrics.docs > docs/metrics.md`."""

from __future__ import annotations

from collections.abc import Iterable

from prober.metrics.alerts import ALERTS
from prober.metrics.runs import LONGEST_LABEL, MOST_SCENARIOS, MOST_SERIES
from prober.metrics.table import METRICS, Metric, Teller

_HEAD = """\
# Metrics

    prober serve /var/lib/prober/runs                      # /metrics beside the page
    prober run scenarios/flux.yaml --report flux.prom      # the gauges of one run, as a file

What `prober serve` and the operator export, what agents export, and what a run writes for a node
exporter's textfile collector (`--report FILE.prom`, which is replaced whole, so that it is never
half a run). A file has gauges only: a counter that begins anew with each file counts nothing. For a
push gateway: `curl --data-binary @flux.prom http://GATEWAY/metrics/job/prober`.

`/metrics` asks for the secret that the page asks for; Prometheus sends it with `authorization:
{credentials_file: …}` or `basic_auth`. It answers in Prometheus' text format, or in OpenMetrics
where that is asked for. Histograms are classic: the client library makes no native ones. Prometheus
makes native ones of them when it scrapes, with `convert_classic_histograms_to_nhcb: true`.

Labels are workloads, namespaces, Services, hosts by name, ports and nodes; never pods or addresses
(`pod` stands for pods that nothing owns, `address` for hosts without a name).
"""

_AFTER = """

`manifests/monitoring` has all of it for the Prometheus operator (a PodMonitor for agents, one for
the operator, a PrometheusRule), and `dashboard.json` for Grafana: `kubectl apply -k
manifests/monitoring`.

## Alerts

| alert | when | for |
| --- | --- | --- |
"""


def metrics_page() -> str:
    """The page."""
    bounds = (
        f"A scenario has at most {MOST_SERIES:,} series of `prober_check_success`, what went wrong "
        f"first; there\nare at most {MOST_SCENARIOS} scenarios, and a label has at most "
        f"{LONGEST_LABEL} characters.\n"
    )
    runs = _table(row for row in METRICS.values() if Teller.RUNS in row.tellers)
    agents = _table(row for row in METRICS.values() if Teller.AGENT in row.tellers)
    alerts = "".join(
        f"| `{alert.name}` | `{_cell(alert.expression)}` | {alert.lasting} |\n" for alert in ALERTS
    )
    return f"{_HEAD}{bounds}\n## Of runs\n\n{runs}\n## Of agents\n\n{agents}{_AFTER}{alerts}"


def _table(rows: Iterable[Metric]) -> str:
    lines = ["| metric | kind | labels | meaning |", "| --- | --- | --- | --- |"]
    lines += [
        f"| `{row.name}` | {row.kind} | {', '.join(f'`{label}`' for label in row.labels)} "
        f"| {_cell(row.about)} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    import sys

    sys.stdout.write(metrics_page())
