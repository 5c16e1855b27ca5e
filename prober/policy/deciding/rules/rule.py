"""What all that decides asks of a rule, whatever language it is written in.

There are two ways of asking, and they must agree (tests/unit/policy holds them together). One takes
a flow: `match` is the quick answer and `levels` the one that says what was missing, peers or ports.
The other takes all pods at once, for matrices: `chosen` gives the set of pods that are peers,
perhaps and surely, and `ports_level` is asked once for a port. `blocks` are there so that an
address that is not known can be tried at every border that some rule draws (`addresses.samples`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from prober.policy.deciding.rules.addresses import Block
from prober.policy.deciding.rules.interpretations import Interpretation
from prober.policy.deciding.rules.levels import Level, Levels
from prober.policy.deciding.rules.policy_endpoints import Target
from prober.policy.deciding.rules.terms import Chosen, Space
from prober.policy.deciding.rules.tiers import Action


class Rule(Protocol):
    """A rule of any language, ready for matching."""

    @property
    def action(self) -> Action: ...

    def match(self, interpretation: Interpretation) -> Level:
        """Does it match an interpretation of a flow: the first of `levels`, found quicker."""

    def levels(self, interpretation: Interpretation) -> Levels:
        """Does it match an interpretation of a flow; do its peers; do its ports."""

    def chosen(self, space: Space) -> Chosen:
        """The pods that are its peers."""

    def ports_level(self, target: Target) -> Level:
        """Does it match a port."""

    def blocks(self) -> Iterator[Block]:
        """Every block of addresses that it compares with."""
