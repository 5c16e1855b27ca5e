"""Every outcome of a name lookup, by its real cause."""

from __future__ import annotations

from pathlib import Path

import pytest
from agent_world import ABSENT, NEAR, SERVER, SERVER6, World

from prober.model.outcome import Outcome
from prober.model.probe import Probe, ProbeKind

pytestmark = pytest.mark.lab

DEAD = "203.0.113.53"
"""A server behind a rule that drops (see `dead_server`)."""


def resolv_conf(directory: Path, *servers: str, more: str = "") -> list[str]:
    file = directory / "resolv.conf"
    file.write_text("".join(f"nameserver {server}\n" for server in servers) + more)
    (directory / "hosts").write_text("198.18.2.2 from-hosts\n2001:db8:2::2 from-hosts\n")
    return ["--resolv-conf", str(file), "--hosts", str(directory / "hosts")]


def tcp(host: str, port: int = 8080, **more: object) -> Probe:
    return Probe(host, ProbeKind.TCP, host, port, **more)  # type: ignore[arg-type]  # the fields of Probe


def lookup(name: str, **more: object) -> Probe:
    return Probe(name, ProbeKind.DNS, name, **more)  # type: ignore[arg-type]  # the fields of Probe


@pytest.fixture(scope="module", autouse=True)
def dead_server(world: World) -> None:
    """A DNS server whose address is routed, and that never answers."""
    world.shell("router", "ip route replace 203.0.113.53/32 via 198.18.2.2")
    world.shell("router", "nft insert rule inet way forward ip daddr 203.0.113.53 drop")


@pytest.mark.parametrize("server", [SERVER, SERVER6])
def test_a_name_resolves_with_the_vantages_own_resolv_conf(
    world: World, tmp_path: Path, server: str
) -> None:
    seen = world.one(tcp("web.example"), options=resolv_conf(tmp_path, server))
    assert (seen.outcome, seen.address) == (Outcome.OK, SERVER)
    assert seen.phases["resolve"] > 0
    [said] = seen.evidence.dns
    assert (said.name, said.server, said.rcode, said.answers) == (
        "web.example.",
        server,
        "NOERROR",
        (SERVER,),
    )


def test_families(world: World, tmp_path: Path) -> None:
    seen = world.run(
        tcp("six.example"),
        Probe("forced", ProbeKind.TCP, "web.example", 8080, family="ipv6"),
        Probe("none", ProbeKind.TCP, "six.example", 8080, family="ipv4"),
        options=resolv_conf(tmp_path, SERVER),
    )
    assert (seen["six.example"].outcome, seen["six.example"].address) == (Outcome.OK, SERVER6)
    assert seen["forced"].address == SERVER6
    assert seen["none"].outcome is Outcome.DNS_NXDOMAIN
    assert "exists, but has no A record" in seen["none"].detail


def test_a_retry_takes_the_names_next_address(world: World, tmp_path: Path) -> None:
    seen = world.one(
        tcp("pair.example", 1010, attempts=2, timeout=4.0), options=resolv_conf(tmp_path, SERVER)
    )
    tries = {attempt.address: attempt.outcome for attempt in seen.attempts}
    assert tries == {SERVER: Outcome.REFUSED, ABSENT: Outcome.UNREACHABLE}
    assert seen.flaky


def test_the_search_path_and_ndots(world: World, tmp_path: Path) -> None:
    options = resolv_conf(
        tmp_path, SERVER, more="search svc.cluster.example cluster.example\noptions ndots:5\n"
    )
    seen = world.run(tcp("api.ns"), tcp("web.example"), options=options)
    assert seen["api.ns"].evidence.dns[-1].name == "api.ns.svc.cluster.example."
    assert seen["web.example"].outcome is Outcome.OK


def test_the_hosts_file_comes_first(world: World, tmp_path: Path) -> None:
    seen = world.one(tcp("from-hosts"), options=resolv_conf(tmp_path, DEAD))
    assert (seen.outcome, seen.address, seen.evidence.dns[0].server) == (
        Outcome.OK,
        SERVER,
        "hosts",
    )


@pytest.mark.parametrize(
    ("name", "outcome", "rcode"),
    [
        ("nothing.example", Outcome.DNS_NXDOMAIN, "NXDOMAIN"),
        ("servfail.example", Outcome.DNS_SERVFAIL, "SERVFAIL"),
        ("refused.example", Outcome.DNS_REFUSED, "REFUSED"),
    ],
)
def test_what_the_server_says(
    world: World, tmp_path: Path, name: str, outcome: Outcome, rcode: str
) -> None:
    seen = world.run(
        tcp(name), Probe("asked", ProbeKind.DNS, name), options=resolv_conf(tmp_path, SERVER)
    )
    for observation in seen.values():
        assert observation.outcome is outcome
        assert observation.evidence.dns[-1].rcode == rcode
        assert observation.evidence.dns[-1].server == SERVER
    assert seen[name].address == ""


@pytest.mark.parametrize("server", [DEAD, SERVER])
def test_a_server_that_never_answers(world: World, tmp_path: Path, server: str) -> None:
    seen = world.one(tcp("mute.example", timeout=0.5), options=resolv_conf(tmp_path, server))
    assert seen.outcome is Outcome.DNS_TIMEOUT
    assert (seen.evidence.dns[-1].server, seen.evidence.dns[-1].error) == (server, "timeout")
    assert server in seen.detail


def test_a_dead_first_server_does_not_hide_the_second(world: World, tmp_path: Path) -> None:
    seen = world.one(tcp("web.example", timeout=1.5), options=resolv_conf(tmp_path, DEAD, SERVER))
    assert seen.outcome is Outcome.OK
    assert [(said.server, said.error) for said in seen.evidence.dns] == [
        (DEAD, "timeout"),
        (SERVER, ""),
    ]


def test_a_server_where_nothing_listens_refuses(world: World, tmp_path: Path) -> None:
    seen = world.one(tcp("web.example"), options=resolv_conf(tmp_path, NEAR))
    assert seen.outcome is Outcome.DNS_REFUSED
    assert [(icmp.code, icmp.sender) for icmp in seen.evidence.icmp] == [(3, NEAR)]
    assert seen.evidence.dns[-1].error == "refused"


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_a_reject_on_the_way_to_the_server_names_who_sent_it(world: World, transport: str) -> None:
    seen = world.one(lookup("web.example", server=SERVER, port=1002, transport=transport))
    assert seen.outcome is Outcome.DNS_REFUSED
    assert seen.evidence.icmp[0].sender == NEAR
    assert NEAR in seen.detail


def test_a_server_without_a_route(world: World) -> None:
    seen = world.one(lookup("web.example", server="203.0.113.9"))
    assert (seen.outcome, seen.evidence.dns[-1].error) == (Outcome.DNS_TIMEOUT, "unreachable")


def test_a_question_over_tcp(world: World) -> None:
    seen = world.one(lookup("web.example", server=SERVER, transport="tcp"))
    assert (seen.outcome, seen.detail, seen.evidence.dns[0].transport) == (
        Outcome.OK,
        SERVER,
        "tcp",
    )


def test_a_truncated_answer_is_asked_for_again_over_tcp(world: World) -> None:
    seen = world.one(lookup("big.example", server=SERVER, record="TXT"))
    [said] = seen.evidence.dns
    assert (seen.outcome, said.truncated, said.transport, len(said.answers)) == (
        Outcome.OK,
        True,
        "tcp",
        10,
    )


def test_a_closed_tcp_port_of_the_server(world: World) -> None:
    seen = world.one(lookup("web.example", server=SERVER, port=1010, transport="tcp"))
    assert (seen.outcome, seen.evidence.icmp) == (Outcome.DNS_REFUSED, ())


def test_a_name_without_the_record_is_not_a_green_light(world: World) -> None:
    seen = world.one(lookup("web.example", server=SERVER, record="MX"))
    assert seen.outcome is Outcome.DNS_NXDOMAIN
    assert "exists, but has no MX record" in seen.detail


def test_the_servers_own_name_must_resolve_first(world: World, tmp_path: Path) -> None:
    options = resolv_conf(tmp_path, SERVER)
    seen = world.run(
        Probe("good", ProbeKind.DNS, "web.example", server="web.example"),
        Probe("bad", ProbeKind.DNS, "web.example", server="nothing.example"),
        options=options,
    )
    assert seen["good"].outcome is Outcome.OK
    assert seen["bad"].outcome is Outcome.DNS_NXDOMAIN
    assert "the DNS server's own name nothing.example" in seen["bad"].detail


def test_many_probes_share_one_failing_lookup(world: World, tmp_path: Path) -> None:
    probes = [
        Probe(f"p{number}", ProbeKind.TCP, "mute.example", 80, timeout=0.6) for number in range(300)
    ]
    seen = world.run(*probes, options=resolv_conf(tmp_path, SERVER))
    assert {observation.outcome for observation in seen.values()} == {Outcome.DNS_TIMEOUT}
    assert all(observation.evidence.dns for observation in seen.values())
