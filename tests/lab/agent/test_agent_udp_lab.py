"""Every outcome of a UDP datagram, by its real cause."""

from __future__ import annotations

import pytest
from agent_peers import SILENT_UDP_PORT
from agent_world import ABSENT, FAR, NEAR, NEAR6, NO_CAPABILITIES, SERVER, SERVER6, VIRTUAL, World

from prober.model.outcome import Outcome
from prober.model.probe import Probe, ProbeKind

pytestmark = pytest.mark.lab


def udp(port: int, host: str = SERVER, **more: object) -> Probe:
    return Probe(f"{host}:{port}", ProbeKind.UDP, host, port, **more)  # type: ignore[arg-type]  # the fields of Probe


@pytest.mark.parametrize("host", [SERVER, SERVER6])
def test_a_reply_is_ok(world: World, host: str) -> None:
    seen = world.one(udp(5353, host, payload="four words are enough"))
    assert (seen.outcome, seen.detail) == (Outcome.OK, "21 bytes came back")
    assert seen.phases["reply"] > 0


@pytest.mark.parametrize("host", [SERVER, SERVER6])
@pytest.mark.parametrize("port", [SILENT_UDP_PORT, 1001])
def test_silence_proves_nothing_whether_it_is_the_server_or_a_drop(
    world: World, host: str, port: int
) -> None:
    seen = world.one(udp(port, host, timeout=0.3))
    assert (seen.outcome, seen.evidence.icmp) == (Outcome.SILENT, ())


@pytest.mark.parametrize("host", [SERVER, SERVER6])
def test_a_closed_port_is_refused_by_the_target_without_privileges(world: World, host: str) -> None:
    seen = world.one(udp(1010, host), under=NO_CAPABILITIES)
    assert seen.outcome is Outcome.REFUSED
    assert [icmp.sender for icmp in seen.evidence.icmp] == [host]
    assert seen.evidence.icmp[0].ttl == 63  # one router on the way


@pytest.mark.parametrize(("host", "sender"), [(SERVER, NEAR), (SERVER6, NEAR6)])
def test_a_reject_on_the_way_is_rejected(world: World, host: str, sender: str) -> None:
    seen = world.one(udp(1002, host))
    assert seen.outcome is Outcome.REJECTED
    assert [icmp.sender for icmp in seen.evidence.icmp] == [sender]


def test_behind_a_virtual_address_the_nearest_nodes_reject_is_unmasked_by_its_ttl(
    world: World,
) -> None:
    seen = world.one(udp(1002, VIRTUAL))
    assert seen.evidence.icmp[0].sender == VIRTUAL
    assert seen.outcome is Outcome.REJECTED
    assert world.one(udp(1010, VIRTUAL)).outcome is Outcome.REFUSED


def test_the_next_hop_itself_may_refuse_with_a_full_ttl(world: World) -> None:
    seen = world.one(udp(1010, FAR))
    assert (seen.outcome, seen.evidence.icmp[0].ttl) == (Outcome.REFUSED, 64)


@pytest.mark.parametrize(
    ("port", "outcome"), [(1004, Outcome.REJECTED), (1006, Outcome.UNREACHABLE)]
)
def test_the_other_icmp_codes(world: World, port: int, outcome: Outcome) -> None:
    assert world.one(udp(port)).outcome is outcome


def test_an_absent_host_is_unreachable(world: World) -> None:
    seen = world.one(udp(80, ABSENT, timeout=4.0))
    assert (seen.outcome, seen.evidence.icmp[0].sender) == (Outcome.UNREACHABLE, NEAR)
