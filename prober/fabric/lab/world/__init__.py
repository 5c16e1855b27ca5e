"""From manifests to a world in which everything has a place and an address. Pure.

- `addresses`      the lab's address plan, and handing out addresses from it
- `blueprint`      what the keeper builds: namespaces, wires, addresses, routes, rules and
                   listeners, with nothing left to decide
- `endpoints`      which backends a Service sends to
- `fault_status`   what the API server shows of a world that is broken: pods that are not ready,
                   roles that are gone
- `faults`         faults, from the names a person writes to the objects they concern
- `nodes`          the lab's nodes: those of the manifests, those that pods name, and as many more
                   as are asked for
- `pods`           where pods run and which addresses they have
- `readdressing`   moving addresses from one network to another, also inside policies' ipBlocks
- `renumber`       manifests from a real cluster carry real addresses; the lab's are from
                   documentation ranges only
- `ruleset`        the few shapes of nft text that every ruleset of the lab is written in
- `statements`     what the Lab document lets pods say: logs, events and conditions
- `virtual`        the addresses and ports that exist only as translations: ClusterIPs, NodePorts,
                   load balancers' addresses
- `world`          from manifests to a world in which everything has a place and an address
"""
