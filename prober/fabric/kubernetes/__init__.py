"""A real cluster: the same plans as in the lab, run by probe pods, agents, ephemeral containers or
this machine.

From the bottom to the top; each imports only what is above it in this list (a contract in
`pyproject.toml`):

- `interrogation` asking those who drop packets: the policy engine's agents, and the nodes' kernels
- `settings`      what can be chosen about pods and calls
- `restricted`    PURE: what the restricted Pod Security Standard asks of pods
- `client`        the API server: connecting, calls, refusals
- `labels`        PURE: how prober's objects are known, and when they are stale
- `reading`       lists → a snapshot
- `probe_pods`    pods that stand for others, and what owns and removes them
- `transports`    how plans get to a vantage, and observations back
- `measuring`     how long a change of a policy takes until nodes enforce it
- `testimony`     what the cluster's own components say about a check
- `installation`  manifests, and putting them into a cluster
- `doctor`        whether a cluster can be probed
- `fabric`        the Protocol's implementation, from all of these

Everything that is read from a cluster was written by somebody: names, labels, annotations, owner
references, logs. What is taken for true of it, and what is done because of it, is decided in
`client.answers`, `client.names`, `labels.run_of` and `reading.own_pods`; docs/security.md says what
that keeps whom from doing.

Nothing here knows what a prediction is; nothing listens; nothing is left behind.
"""

from prober.fabric.kubernetes.client import Access, context_namespace
from prober.fabric.kubernetes.fabric import KubernetesFabric
from prober.fabric.kubernetes.settings import PodSettings, Settings, Via

__all__ = ["Access", "KubernetesFabric", "PodSettings", "Settings", "Via", "context_namespace"]
