"""How long a change of a policy takes until nodes enforce it.

Nothing that is there is touched: pods of its own connect to pods of its own, on every node, and a
policy that selects only those is made and deleted while they do.

- `manifests`    PURE: the pods and the policy
- `transitions`  PURE: from single connections to when each pair of nodes changed
- `enforcement`  makes them, listens, takes them away
"""

from prober.fabric.kubernetes.measuring.enforcement import measure
from prober.fabric.kubernetes.measuring.transitions import Transition

__all__ = ["Transition", "measure"]
