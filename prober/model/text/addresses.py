"""What an address is, for all who were told one. Pure."""

from __future__ import annotations

import ipaddress


def is_address(text: str) -> bool:
    """An IPv4 or IPv6 address, without brackets; an IPv6 zone (RFC 4007) may follow."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
