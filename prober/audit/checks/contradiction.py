"""Policies that contradict each other: what one restricts, another opens for the same pods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.view import DIRECTIONS, PolicyRuleAt, View, rules
from prober.model.objects import PolicyPort
from prober.model.prediction import Direction
from prober.policy.deciding import PolicyMatcher


def find(view: View) -> Iterator[Spot]:
    for direction in DIRECTIONS:
        open_rules: defaultdict[str, list[PolicyRuleAt]] = defaultdict(list)
        for rule in rules(view, direction):
            if not rule.rule.peers and rule.matcher.subjects:
                open_rules[rule.policy.namespace].append(rule)
        for matcher in view.policies:
            for opener in open_rules.get(matcher.policy.namespace, ()):
                yield from _void_denial(matcher, opener, direction, view)
        for rule in rules(view, direction):
            for opener in open_rules.get(rule.policy.namespace, ()):
                yield from _void_peers(rule, opener, view)


def _void_denial(
    matcher: PolicyMatcher, opener: PolicyRuleAt, direction: Direction, view: View
) -> Iterator[Spot]:
    """A policy without rules, whose every pod another one opens for everyone on every port."""
    denies = matcher.rules(direction) == ()
    if (
        not denies
        or opener.rule.ports
        or not matcher.subjects
        or matcher.subjects & ~opener.matcher.subjects
    ):
        return
    yield Spot(
        matcher.policy.ref,
        f"NetworkPolicy {matcher.policy.ref} denies all {direction} of "
        f"{_pods(matcher, view)}, yet {opener} allows all "
        "of it",
        ("spec",),
        (
            "policies are a union: an allowed flow stays allowed whatever others deny; remove "
            "the one that is not meant"
        ),
    )


def _void_peers(rule: PolicyRuleAt, opener: PolicyRuleAt, view: View) -> Iterator[Spot]:
    """A rule that names its peers, for ports that another rule opens to everyone."""
    subjects = rule.matcher.subjects
    if (
        rule.rule is opener.rule
        or not rule.rule.peers
        or not subjects
        or subjects & ~opener.matcher.subjects
    ):
        return
    if not _covers(opener.rule.ports, rule.rule.ports):
        return
    who = "from" if rule.direction == "ingress" else "to"
    ports = (
        ", ".join(f"{port.port or 'every port'}/{port.protocol}" for port in rule.rule.ports)
        or "every port"
    )
    yield Spot(
        rule.policy.ref,
        f"{rule} names {who} whom it allows {ports}, yet {opener} allows that to everyone for "
        f"{_pods(rule.matcher, view)}",
        rule.path,
        (
            "policies are a union, so naming peers has no effect here: give the wider rule "
            "peers, or remove this one"
        ),
    )


def _covers(wide: tuple[PolicyPort, ...], narrow: tuple[PolicyPort, ...]) -> bool:
    """Whether every port of `narrow` is among those of `wide` (none: every port)."""
    if not wide:
        return True
    return bool(narrow) and all(any(_holds(wider, port) for wider in wide) for port in narrow)


def _holds(wide: PolicyPort, port: PolicyPort) -> bool:
    if wide.protocol != port.protocol:
        return False
    if wide.port is None or wide == port:
        return True
    if isinstance(wide.port, int) and isinstance(port.port, int):
        return wide.port <= port.port and (port.end_port or port.port) <= (
            wide.end_port or wide.port
        )
    return False


def _pods(matcher: PolicyMatcher, view: View) -> str:
    pods = view.pods(matcher.subjects)
    return pods[0].name if len(pods) == 1 else f"its {len(pods)} pods"


CHECK = Check(
    id="policies-contradict",
    severity=Severity.WARNING,
    title="A policy opens what another one restricts",
    why="Policies only ever add up. A denial, or a list of peers, has no effect where another "
    "rule allows everyone: "
    "one of the two authors is mistaken.",
    find=find,
)
