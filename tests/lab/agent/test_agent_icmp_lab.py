"""ICMP echo, with and without the right to send it, and packets that are too big."""

from __future__ import annotations

import pytest
from agent_world import (
    ABSENT,
    CLIENT,
    CLIENT6,
    CUT_OFF,
    NEAR,
    NEAR6,
    NO_CAPABILITIES,
    SERVER,
    SERVER6,
    World,
)

from prober.model.outcome import Outcome
from prober.model.probe import Probe, ProbeKind

pytestmark = pytest.mark.lab

VANTAGES = {"client": (SERVER, SERVER6), "server": (CLIENT, CLIENT6)}
"""The client may use ping sockets; the server may not (as by default), and has only its
privileges."""


def ping(host: str, **more: object) -> Probe:
    return Probe(host, ProbeKind.ICMP, host, **more)  # type: ignore[arg-type]  # the fields of Probe


@pytest.fixture(scope="module", autouse=True)
def ping_sockets(world: World) -> None:
    """Let group 0 of the client use ping sockets."""
    world.shell("client", "echo '0 0' > /proc/sys/net/ipv4/ping_group_range")


@pytest.mark.parametrize("host", ["client", "server"])
def test_an_echo_over_a_ping_socket_or_a_raw_one(world: World, host: str) -> None:
    seen = world.run(*(ping(target) for target in VANTAGES[host]), ping("127.0.0.1"), host=host)
    assert {observation.outcome for observation in seen.values()} == {Outcome.OK}
    assert all(set(observation.phases) == {"reply"} for observation in seen.values())


def test_a_ping_socket_needs_no_privilege(world: World) -> None:
    seen = world.run(ping(SERVER), ping(SERVER6), under=NO_CAPABILITIES)
    assert {observation.outcome for observation in seen.values()} == {Outcome.OK}


def test_without_any_right_it_is_an_error_that_says_what_to_do(world: World) -> None:
    seen = world.one(ping(CLIENT), host="server", under=NO_CAPABILITIES)
    assert seen.outcome is Outcome.ERROR
    assert "net.ipv4.ping_group_range" in seen.detail
    assert "NET_RAW" in seen.detail


@pytest.mark.parametrize("privileges", [(), NO_CAPABILITIES])
def test_failures_name_who_said_so(world: World, privileges: tuple[str, ...]) -> None:
    seen = world.run(ping(CUT_OFF), ping(ABSENT, timeout=4.0), under=privileges)
    for target in (CUT_OFF, ABSENT):
        assert seen[target].outcome is Outcome.UNREACHABLE
        assert [icmp.sender for icmp in seen[target].evidence.icmp] == [NEAR]


def test_a_raw_socket_hears_the_errors_too(world: World) -> None:
    seen = world.one(ping("198.18.2.98", timeout=4.0), host="server")
    assert seen.outcome is Outcome.UNREACHABLE
    assert [icmp.sender for icmp in seen.evidence.icmp] == [SERVER]


@pytest.mark.parametrize(
    ("host", "near", "room"), [(SERVER, NEAR, 1400 - 28), (SERVER6, NEAR6, 1400 - 48)]
)
def test_a_packet_that_is_too_big_is_rejected_with_the_mtu(
    world: World, host: str, near: str, room: int
) -> None:
    world.shell("router", "ip link set to-server mtu 1400")
    try:
        fits = world.one(ping(host, size=room))
        too_big = world.one(ping(host, size=room + 1))
    finally:
        world.shell("router", "ip link set to-server mtu 1500")
    assert fits.outcome is Outcome.OK
    assert too_big.outcome is Outcome.REJECTED
    assert [(icmp.sender, icmp.mtu) for icmp in too_big.evidence.icmp] == [(near, 1400)]


def test_a_packet_too_big_for_the_own_link_is_not_sent(world: World) -> None:
    seen = world.one(ping(SERVER, size=4000))
    assert (seen.outcome, seen.evidence.errno, seen.evidence.icmp) == (
        Outcome.REJECTED,
        "EMSGSIZE",
        (),
    )
    assert "own link takes 1500 bytes" in seen.detail
