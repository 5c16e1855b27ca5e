"""What the checks of several languages share."""

from __future__ import annotations

import ipaddress

from prober.manifest.reading.cursor import Cursor


def exactly_one(cursor: Cursor, *names: str) -> None:
    """Of a union, one field is there and no other."""
    if isinstance(cursor.value, dict):
        there = [name for name in names if not cursor.field(name).absent]
        if len(there) != 1:
            cursor.wrong(f"exactly one of {' and '.join(names)} must be set")


def check_cidr(cursor: Cursor, *, bare: bool = False) -> None:
    """A block of addresses; with `bare`, one address stands for itself."""
    text = cursor.text()
    if text is None:
        return
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        sound = False
    else:
        sound = bare or "/" in text
    if not sound:
        cursor.wrong(f"`{text}` is not a CIDR block", "write an address and a prefix length")


def refuse(cursor: Cursor, what: str, instead: str) -> None:
    """Note what Cilium's agents do not take, and what to write instead."""
    cursor.refuse(
        f"{what}: Cilium's agents refuse the whole policy, and then nothing of it counts; {instead}"
    )
