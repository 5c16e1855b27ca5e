"""Names of hosts outside, and the patterns that match them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache


def normal(name: str) -> str:
    """Names are compared in lower case and without the final dot (RFC 4343)."""
    return name.lower().rstrip(".")


def any_domain(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Of ClusterNetworkPolicy: a name, or `*.` before a name for one or more labels below it
    (source: DomainName in the API's types)."""
    wanted = tuple(map(normal, patterns))

    def matches(name: str) -> bool:
        asked = normal(name)
        return any(
            asked.endswith(pattern[1:]) and len(asked) > len(pattern) - 1
            if pattern.startswith("*.")
            else asked == pattern
            for pattern in wanted
        )

    return matches


@lru_cache(maxsize=4096)
def cilium_pattern(pattern: str) -> re.Pattern[str]:
    """Of Cilium's matchPattern: `*` alone is every name, `**.` in front any number of labels, and
    any other `*` a part of one label (source: pkg/fqdn/matchpattern)."""
    wanted = normal(pattern)
    if wanted == "*":
        return re.compile(r".*")
    lead = ""
    if wanted.startswith("**."):
        lead, wanted = r"([-a-z0-9_]+\.)+", wanted[3:]
    body = "".join("[-a-z0-9_]*" if char == "*" else re.escape(char) for char in wanted)
    return re.compile(lead + body)


def cilium_matches(name: str, *, match_name: str | None, match_pattern: str | None) -> bool:
    """Does one item of `toFQDNs`, or of a DNS rule, match a name."""
    asked = normal(name)
    if match_name and asked == normal(match_name):
        return True
    return bool(match_pattern and cilium_pattern(match_pattern).fullmatch(asked))
