"""Probe pods: pods with the identity of those that they stand for, which run a plan and are taken
away again.

- `identity`       PURE: what of a pod makes it itself for the network: labels, node, service
  account, DNS, proxies
- `vantages`       PURE: vantage → identity, or why no probe pod can stand for it
- `self_probes`    PURE: probes of a pod to itself, which no other pod can run
- `payload`        PURE: plans → compressed pieces that fit into ConfigMaps and logs
- `manifest`       PURE: the pod that runs a piece: restricted, never ready, never adopted, with a
  deadline
- `startup`        PURE: how far a probe pod's start is, and why it will not get further
- `startup_watch`  one list a namespace, again and again, until each probe pod has started or cannot
- `logs`           a probe pod's log → observations
- `namespaces`     the namespace for probes from nodes
- `run_objects`    the ConfigMap in each namespace that owns all of a run there, and a timer that
  removes it
- `sweeping`       what dead or expired runs left behind
- `transport`      one wave of plans: run objects, pods, logs, observations; and all of it away
  again
"""

from prober.fabric.kubernetes.probe_pods.sweeping import SweptRun, sweep
from prober.fabric.kubernetes.probe_pods.transport import ProbePodTransport
from prober.fabric.kubernetes.probe_pods.vantages import vantages_of

__all__ = ["ProbePodTransport", "SweptRun", "sweep", "vantages_of"]
