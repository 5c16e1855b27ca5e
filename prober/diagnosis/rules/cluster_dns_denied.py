"""Names do not resolve because the policies forbid the question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.denials import Denial, peer_is_missing
from prober.diagnosis.facts.dns import LOST, asked, asked_node_cache, dns_denials, sources
from prober.diagnosis.facts.followups import SERVED, name_probe
from prober.diagnosis.facts.node_paths import dns_servers
from prober.diagnosis.facts.peers import selected_by
from prober.diagnosis.fixes.peer_edits import peers_put_right
from prober.diagnosis.fixes.policy_fixes import open_port
from prober.model.listing import listed
from prober.model.objects import PolicyPeer, Ref
from prober.model.outcome import Outcome
from prober.model.prediction import Direction
from prober.model.run import CheckRecord, Confidence, Finding, Fix

ID = "cluster-dns-denied"


def find(case: Case, direction: Direction) -> Iterable[Finding]:
    groups: dict[Ref, tuple[list[CheckRecord], list[Denial]]] = {}
    for record in _unanswered(case, direction):
        denials = list(dns_denials(record, direction, case, "UDP", "TCP"))
        if not denials or asked_node_cache(record, case.snapshot):
            continue
        if not _in_every_reading(denials) and not _servers_live(record, case):
            continue
        policy = denials[0].trail.policies[0].policy
        known = groups.setdefault(policy, ([], []))
        known[0].append(record)
        known[1].extend(denials)
    for policy, (records, denials) in groups.items():
        ports = listed(dict.fromkeys(denial.needed for denial in denials))
        who = sources(records)
        said = (
            (
                f"egress policy {policy} keeps {who} from cluster DNS ({ports}), so no name "
                "resolves there"
            )
            if direction == "egress"
            else (
                f"ingress policy {policy} keeps {who} away from cluster DNS ({ports}), so no "
                "name resolves there"
            )
        )
        yield Finding(
            id=ID,
            cause=said,
            confidence=(Confidence.CERTAIN if _in_every_reading(denials) else Confidence.LIKELY),
            evidence=(*asked(records), *_near(denials[0])),
            fix=_fix(denials, policy, case),
            checks=tuple(record.check.id for record in records),
            objects=(policy,),
        )


def _in_every_reading(denials: Iterable[Denial]) -> bool:
    """Whether the API leaves nothing open about them."""
    return all(denial.reading is None for denial in denials)


def _servers_live(record: CheckRecord, case: Case) -> bool:
    """Whether the question was stopped on its way: it was rejected, or the servers answer their own
    nodes. Where the API leaves open whether policies deny it, that shows that they do."""
    if record.observation.outcome is Outcome.DNS_REFUSED:
        return True
    answers = [
        case.ask_node(server.node, name_probe(record, server.ips[0]))
        for server in dns_servers(case)[:1]
    ]
    return any(answer is not None and answer.outcome in SERVED for answer in answers)


def _near(denial: Denial) -> Iterator[str]:
    """Why a rule that is about DNS, or about everybody, leaves the servers out."""
    for policy, rule in denial.near(peer_is_missing):
        yield f"rule {rule.index + 1} of {policy.policy} allows it, and not to them: {rule.reason}"


def _fix(denials: Sequence[Denial], policy: Ref, case: Case) -> Fix | None:
    """A rule that was meant for the servers and selects nobody is put right; else they get one."""

    def is_dead(peer: PolicyPeer) -> bool:
        return peer.ip_block is None and not selected_by(peer, policy.namespace, case)

    mended = peers_put_right(denials, policy, is_dead, case)
    return next(filter(None, mended), None) or open_port(denials, policy, case)


def _unanswered(case: Case, direction: Direction) -> Iterable[CheckRecord]:
    return [record for record in case.troubled_in(direction) if record.observation.outcome in LOST]


RULE = Rule(
    id=ID,
    concludes=(
        "Policies keep pods from cluster DNS, over UDP, TCP or both, so no name resolves there."
    ),
    advice=(
        "allow 53/UDP and 53/TCP to cluster DNS; `prober mitigate dns` does it for all pods, for "
        "now"
    ),
    needs="names that got no answer, and the prediction for port 53 from the same pods",
    asks="where the API leaves open what policies say: the servers' own nodes, for the same name",
    find_in=find,
)
