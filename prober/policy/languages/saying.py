"""Rules of the other languages as predicates: `denies 443/TCP to namespaces with team=web`."""

from __future__ import annotations

from collections.abc import Sequence

from prober.model.listing import listed
from prober.model.prediction import Direction
from prober.policy.deciding.rules.tiers import Action
from prober.policy.text.phrases import towards

_VERBS = {
    Action.ALLOW: "allows",
    Action.DENY: "denies",
    Action.PASS: "passes on",
    Action.LOG: "logs",
}


def say(
    action: Action,
    ports: Sequence[str],
    peers: Sequence[str],
    direction: Direction,
    *,
    anyone: str = "anyone",
    name: str = "",
) -> str:
    """What a rule does, with its name where it has one. No ports: every port."""
    what = listed(ports, "or") if ports else "everything"
    whom = listed(peers, "or") if peers else anyone
    named = f"rule {name!r} " if name else ""
    return f"{named}{_VERBS[action]} {what} {towards(direction)} {whom}"


def say_port(protocol: str, low: int | str = 0, high: int = 0) -> str:
    """`443/TCP`, `8000-8080/UDP`, `port http`, `every TCP port`."""
    if isinstance(low, str):
        return f"port {low}" + (f"/{protocol}" if protocol else "")
    if not low:
        return f"every {protocol} port" if protocol else "every port"
    number = f"{low}-{high}" if high and high != low else f"{low}"
    return f"{number}/{protocol}" if protocol else number
