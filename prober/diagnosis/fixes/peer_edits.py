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
from prober.diagnosis.facts.peers import likeness, other_pod, selected_by
from prober.diagnosis.fixes.patches import edit_rule, policy_of
from prober.diagnosis.fixes.policy_fixes import addresses_of, before_translation, rule_for
from prober.diagnosis.fixes.policy_gap import who
from prober.model.objects import PolicyPeer, PolicyRule, Ref
from prober.model.prediction import RuleTrail
from prober.model.run import Fix


def peers_put_right(
    denials: Sequence[Denial],
    policy: Ref,
    meant: Callable[[PolicyPeer], bool],
    case: Case,
    *,
    guessed: bool = False,
) -> Iterator[Fix | None]:
    """The other ends of the flows in the place of the peer that is most like them, of those that
    were meant for them, or beside it; in the rule that names their port, or that of some of
    them. Where it is `guessed` for whom a peer was meant, one that has nothing in common with the
    other end stays."""
    old = policy_of(policy, case)
    for near, position, alike in most_alike(denials[0], policy, meant, case):
        whole = rule_for(denials, old, case.snapshot) if old is not None else PolicyRule()
        needed = whole.peers
        if not needed:
            continue
        peer = near.rule.peers[position]
        # What selects nobody and has nothing in common with the other end may be there for pods
        # that are still to come, such as those that opt in by a label.
        nobody = not peer.ip_block and not selected_by(peer, policy.namespace, case)
        dead = nobody and (alike > 0 or not guessed)
        before, after = near.rule.peers[:position], near.rule.peers[position + 1 :]
        kept = () if dead else (peer,)
        named = {(port.protocol, port.port) for port in near.rule.ports}
        more = [port for port in whole.ports if (port.protocol, port.port) not in named]
        # Of one port nothing is missing: the rule names it, by its number, name or range.
        ports = (*near.rule.ports, *more) if len(whole.ports) > 1 and named else near.rule.ports
        direction = denials[0].direction
        how = "instead of a selector that matches nobody" if dead else "beside what stands there"
        end = who(list(denials)).split(" ", 1)[1]
        where = f"{direction} of NetworkPolicy {policy}"
        for ends in (needed, before_translation(denials, needed, case.snapshot)):
            by = addresses_of(ends, "by")
            summary = f"name {end}{by} in the rule that is meant for it, in {where}, {how}"
            rule = replace(near.rule, peers=(*before, *kept, *ends, *after), ports=ports)
            yield edit_rule(summary, denials, policy, near.index, rule, case) if ends else None


def most_alike(
    denial: Denial, policy: Ref, meant: Callable[[PolicyPeer], bool], case: Case
) -> list[tuple[RuleTrail, int, int]]:
    """The peers of the policy's rules that name the port and pass the test, those first that have
    most in common with the other end: the rule, the peer's position, and how much that is."""
    pod = other_pod(denial, case)
    candidates = [
        (near, position, likeness(peer, pod, policy, case))
        for trail, near in denial.near(peer_is_missing)
        if trail.policy == policy
        for position, peer in enumerate(near.rule.peers)
        if meant(peer)
    ]
    return sorted(candidates, key=lambda candidate: -candidate[2])
