"""Rules about names that nobody ever learns."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.tiers import tiered_rules
from prober.audit.view import View
from prober.model.languages import Language
from prober.model.languages.cilium import EgressRule
from prober.policy.deciding import PodSet


def find(view: View) -> Iterator[Spot]:
    seen: PodSet = 0
    rules = [rule for rule in tiered_rules(view) if isinstance(rule.rule.rule, EgressRule)]
    for rule in rules:
        items = rule.rule.rule.to_ports or ()
        if any(item.rules is not None and item.rules.dns for item in items):
            seen |= rule.subjects
    for rule in rules:
        written = rule.rule.rule
        blind = rule.subjects & ~seen
        if isinstance(written, EgressRule) and written.to_fqdns and blind:
            pod = view.pods(blind)[0]
            yield Spot(
                rule.ref,
                f"{rule} allows names, and no DNS rule lets Cilium see which addresses pod "
                f"{pod.ref} is given for them: it never matches",
                rule.path,
                "add a rule to cluster DNS with `rules: {dns: [{matchPattern: …}]}`",
            )


CHECK = Check(
    id="fqdn-without-dns-rule",
    severity=Severity.ERROR,
    title="A rule names hosts that Cilium never learns",
    why="toFQDNs works with the answers that the DNS proxy sees, and it sees only what a DNS rule "
    "sends through it.",
    find=find,
    languages=(Language.CILIUM,),
)
