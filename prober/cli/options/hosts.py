"""Hosts outside the cluster and their addresses, as options give them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from prober.model.errors import UsageError


def host_addresses(
    option: str, values: Iterable[str], *, bare: bool = False
) -> Mapping[str, Sequence[str]]:
    """The addresses of each NAME=ADDRESS; of NAME alone none, where that is allowed. Raises
    `UsageError`."""
    from prober.policy.deciding import parse_address

    hosts: dict[str, list[str]] = {}
    for value in values:
        name, equals, address = value.partition("=")
        if not name or (not parse_address(address) if equals else not bare):
            form = "NAME or NAME=ADDRESS" if bare else "NAME=ADDRESS"
            raise UsageError(
                f"{option} {value} is not {form}", hint=f"as in {option} github.com=203.0.113.5"
            )
        hosts.setdefault(name, []).extend([address] if equals else [])
    return hosts
