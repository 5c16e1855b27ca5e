"""Probe pods: their identity, their manifests, their start, their logs, and their removal.

- `batch`        one wave of plans: run objects, probe pods, logs, observations; and all of it away
                 again
- `identity`     what of a pod makes it itself for the network
- `labels`       how a run's objects are known, and when they are stale
- `logs`         from a probe pod's log to observations
- `manifest`     the pod that runs a piece of a plan
- `namespaces`   the namespace for probes from nodes
- `payload`      plans into pieces that fit: into a ConfigMap, and their observations into a log
                 that is not rotated
- `run_objects`  the objects that own a run in one namespace: ConfigMaps with its plans, and a timer
- `self_probes`  probes of a pod to itself, which nobody can run in its stead
- `stage`        how far a probe pod is, and why it will not get further
- `startup`      watches the probe pods of one namespace until each has started or cannot: one
                 cached list, again and again
- `sweep`        what dead or expired runs left behind
- `vantages`     vantages to identities: whose pod a probe pod stands for, and why it cannot
"""
