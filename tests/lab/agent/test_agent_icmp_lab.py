"""ICMP echo, with and without the right to send it, and packets that are too big."""

from __future__ import annotations

import pytest
from agent_world import ABSENT, CUT_OFF, NEAR, NEAR6, NO_CAPABILITIES, SERVER, SERVER6, World

from prober.model.outcome import Outcome
from prober.model.probe import Probe, ProbeKind

pytestmark = pytest.mark.lab

ALLOW = "echo '0 65534' > /proc/sys/net/ipv4/ping_group_range"
FORBID = "echo '1 0' > /proc/sys/net/ipv4/ping_group_range"


def ping(host: str, **more: object) -> Probe:
    return Probe(host, ProbeKind.ICMP, host, **more)  # type: ignore[arg-type]  # the fields of Probe


def allow_groups(world: World) -> None:
    """Let group 0 use ping sockets; a user namespace of one group cannot name more."""
    try:
        world.shell("client", ALLOW)
    except AssertionError:
        world.shell("client", "echo '0 0' > /proc/sys/net/ipv4/ping_group_range")


@pytest.mark.parametrize("host", [SERVER, SERVER6])
def test_an_echo_over_a_raw_socket(world: World, host: str) -> None:
    world.shell("client", FORBID)
    seen = world.one(ping(host))
    assert (seen.outcome, set(seen.phases)) == (Outcome.OK, {"reply"})


@pytest.mark.parametrize("host", [SERVER, SERVER6])
def test_an_echo_over_a_ping_socket_needs_no_privilege(world: World, host: str) -> None:
    allow_groups(world)
    assert world.one(ping(host), under=NO_CAPABILITIES).outcome is Outcome.OK


def test_without_any_right_it_is_an_error_that_says_what_to_do(world: World) -> None:
    world.shell("client", FORBID)
    seen = world.one(ping(SERVER), under=NO_CAPABILITIES)
    assert seen.outcome is Outcome.ERROR
    assert "ping_group_range (1 0)" in seen.detail
    assert "NET_RAW" in seen.detail


def test_the_vantage_can_ping_itself(world: World) -> None:
    world.shell("client", FORBID)
    assert world.one(ping("127.0.0.1")).outcome is Outcome.OK


@pytest.mark.parametrize("groups", [FORBID, ALLOW])
def test_failures_name_who_said_so(world: World, groups: str) -> None:
    allow_groups(world)
    if groups == FORBID:
        world.shell("client", FORBID)
    seen = world.run(ping(CUT_OFF), ping(ABSENT, timeout=4.0))
    assert [icmp.sender for icmp in seen[CUT_OFF].evidence.icmp] == [NEAR]
    assert seen[CUT_OFF].outcome is seen[ABSENT].outcome is Outcome.UNREACHABLE


@pytest.mark.parametrize(("host", "near", "room"), [(SERVER, NEAR, 1400 - 28), (SERVER6, NEAR6, 1400 - 48)])
def test_a_packet_that_is_too_big_is_rejected_with_the_mtu(world: World, host: str, near: str, room: int) -> None:
    allow_groups(world)
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
    allow_groups(world)
    seen = world.one(ping(SERVER, size=4000))
    assert (seen.outcome, seen.evidence.errno, seen.evidence.icmp) == (Outcome.REJECTED, "EMSGSIZE", ())
    assert "own link takes 1500 bytes" in seen.detail
