"""prober: active in-cluster connectivity prober for Kubernetes.

The packages, from what everything knows to what knows everything:

- `prober.model`        the words: endpoints, flows, checks, observations, predictions, verdicts,
  findings
- `prober.manifest`     standard manifests in, a snapshot of the cluster's objects out
- `prober.policy`       predicts from a snapshot whether a flow is allowed, and says why
- `prober.scenario`     strict loading of scenario files
- `prober.fabric`       where probes run: the embedded lab
- `prober.diagnosis`    from surprises to causes and fixes
- `prober.report`       one run record, many formats
- `prober.coordinator`  plans, schedules, settles, retries
- `prober.cli`          the command line, the only place that builds a concrete fabric

The top-level package `agent` is what runs at a vantage. It knows `prober.model` and nothing else.
"""

__version__ = "0.1.0"
