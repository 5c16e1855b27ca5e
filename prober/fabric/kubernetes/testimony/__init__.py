"""What is written down in a cluster about how it fares: logs, events, conditions, and what
workloads are told to reach.

Each part is read on its own, within bounds of time and size; what may not be read narrows the
answer and is said. Nobody's Secret is read.

- `gather`      all of it, at once
- `objects`     the wire shapes
- `pods`        which pods are not well; their conditions, probes and settings
- `logs`        what containers wrote, the current and the previous one
- `served`      kinds with conditions: which are served, and what they say
- `callbacks`   what the API server reaches: webhooks
- `changes`     what was changed lately, by the objects' metadata
"""
