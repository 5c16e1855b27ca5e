"""The agent probes by itself, what an assignment says: node to node, to cluster DNS, to the API
server, and checks of Scenarios from the pods of its node. The assignment is a file, which the
kubelet keeps as the operator wrote it; so an agent that probes calls no API, and has no rights.

- `assignment`  PURE: what is to be probed from a node, and how often
- `pods`        one round from the pods of the node
- `tally`       PURE: what the last round said, and counts of all
- `rounds`      probes again and again, and takes a new assignment without a restart
- `daemon`      the agent's long-lived process with the rounds in it
"""
