"""What a policy engine or a node's kernel says itself of a packet that it did not let pass."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EngineWord:
    """One thing that was said about the packets of one check."""

    check: str
    """The check's id."""
    node: str
    by: str
    """Who says it: `Cilium`, `kube-router`, `kernel`."""
    what: str
    """What became of the packets, as in `netfilter drops it`."""
    direction: str = ""
    """`egress` or `ingress`; empty: not said."""
    policies: tuple[str, ...] = ()
    """The policies that the packets went through, as in `shop/db-ingress`."""
    quote: str = ""
    """Its own words."""


@dataclass(frozen=True, slots=True)
class EngineTestimony:
    """What the engines said while the checks were made again."""

    words: tuple[EngineWord, ...] = ()
    unasked: tuple[str, ...] = ()
    """Whom one could not ask, and why, in sentences."""
