"""How a plan gets to its vantage: a probe pod, an agent, an ephemeral container, this machine.

- `agent_exec`  one wave of plans through agents: one exec a node, in which the agent visits all
                pods that are asked from
- `agents`      the agents of a cluster, and which of them can probe from where
- `ephemeral`   an ephemeral container in the real pod: its addresses, its rules, its sidecars; no
                other pod is made
- `local`       one wave of plans from this very machine, which is outside the cluster: the agent as
                a child process
- `names`       the ways in which a probe can be run as a pod
- `table`       the table of ways to run plans, and which plan goes which way
"""
