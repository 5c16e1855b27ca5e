"""Every outcome of a TCP connect, by its real cause."""

from __future__ import annotations

import pytest
from agent_peers import EOF_PORT, GARBAGE_PORT, RESET_PORT, SILENT_PORT
from agent_world import (
    ABSENT,
    ABSENT6,
    CLIENT,
    CLIENT6,
    FAR,
    FAR6,
    NEAR,
    NEAR6,
    NO_CAPABILITIES,
    NO_ROUTE,
    NO_ROUTE6,
    SERVER,
    SERVER6,
    VIRTUAL,
    World,
)

from prober.model.outcome import Observation, Outcome
from prober.model.probe import Probe, ProbeKind

pytestmark = pytest.mark.lab


def tcp(port: int, host: str = SERVER, **more: object) -> Probe:
    return Probe(f"{host}:{port}", ProbeKind.TCP, host, port, **more)  # type: ignore[arg-type]  # the fields of Probe


def icmp_of(observation: Observation) -> list[tuple[int, int, str]]:
    return [(icmp.type, icmp.code, icmp.sender) for icmp in observation.evidence.icmp]


@pytest.mark.parametrize("host", [SERVER, SERVER6])
def test_an_open_port_is_ok_and_the_connect_is_timed(world: World, host: str) -> None:
    seen = world.one(tcp(8080, host))
    assert seen.outcome is Outcome.OK
    assert seen.address == host
    assert seen.phases["connect"] > 0
    assert (CLIENT6 if ":" in host else CLIENT) in seen.evidence.local
    assert [attempt.outcome for attempt in seen.attempts] == [Outcome.OK]


@pytest.mark.parametrize("host", [SERVER, SERVER6])
def test_a_closed_port_is_refused_by_the_targets_own_rst(world: World, host: str) -> None:
    seen = world.one(tcp(1010, host))
    assert (seen.outcome, seen.evidence.errno, seen.evidence.icmp) == (
        Outcome.REFUSED,
        "ECONNREFUSED",
        (),
    )


@pytest.mark.parametrize(("host", "kind"), [(SERVER, (3, 3, NEAR)), (SERVER6, (1, 4, NEAR6))])
def test_a_reject_on_the_way_is_rejected_and_names_its_sender(
    world: World, host: str, kind: tuple[int, int, str]
) -> None:
    seen = world.one(tcp(1002, host))
    assert (seen.outcome, seen.evidence.errno) == (Outcome.REJECTED, "ECONNREFUSED")
    assert icmp_of(seen) == [kind]
    assert seen.evidence.icmp[0].ttl == 64  # the router is next to the client
    assert kind[2] in seen.detail


def test_the_evidence_needs_no_privileges(world: World) -> None:
    seen = world.run(tcp(1002), tcp(1010), under=NO_CAPABILITIES)
    assert icmp_of(seen[f"{SERVER}:1002"]) == [(3, 3, NEAR)]
    assert seen[f"{SERVER}:1010"].outcome is Outcome.REFUSED


@pytest.mark.parametrize(("host", "sender"), [(SERVER, SERVER), (SERVER6, SERVER6)])
def test_a_reject_in_the_targets_name_is_still_rejected(
    world: World, host: str, sender: str
) -> None:
    seen = world.one(tcp(1011, host))
    assert seen.outcome is Outcome.REJECTED
    assert [icmp.sender for icmp in seen.evidence.icmp] == [sender]
    assert "a rule sent it" in seen.detail


def test_behind_a_virtual_address_the_sender_shows_that_address_but_the_ttl_does_not_lie(
    world: World,
) -> None:
    seen = world.one(tcp(1002, VIRTUAL))
    assert seen.outcome is Outcome.REJECTED
    assert icmp_of(seen) == [(3, 3, VIRTUAL)]
    assert seen.evidence.icmp[0].ttl == 64  # not 63: the router itself sent it


@pytest.mark.parametrize(
    ("port", "host", "outcome", "code"),
    [
        (1004, SERVER, Outcome.REJECTED, (3, 13)),
        (1008, SERVER, Outcome.REJECTED, (3, 9)),
        (1009, SERVER, Outcome.REJECTED, (3, 10)),
        (1004, SERVER6, Outcome.REJECTED, (1, 1)),
        (1005, SERVER, Outcome.UNREACHABLE, (3, 1)),
        (1005, SERVER6, Outcome.UNREACHABLE, (1, 3)),
        (1006, SERVER, Outcome.UNREACHABLE, (3, 0)),
        (1006, SERVER6, Outcome.UNREACHABLE, (1, 0)),
    ],
)
def test_the_other_icmp_codes(
    world: World, port: int, host: str, outcome: Outcome, code: tuple[int, int]
) -> None:
    seen = world.one(tcp(port, host))
    assert seen.outcome is outcome
    assert [(icmp.type, icmp.code) for icmp in seen.evidence.icmp] == [code]


def test_a_host_unreachable_that_comes_at_once_may_be_a_rule(world: World) -> None:
    assert "a rule may have sent it" in world.one(tcp(1005)).detail


@pytest.mark.parametrize("privileges", [(), NO_CAPABILITIES])
@pytest.mark.parametrize("host", [SERVER, SERVER6, VIRTUAL])
def test_a_reset_on_the_way_is_unmasked_by_its_ttl(
    world: World, host: str, privileges: tuple[str, ...]
) -> None:
    seen = world.run(tcp(1003, host), tcp(1010, host), under=privileges)
    forged, own = seen[f"{host}:1003"], seen[f"{host}:1010"]
    assert (forged.outcome, forged.evidence.errno, forged.evidence.icmp) == (
        Outcome.REJECTED,
        "ECONNREFUSED",
        (),
    )
    assert "a rule sent it" in forged.detail
    assert [attempt.outcome for attempt in forged.attempts] == [Outcome.REJECTED]
    assert own.outcome is Outcome.REFUSED


@pytest.mark.parametrize("host", [NEAR, FAR, NEAR6, FAR6])
def test_the_next_hop_itself_may_refuse_with_a_full_ttl(world: World, host: str) -> None:
    assert world.one(tcp(1010, host)).outcome is Outcome.REFUSED


@pytest.mark.parametrize("host", [SERVER, SERVER6])
def test_a_drop_is_a_timeout(world: World, host: str) -> None:
    seen = world.one(tcp(1001, host, timeout=0.4))
    assert (seen.outcome, seen.evidence.errno, seen.evidence.icmp) == (Outcome.TIMEOUT, "", ())
    assert set(seen.phases) == {"connect"}  # it was the connection that nobody answered


@pytest.mark.parametrize(("host", "sender"), [(ABSENT, NEAR), (ABSENT6, NEAR6)])
def test_an_absent_host_is_unreachable_says_its_router(
    world: World, host: str, sender: str
) -> None:
    seen = world.one(tcp(80, host, timeout=4.0))
    assert seen.outcome is Outcome.UNREACHABLE
    assert seen.evidence.icmp[0].sender == sender


def test_an_absent_neighbour_is_unreachable_says_the_vantage_itself(world: World) -> None:
    seen = world.one(tcp(80, "198.18.1.99", timeout=4.0))
    assert seen.outcome is Outcome.UNREACHABLE
    assert "no such neighbour" in seen.detail


@pytest.mark.parametrize("host", [NO_ROUTE, NO_ROUTE6])
def test_a_router_without_a_route_makes_it_unreachable(world: World, host: str) -> None:
    world.shell(
        "router", "ip route replace 198.51.100.0/24 via 198.18.2.2"
    )  # an unrelated route stays unrelated
    seen = world.one(tcp(80, host))
    assert seen.outcome is Outcome.UNREACHABLE
    assert seen.evidence.icmp[0].code == 0


def test_the_vantages_own_routes(world: World) -> None:
    world.shell(
        "client",
        "ip route replace blackhole 203.0.113.21; ip route replace prohibit 203.0.113.22;"
        "ip route replace unreachable 203.0.113.23; ip route replace throw 203.0.113.24",
    )
    seen = world.run(*(tcp(80, f"203.0.113.{last}") for last in (21, 22, 23)))
    outcomes = [observation.outcome for _, observation in sorted(seen.items())]
    assert outcomes == [Outcome.UNREACHABLE, Outcome.REJECTED, Outcome.UNREACHABLE]
    assert all("vantage" in observation.detail for observation in seen.values())


def test_a_reset_after_the_connection_was_made(world: World) -> None:
    seen = world.one(tcp(RESET_PORT, banner=True))
    assert (seen.outcome, seen.evidence.errno) == (Outcome.RESET, "ECONNRESET")


def test_banners(world: World) -> None:
    seen = world.run(
        *(tcp(port, banner=True) for port in (22, GARBAGE_PORT, SILENT_PORT, EOF_PORT))
    )
    assert {observation.outcome for observation in seen.values()} == {Outcome.OK}
    assert seen[f"{SERVER}:22"].evidence.banner == "SSH-2.0-prober"
    assert seen[f"{SERVER}:{GARBAGE_PORT}"].evidence.banner == "this is .[31mno protocol"
    assert seen[f"{SERVER}:{SILENT_PORT}"].evidence.banner == ""


def test_every_try_is_reported(world: World) -> None:
    seen = world.one(tcp(1001, timeout=0.2, attempts=3))
    assert [attempt.outcome for attempt in seen.attempts] == [Outcome.TIMEOUT] * 3
    assert not seen.flaky


def test_the_walk_shows_which_side_dropped(world: World) -> None:
    seen = world.run(tcp(1001, timeout=0.3, hops=True), tcp(1012, timeout=0.3, hops=True))
    dropped_by_router = [
        (hop.ttl, hop.sender, hop.kind) for hop in seen[f"{SERVER}:1001"].evidence.hops
    ]
    dropped_by_target = [
        (hop.ttl, hop.sender, hop.kind) for hop in seen[f"{SERVER}:1012"].evidence.hops
    ]
    assert dropped_by_router == dropped_by_target == [(1, NEAR, "time-exceeded"), (2, "", "silent")]


@pytest.mark.parametrize(
    ("port", "sender", "kind"), [(1010, SERVER, "refused"), (1002, NEAR, "rejected")]
)
def test_the_walk_ends_with_whoever_answered(
    world: World, port: int, sender: str, kind: str
) -> None:
    seen = world.one(tcp(port, hops=True))
    last = seen.evidence.hops[-1]
    assert (last.ttl, last.sender, last.kind) == (2, sender, kind)


def test_the_walk_over_ipv6(world: World) -> None:
    seen = world.one(tcp(1010, SERVER6, hops=True))
    assert [(hop.sender, hop.kind) for hop in seen.evidence.hops] == [
        (NEAR6, "time-exceeded"),
        (SERVER6, "refused"),
    ]


def test_many_outcomes_at_once_do_not_mix(world: World) -> None:
    wanted = {
        8080: Outcome.OK,
        1010: Outcome.REFUSED,
        1002: Outcome.REJECTED,
        1001: Outcome.TIMEOUT,
    }
    probes = [
        Probe(f"{number}-{port}", ProbeKind.TCP, SERVER, port, timeout=1.5)
        for number in range(100)
        for port in wanted
    ]
    seen = world.run(*probes)
    wrong = {
        name: record.outcome
        for name, record in seen.items()
        if record.outcome is not wanted[int(name.split("-")[1])]
    }
    assert wrong == {}
