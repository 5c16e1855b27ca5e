"""Handing out addresses."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from prober.fabric.lab.world.addresses import Pool, Role, first, is_kept
from prober.model.errors import FabricError


def test_a_pool_never_gives_what_is_taken() -> None:
    pool = Pool(["198.18.1.2", "198.18.1.3"])
    network = ip_network("198.18.1.0/29")
    assert [pool.take(network, 2) for _ in range(3)] == ["198.18.1.4", "198.18.1.5", "198.18.1.6"]


def test_a_full_network_is_an_error_that_names_it() -> None:
    pool = Pool()
    network = ip_network("198.18.1.0/30")
    pool.take(network), pool.take(network)
    with pytest.raises(FabricError, match=r"no address is left in 198\.18\.1\.0/30"):
        pool.take(network)


def test_a_wanted_address_is_given_when_it_is_free() -> None:
    pool = Pool()
    network = ip_network("198.19.0.0/16")
    assert pool.take_or("198.19.0.10", network) == "198.19.0.10"
    assert pool.take_or("198.19.0.10", network) == "198.19.0.1"


@pytest.mark.parametrize(
    ("address", "role", "kept"),
    [
        ("198.18.7.7", Role.POD, True),
        ("10.42.0.7", Role.POD, False),
        ("198.51.100.20", Role.NODE, True),
        ("203.0.113.20", Role.NODE, False),
        ("203.0.113.200", Role.BALANCER, True),
        ("2001:db8:77::1", Role.POD, True),
        ("fd00::1", Role.POD, False),
    ],
)
def test_only_addresses_for_documentation_are_kept(address: str, role: Role, kept: bool) -> None:
    assert is_kept(address, role) is kept


def test_the_first_address_of_a_family() -> None:
    assert first(("2001:db8::1", "198.18.0.1"), 4) == "198.18.0.1"
    assert first(("198.18.0.1",), 6) == ""
