"""Cilium's rules about names: what `toFQDNs` matches, and which names DNS rules let be seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from prober.model.languages.cilium import FqdnSelector, PortRule
from prober.policy.deciding.rules.levels import MAYBE, NO, YES, Level
from prober.policy.deciding.rules.policies import AnyMatcher, PolicyMatcher
from prober.policy.deciding.rules.terms import HostNames
from prober.policy.deciding.rules.tiers import Action
from prober.policy.languages.domains import cilium_matches


@dataclass(frozen=True, slots=True)
class SeenNames:
    """The DNS rules of a pod's policies: only names that one of them matches are ever learned."""

    rules: tuple[tuple[str | None, str | None], ...] = ()

    def level(self, name: str) -> Level:
        """Whether a name gets known."""
        seen = any(
            cilium_matches(name, match_name=exact, match_pattern=pattern)
            for exact, pattern in self.rules
        )
        return YES if seen else NO


def seen_names(matchers: Iterable[AnyMatcher]) -> SeenNames:
    """Those that the policies of a pod let be seen together."""
    rules: list[tuple[str | None, str | None]] = []
    for matcher in matchers:
        if isinstance(matcher, PolicyMatcher):
            continue
        for rule in matcher.egress or ():
            ports: Sequence[PortRule] = rule.rule.to_ports or () if rule.rule is not None else ()
            for port in ports if rule.action is Action.ALLOW else ():
                if port.rules is not None:
                    rules += [(dns.match_name, dns.match_pattern) for dns in port.rules.dns or ()]
    return SeenNames(tuple(rules))


def names_term(names: tuple[FqdnSelector, ...], seen: SeenNames) -> HostNames:
    """The hosts outside that are meant."""

    def matches(name: str) -> bool:
        return any(
            cilium_matches(name, match_name=named.match_name, match_pattern=named.match_pattern)
            for named in names
        )

    return HostNames(matches, seen.level, MAYBE if seen.rules else NO)
