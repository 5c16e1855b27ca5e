"""What Prometheus is told: one table, and what fills it.

- **metric**  a row of `table.METRICS`: its name, kind, labels and meaning; docs/metrics.md, the
  alerts and the dashboard are written from it and tested against it
- **series**  a metric with the values of its labels. Labels are workloads, namespaces, ports and
  nodes, never pods and addresses, and the number of series is bounded

`table` is PURE. `registry` makes the library's metrics of rows, `runs` fills them from the records
of runs (the page, the operator), `textfile` writes those of one run for a file that a node's
exporter reads. Agents fill rows of their own (`agent.serving.metrics`).
"""
