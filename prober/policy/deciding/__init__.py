"""What decides about one flow, from the ends of it to the rules that match. Pure.

- `addresses`         addresses and ipBlocks as plain integers: parsing once, then only comparisons
- `directions`        from a link to its two directions: every way in which the API lets policies
                      see each
- `endpoints`         the endpoints of a Service: from its EndpointSlices when there are any, else
                      computed as the control plane would
- `engines`           who enforces, and what each engine makes of what the API leaves open
- `frontends`         what Services make of a flow before policies see it: ClusterIP, headless, load
                      balancers' addresses, node ports
- `interpretations`   one direction of a flow, in every way in which the API lets policies see it
- `levels`            answers with three values, as numbers: no, maybe, yes
- `matchers`          policies made ready for matching: selectors become sets of pods, ipBlocks
                      ranges of numbers
- `matching`          the one place that decides what matches
- `plans`             the tiers of a whole world, before they stand before one pod
- `pod_sets`          sets of pods as Python integers: bit i is the i-th pod
- `policy_endpoints`  the ends of a flow as policies see them
- `ports`             which ports and protocols a rule matches
- `readings`          the interpretations of a flow as data, each with its trail: what an
                      observation can be held against
- `requests`          requests on layer 7, as rules limit them
- `resolve`           what the two ends of a flow are: a pod, a node, a Service, a host outside;
                      also where only an address is given
- `routes`            from a flow to its links: what the destination is, and every way in which the
                      flow may arrive there
- `selectors`         label selectors: do they select, how to say them, and what is missing
- `terms`             who can be the other end of a rule: leaves, and all of, any of, not
- `tiers`             tiers as data, and the one fold over them that decides
- `world`             the index over a snapshot: everything that a prediction looks up, built when
                      it is first needed
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prober.lazy import exports

if TYPE_CHECKING:
    from prober.policy.deciding.addresses import (
        compile_block as compile_block,
        format_address as format_address,
        parse_address as parse_address,
        parse_addresses as parse_addresses,
        samples as samples,
    )
    from prober.policy.deciding.endpoints import (
        endpoints_of as endpoints_of,
        target_port as target_port,
    )
    from prober.policy.deciding.engines import Engine as Engine, running_engine as running_engine
    from prober.policy.deciding.matchers import (
        PeerMatcher as PeerMatcher,
        PolicyMatcher as PolicyMatcher,
        RuleMatcher as RuleMatcher,
        TieredMatcher as TieredMatcher,
        TieredRule as TieredRule,
    )
    from prober.policy.deciding.pod_sets import PodSet as PodSet, members as members
    from prober.policy.deciding.ports import EveryPort as EveryPort
    from prober.policy.deciding.resolve import Undecided as Undecided
    from prober.policy.deciding.selectors import (
        describe as describe,
        holds as holds,
        key_of as key_of,
        requirements as requirements,
        selects as selects,
    )
    from prober.policy.deciding.terms import (
        Everyone as Everyone,
        Nobody as Nobody,
        Pods as Pods,
        Some as Some,
        Term as Term,
    )
    from prober.policy.deciding.tiers import Action as Action
    from prober.policy.deciding.world import PortKey as PortKey, named_port as named_port

HOMES = {
    "addresses": "compile_block format_address parse_address parse_addresses samples",
    "endpoints": "endpoints_of target_port",
    "engines": "Engine running_engine",
    "matchers": "PeerMatcher PolicyMatcher RuleMatcher TieredMatcher TieredRule",
    "pod_sets": "PodSet members",
    "ports": "EveryPort",
    "resolve": "Undecided",
    "selectors": "describe holds key_of requirements selects",
    "terms": "Everyone Nobody Pods Some Term",
    "tiers": "Action",
    "world": "PortKey named_port",
}
"""What others may use, and where it lives."""

__getattr__ = exports(__name__, HOMES)
