"""A real cluster: the same plans as in the lab, run by probe pods with the identity of the pods
they stand for.

The words, in the order in which a run uses them:

- connection   kubeconfig or service account → an authenticated client; the only importer of
  `kubernetes`
- api          the few calls that are made, with bounded retries; every failure is an `ApiError`
  with a next step
- resources    PURE: the kinds that are touched
- rights       PURE: every call that is made on them, and what it is for: the rights to grant
- objects      PURE: the wire shape of what is read besides `prober.manifest.decoding.wire`
- sandboxes     why pods on a node get no network: what the kubelet reports
- reading      one paged list a kind → `Snapshot`
- change       patches of objects, tried by the API server first
- cilium       the identities that Cilium gave to pods
- collect      what a cluster has to say about a run: events, components, logs
- identity     PURE: what of a pod makes it itself for the network: labels, node, service account,
  DNS, proxies
- itself       PURE: probes of a pod to itself, which no stand-in can run
- payload      PURE: plans → compressed pieces that fit into ConfigMaps and logs
- probepod     PURE: the pod that runs a piece: restricted, never ready, never adopted, with a
  deadline
- marks        PURE: names, labels and annotations by which a run's objects are known, and when they
  are stale
- run object   a ConfigMap in each namespace that owns all of a run there, and a timer that removes
  it: `runobjects`
- stage        PURE: how far a probe pod is, and why it will not get further
- lookout      one list a namespace, again and again, until each probe pod has started or cannot
- ephemeral    a container in the real pod instead: the exact identity, which Kubernetes does not
  take away again
- batch        one wave of plans: run objects, pods, logs → observations
- via          PURE: the ways to run a plan as a pod: a probe pod, or the agent on its node
- agents       PURE: the agents of a cluster, and which of them can probe from where
- execute      a command in a container, over a websocket: one line in, lines out
- visits       one wave of plans through agents: one exec a node
- here         one wave of plans from this machine, where it is a host outside: the agent as a child
  process
- ways         the table of ways, and which plan goes which way
- streamed     a task that emits becomes a stream; several streams become one
- installation the manifests, and putting them into a cluster
- sweep        what dead or expired runs left behind
- engines      PURE: who enforces NetworkPolicy, told from what runs in a cluster
- checkup      PURE: what `prober doctor` looks at, and what it means
- inquiry      PURE: the wire shape of what it asks
- doctor       asks the cluster for it
- fabric       the Protocol's implementation, from all of these

Nothing here knows what a prediction is; nothing listens; nothing is left behind.
"""

from prober.fabric.kubernetes.client.connection import Access, context_namespace
from prober.fabric.kubernetes.fabric import KubernetesFabric
from prober.fabric.kubernetes.settings import Settings
from prober.fabric.kubernetes.transports.names import Via

__all__ = ["Access", "KubernetesFabric", "Settings", "Via", "context_namespace"]
