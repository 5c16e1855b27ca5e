"""How plans get to a vantage, and observations back.

- `agents`      PURE: the agents of a cluster, and which of them can probe from where
- `agent_exec`  one exec a node, in which its agent visits every pod that is asked from
- `ephemeral`   a container in the real pod: the exact identity, which Kubernetes does not take away
  again
- `local`       this machine, where it is a host outside: the agent as a child process
- `table`       the table of transports, and which plan takes which (`Via` says what the user chose)

Probe pods are a transport as well; they have a package of their own.
"""

from prober.fabric.kubernetes.transports.agents import AgentTarget, agent_target_of, agents_of
from prober.fabric.kubernetes.transports.ephemeral import LEFT_BEHIND
from prober.fabric.kubernetes.transports.table import NEED_IMAGE, Transport, assigned, without_agent

__all__ = [
    "LEFT_BEHIND",
    "NEED_IMAGE",
    "AgentTarget",
    "Transport",
    "agent_target_of",
    "agents_of",
    "assigned",
    "without_agent",
]
