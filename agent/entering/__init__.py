"""Becoming a pod for the network, from an agent on its node.

- `enter`       become a pod for the network: its namespace, its resolv.conf and hosts, and no right
                besides
- `privileges`  giving up capabilities (capabilities(7)), and entering a network namespace
                (setns(2))
- `request`     what the runner is given when it is exec'd in an agent's pod: a plan for each pod to
                visit, all in one line
- `visit`       the runner as it is exec'd in an agent's pod: one process a pod that is visited, all
                at once
"""
