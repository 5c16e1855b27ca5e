"""From a world to its blueprint. Pure.

- `build`          the blueprint of a world
- `describe`       what is in a lab, in words
- `listener_plan`  what listens where: the ports that containers declare, and those of nodes and
                   hosts outside
- `process_slots`  where processes can be put, and what /etc says to them there
- `topology`       how the lab is wired: from a world to namespaces, wires, addresses and routes
"""
