"""A peer of a rule put right where it stands, so that no dead rule is left behind. Pure.

The rule was meant for this flow and names its other end in a way that never matches. What selects
nobody is replaced; what may mean somebody else, or does mean the other end in another reading of
the API, stays, and the other end is added beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from prober.diagnosis.facts.case import Case
from prober.diagnosis.facts.denials import Denial, peer_is_missing
from prober.diagnosis.facts.peers import selected_by
from prober.diagnosis.fixes.patches import edit_rule, policy_of
from prober.diagnosis.fixes.policy_fixes import rule_for
from prober.diagnosis.fixes.policy_gap import who
from prober.model.objects import PolicyPeer, Ref
from prober.model.run import Fix


def peers_put_right(
    denials: Sequence[Denial], policy: Ref, meant: Callable[[PolicyPeer], bool], case: Case
) -> Iterator[Fix | None]:
    """The other ends of the flows in the place of the first peer that was meant for them, or beside
    it; in the rule that names their port, or that of some of them."""
    old = policy_of(policy, case)
    for trail, near in denials[0].near(peer_is_missing):
        if trail.policy != policy or old is None:
            continue
        position = next((at for at, peer in enumerate(near.rule.peers) if meant(peer)), None)
        whole = rule_for(denials, old, case.snapshot)
        needed = whole.peers
        if position is None or not needed:
            continue
        peer = near.rule.peers[position]
        dead = not peer.ip_block and not selected_by(peer, policy.namespace, case)
        before, after = near.rule.peers[:position], near.rule.peers[position + 1 :]
        kept = () if dead else (peer,)
        named = {(port.protocol, port.port) for port in near.rule.ports}
        more = [port for port in whole.ports if (port.protocol, port.port) not in named]
        # Of one port nothing is missing: the rule names it, by its number, name or range.
        ports = (*near.rule.ports, *more) if len(whole.ports) > 1 and named else near.rule.ports
        rule = replace(near.rule, peers=(*before, *kept, *needed, *after), ports=ports)
        direction = denials[0].direction
        how = "instead of a selector that matches nobody" if dead else "beside what stands there"
        end = who(list(denials)).split(" ", 1)[1]
        where = f"{direction} of NetworkPolicy {policy}"
        summary = f"name {end} in the rule that is meant for it, in {where}, {how}"
        yield edit_rule(summary, denials, policy, near.index, rule, case)
