"""The embedded lab: standard manifests in, a small world in network namespaces out.

Everything is decided by pure code, and the keeper only obeys:

- world        where everything runs and which address it has; `settle` makes it from a snapshot and
  the lab's words
- blueprint    plain data: namespaces, wires, routes, rules, listeners; `draw` makes it from a world
- keeper       process 1 of the lab: builds the blueprint, then forks processes onto its seats
- fabric       `LabFabric`, the lab as the coordinator sees it

On the way to a world: `renumber` and `moves` (addresses that the lab cannot carry), `clusterdns`,
`nodes`, `pods`, `virtual` (ClusterIPs, NodePorts, load balancers), `faults` and `aftermath`,
`endpoints`, `addresses` (the plan of all ranges).

On the way to a blueprint: `topology`, `services` (as kube-proxy), `enforcement`, `peers` and
`selectors` (policies), `obstacles` (router, firewalls, lost identities), `ruleset` (nft text),
`doors` (who listens), `records` (DNS), `seats`.

Inside the keeper: `isolation` and `kernel` (namespaces), `construct`, `netlink`, `offload`,
`rules`, `listeners`, `servers`, `catalogue` and `dns_server`, `children`, `sit`. Outside of it:
`requirements`, `launch`, `control`, `runs`, and for labs that stay up, `registry` and `enter`.

Words: a *space* is a network namespace, a *seat* a place for a process (several pods of a node's
network share a space), a *door* a listening port, *outside* whatever is not the cluster.
"""

from prober.fabric.lab.fabric import LabFabric

__all__ = ["LabFabric"]
