"""What decides about one flow, from the ends of it to the rules that match. Pure.

- `directions`  from a link to its two directions: every way in which the API lets policies see
                each
- `endpoints`   the endpoints of a Service: from its EndpointSlices when there are any, else
                computed as the control plane would
- `engines`     who enforces, and what each engine makes of what the API leaves open
- `frontends`   what Services make of a flow before policies see it: ClusterIP, headless, load
                balancers' addresses, node ports
- `matching`    the one place that decides what matches
- `plans`       the tiers of a whole world, before they stand before one pod
- `readings`    the interpretations of a flow as data, each with its trail: what an observation
                can be held against
- `resolve`     what the two ends of a flow are: a pod, a node, a Service, a host outside; also
                where only an address is given
- `routes`      from a flow to its links: what the destination is, and every way in which the flow
                may arrive there
- `rules`       what one rule says, one policy, one tier
- `world`       the index over a snapshot: everything that a prediction looks up, built when it is
                first needed
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prober.lazy import exports

if TYPE_CHECKING:
    from prober.policy.deciding.endpoints import (
        endpoints_of as endpoints_of,
        target_port as target_port,
    )
    from prober.policy.deciding.engines import Engine as Engine
    from prober.policy.deciding.resolve import Undecided as Undecided
    from prober.policy.deciding.rules.addresses import (
        compile_block as compile_block,
        format_address as format_address,
        parse_address as parse_address,
        parse_addresses as parse_addresses,
        samples as samples,
    )
    from prober.policy.deciding.rules.network_policy_rules import RuleMatcher as RuleMatcher
    from prober.policy.deciding.rules.peers import PeerMatcher as PeerMatcher
    from prober.policy.deciding.rules.pod_sets import PodSet as PodSet, members as members
    from prober.policy.deciding.rules.policies import (
        PolicyMatcher as PolicyMatcher,
        TieredMatcher as TieredMatcher,
    )
    from prober.policy.deciding.rules.ports import EveryPort as EveryPort
    from prober.policy.deciding.rules.selectors import (
        describe as describe,
        holds as holds,
        key_of as key_of,
        requirements as requirements,
        selects as selects,
    )
    from prober.policy.deciding.rules.terms import (
        Everyone as Everyone,
        Nobody as Nobody,
        Pods as Pods,
        Some as Some,
        Term as Term,
    )
    from prober.policy.deciding.rules.tiered_rules import TieredRule as TieredRule
    from prober.policy.deciding.rules.tiers import Action as Action
    from prober.policy.deciding.world import PortKey as PortKey, named_port as named_port

HOMES = {
    "endpoints": "endpoints_of target_port",
    "engines": "Engine",
    "resolve": "Undecided",
    "rules.addresses": "compile_block format_address parse_address parse_addresses samples",
    "rules.network_policy_rules": "RuleMatcher",
    "rules.peers": "PeerMatcher",
    "rules.pod_sets": "PodSet members",
    "rules.policies": "PolicyMatcher TieredMatcher",
    "rules.ports": "EveryPort",
    "rules.selectors": "describe holds key_of requirements selects",
    "rules.terms": "Everyone Nobody Pods Some Term",
    "rules.tiered_rules": "TieredRule",
    "rules.tiers": "Action",
    "world": "PortKey named_port",
}
"""What others may use, and where it lives."""

__getattr__ = exports(__name__, HOMES)
