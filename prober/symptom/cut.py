"""Lines that were cut off, in the middle of what they say: log pipelines bound the length of a
message."""

from __future__ import annotations

from prober.symptom.model import Failure

_BEGINNINGS = (
    (Failure.REFUSED, "connection ref", "used"),
    (Failure.RESET, "connection res", "et by peer"),
    (Failure.TIMEOUT, "connection ti", "med out"),
    (Failure.TIMEOUT, "i/o tim", "eout"),
    (Failure.TIMEOUT, "context deadline", " exceeded"),
    (Failure.UNREACHABLE, "no route t", "o host"),
    (Failure.UNREACHABLE, "network is un", "reachable"),
    (Failure.NO_SUCH_HOST, "no such ho", "st"),
    (Failure.NO_SUCH_HOST, "name or ser", "vice not known"),
    (Failure.DNS_TIMEOUT, "temporary failure in na", "me resolution"),
)
"""How a phrase begins, unlike every other, and how it goes on."""
_AFTER_A_CUT = ".… \"')}]"


def cut_off(low: str) -> tuple[int, int, Failure] | None:
    """Where the beginning of an error word ends a text in lower case, and what it means."""
    text = low.rstrip(_AFTER_A_CUT)
    for failure, beginning, rest in _BEGINNINGS:
        at = text.rfind(beginning, max(0, len(text) - len(beginning) - len(rest)))
        if at >= 0 and rest.startswith(text[at + len(beginning) :]):
            return at, len(text), failure
    return None
