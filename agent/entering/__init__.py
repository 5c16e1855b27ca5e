"""Becoming a pod for the network, from an agent on its node.

- `request`     what an agent is asked: a plan for each pod to visit, in one line
- `visit`       the runner as it is exec'd in an agent's pod: one process a pod, all at once
- `enter`       finds a pod's process, enters its network, compares its addresses
- `files`       reads a file of the pod's without trusting the pod (openat2)
- `privileges`  enters a namespace (setns), and gives up every right for good
"""
