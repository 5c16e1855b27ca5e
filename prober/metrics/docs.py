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

`prober serve`, the operator and the agents export metrics over HTTP. A run can also write its
metrics to a file for a node exporter's textfile collector (`--report FILE.prom`). prober replaces
the whole file at once, so it never holds half a run. The file has gauges only, because a counter
that restarts with each file counts nothing. For a push gateway: `curl --data-binary @flux.prom
http://GATEWAY/metrics/job/prober`.

`/metrics` requires the same secret as the page. Prometheus sends it with `authorization:
{credentials_file: …}` or `basic_auth`. The format is Prometheus' text format, or OpenMetrics if
the client asks for it. Histograms are classic, because the client library has no native ones;
Prometheus converts them when it scrapes with `convert_classic_histograms_to_nhcb: true`.

Labels hold workloads, namespaces, Services, names of hosts, ports and nodes, and never pods or
addresses. The value `pod` stands for all pods without an owner, `address` for all hosts without a
name.
"""

_AFTER = """

`manifests/monitoring` configures this for the Prometheus operator (a PodMonitor for the agents, one
for the operator, a PrometheusRule), and for Grafana (`dashboard.json`, also as a ConfigMap that the
sidecar of its chart finds): `kubectl apply -k manifests/monitoring`. The page of the cluster is not
scraped: its metrics are those of the operator again.

With `agentMetrics` and `operatorMetrics` in the [settings](cluster.md), agents and the operator
serve `/metrics` over TLS, to clients that have the secret. The PodMonitors of the Helm chart then
read from the same Secrets `credentials`, which must be a single token without a line break, and
`ca.crt`; the certificates are for the names `prober-agent` and `prober-operator`, because pods are
scraped by address.

## Alerts

| alert | when | for |
| --- | --- | --- |
"""


def metrics_page() -> str:
    """The page."""
    bounds = (
        f"A scenario exports at most {MOST_SERIES:,} series of `prober_check_success`, failed ones "
        f"first. At most\n{MOST_SCENARIOS} scenarios have series of their own, and a label has at "
        f"most {LONGEST_LABEL} characters.\n"
    )
    runs = _table(row for row in METRICS.values() if Teller.RUNS in row.tellers)
    agents = _table(row for row in METRICS.values() if Teller.AGENT in row.tellers)
    alerts = "".join(
        f"| `{alert.name}` | `{_cell(alert.expression)}` | {alert.lasting} |\n" for alert in ALERTS
    )
    return (
        f"{_HEAD}{bounds}\n## Metrics of runs\n\n{runs}\n## Metrics of agents\n\n{agents}"
        f"{_AFTER}{alerts}"
    )


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
