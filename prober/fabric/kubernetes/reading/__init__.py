"""What is in a cluster: lists in, a snapshot out; who enforces policies there.

- `cilium`     what Cilium says about pods: the identities of its CiliumEndpoints
- `collect`    what a cluster has to say about a run, for a bundle: objects, events, components,
               logs
- `engines`    who enforces NetworkPolicy, told from what runs in a cluster
- `export`     A cluster's objects as manifests: only the fields that decide about connectivity,
               nothing secret
- `listing`    what is in the cluster: one paged list a kind, all kinds at once, decoded into the
               few fields used
- `objects`    the wire shape of what is read besides `prober.manifest.decoding.wire`: a pod's DNS
               settings and its progress
- `policies`   policies of other languages, of the kinds whose API is served
- `sandboxes`  why pods that are on a node get no network: what the kubelet reports of the CNI, in
               events
"""
