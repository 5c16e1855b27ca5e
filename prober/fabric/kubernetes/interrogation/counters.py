"""Rules of iptables with their counters, as `iptables-save -c` prints them. Pure.

The format is that of iptables-restore(8): `[packets:bytes] -A CHAIN …`, a `*table` before them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

COMMAND = (
    ("iptables-save", "-c"), ("iptables-nft-save", "-c"), ("iptables-legacy-save", "-c"),
)  # fmt: skip
"""One after the other: an image may have only the rules' own kind."""
RULES_AT_MOST = 200_000
_LONGEST = 4_000
_RULE = re.compile(r"\[(\d{1,19}):\d{1,19}\] -A (\S{1,64}) (.{0,4000})")
_COMMENT = re.compile(r'--comment (?:"((?:[^"\\]|\\.){0,300})"|(\S{1,300}))')
_TARGET = re.compile(r"(?:^| )-[jg] (\S{1,64})")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule."""

    table: str
    chain: str
    text: str
    """What follows the chain."""

    @property
    def comment(self) -> str:
        """What whoever made it wrote about it; Calico writes a rule's hash before it."""
        return " ".join(match[1] or match[2] for match in _COMMENT.finditer(self.text))

    @property
    def target(self) -> str:
        """Where a packet goes that matches."""
        match = _TARGET.search(self.text)
        return match[1] if match else ""


@dataclass(frozen=True, slots=True)
class Moved:
    """A rule that took packets in between."""

    rule: Rule
    packets: int


def rules(output: str) -> Iterator[tuple[Rule, int]]:
    """Each rule with the packets that it took."""
    table = ""
    for number, line in enumerate(output.splitlines()):
        if number >= RULES_AT_MOST:
            return
        if line.startswith("*"):
            table = line[1:32]
        elif match := _RULE.fullmatch(line[:_LONGEST]):
            yield Rule(table, match[2], match[3]), int(match[1])


def moved(before: str, after: str) -> tuple[Moved, ...]:
    """The rules that took packets in between; those that came in between count from nothing."""
    earlier = _counted(before)
    return tuple(
        Moved(rule, packets - earlier.get(rule, 0))
        for rule, packets in _counted(after).items()
        if packets > earlier.get(rule, 0)
    )


def _counted(output: str) -> Mapping[Rule, int]:
    """The same rule twice in a chain counts together."""
    counted: Counter[Rule] = Counter()
    for rule, packets in rules(output):
        counted[rule] += packets
    return counted
