"""What is in a cluster: lists in, a snapshot out.

- `objects`     PURE: the wire shape of what is read besides `prober.manifest.decoding.wire`
- `own_pods`    which pods are prober's own, and so no part of what is looked at
- `listing`     one paged list a kind → `Reading`: a snapshot, the pods as they came, the agents
- `assembled`   PURE: the decoded objects as a snapshot
- `sandboxes`   why pods that are on a node get no network
- `engines`     PURE: which network plugin enforces policies, recognised by what runs
- `cilium`      the identities that Cilium gave to pods
- `policies`    policies of other languages, of the kinds whose API is served
- `event_messages`  PURE: what of an event's message may be shared
- `exporting`   a cluster's objects as manifests: only the fields that decide about connectivity
- `collecting`  what a cluster has to say about a run, for a support bundle
"""

from prober.fabric.kubernetes.reading.cilium import CiliumIdentity, read_identities
from prober.fabric.kubernetes.reading.collecting import collect
from prober.fabric.kubernetes.reading.exporting import export
from prober.fabric.kubernetes.reading.listing import Reading, read_cluster
from prober.fabric.kubernetes.reading.policies import served_versions

__all__ = [
    "CiliumIdentity",
    "Reading",
    "collect",
    "export",
    "read_cluster",
    "read_identities",
    "served_versions",
]
