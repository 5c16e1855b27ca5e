"""A real multi-node Kubernetes cluster on one Linux machine, without Docker and without pulled
images.

    python -m testbed up [--policy kube-router|cilium|none] [--nodes 2]
    python -m testbed down

One node is one network namespace with its own containerd, kubelet and kube-proxy; the control plane
has a namespace of its own, and so has the world outside.

- layout         addresses, paths and names: nothing else knows them
- requirements   what the machine must have; one sentence for each thing that is missing
- shell          commands, daemons (found again by their cgroup) and waiting
- binaries       Kubernetes, etcd, CoreDNS and the policy engines, compiled from Go modules into a
  cache
- cilium_source  one line of Cilium is changed before it is compiled
- archive        image archives, written without a container tool
- agent_image    the agent's image: this machine's Python with the agent and what it imports
- network        namespaces, the bridge between them, routes
- pki            the certificates, and the kubeconfigs that use them
- control_plane  etcd, API server, controller manager, scheduler
- node           containerd, kubelet, kube-proxy
- cilium         Cilium as the CNI, with the role that its chart gives it
- policy         who enforces NetworkPolicy: one entry each, and the seam for more
- stand_ins      pods that say how kube-proxy and the engine's agents are
- outside        the host outside the cluster that answers on TCP 22 and 443
- cluster        up, load and down, from all of these
"""
