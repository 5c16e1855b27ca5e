"""From manifests to a world in which everything has a place and an address, and to its blueprint.
Pure.

- `addresses`      the lab's address plan, and handing out addresses from it
- `blueprint`      what the keeper builds: namespaces, wires, addresses, routes, rules and
                   listeners, with nothing left to decide
- `build`          the blueprint of a world
- `describe`       what is in a lab, in words
- `fault_status`   what the API server shows of a world that is broken: pods that are not ready,
                   roles that are gone
- `faults`         faults, from the names a person writes to the objects they concern
- `listener_plan`  what listens where: the ports that containers declare, and those of nodes and
                   hosts outside
- `nodes`          the lab's nodes: those of the manifests, those that pods name, and as many more
                   as are asked for
- `pods`           where pods run and which addresses they have
- `process_slots`  where processes can be put, and what /etc says to them there
- `readdressing`   moving addresses from one network to another, also inside policies' ipBlocks
- `renumber`       manifests from a real cluster carry real addresses; the lab's are from
                   documentation ranges only
- `topology`       how the lab is wired: from a world to namespaces, wires, addresses and routes
- `virtual`        the addresses and ports that exist only as translations: ClusterIPs, NodePorts,
                   load balancers' addresses
- `world`          from manifests to a world in which everything has a place and an address
"""
