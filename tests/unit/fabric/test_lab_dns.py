"""What the lab's DNS servers answer."""

from __future__ import annotations

import asyncio

import dns.message
import dns.rcode
import pytest

from prober.fabric.lab.services.catalogue import Catalogue, Zone, over_udp
from prober.fabric.lab.services.dns_server import Responder
from prober.fabric.lab.services.records import zones
from prober.fabric.lab.world.blueprint import Record
from prober.fabric.lab.world.world import settle
from prober.model.lab import LabSpec, OutsideHost
from prober.model.objects import ContainerPort, Namespace, Pod, Ref, Service, ServicePort
from prober.model.snapshot import Snapshot

DB = Ref("StatefulSet", "shop", "db")
PORT = ContainerPort(5432, "TCP", "sql")


def _catalogue() -> Catalogue:
    pods = (
        Pod("shop", "db-0", {"app": "db"}, "n1", ("198.18.1.50",), ports=(PORT,), owner=DB),
        Pod(
            "shop",
            "db-1",
            {"app": "db"},
            "n1",
            ("198.18.1.51",),
            ports=(PORT,),
            owner=DB,
            ready=False,
        ),
        Pod("shop", "web", {"app": "web"}, "n2", ("198.18.2.50", "2001:db8:1:2::50")),
    )
    services = (
        Service(
            "shop",
            "db",
            selector={"app": "db"},
            headless=True,
            ports=(ServicePort(5432, "TCP", "sql", "sql"),),
        ),
        Service(
            "shop",
            "web",
            selector={"app": "web"},
            cluster_ips=("198.19.1.1", "2001:db8:2::1"),
            ports=(ServicePort(80, "TCP", "http", 8080),),
        ),
        Service("shop", "away", type="ExternalName", external_name="github.com"),
    )
    snapshot = Snapshot(
        namespaces={"shop": Namespace("shop")},
        pods={(pod.namespace, pod.name): pod for pod in pods},
        services={(service.namespace, service.name): service for service in services},
    )
    known = zones(
        settle(snapshot, LabSpec(outside=(OutsideHost("github.com", aliases=("ssh.github.com",)),)))
    )
    return Catalogue(known.cluster, Zone("cluster.local"))


def _ask(name: str, kind: str = "A") -> tuple[str, list[str]]:
    query = dns.message.make_query(f"{name}.", kind)
    response = _catalogue().respond(query)
    return dns.rcode.to_text(response.rcode()), sorted(
        str(one) for rrset in response.answer for one in rrset
    )


@pytest.mark.parametrize(
    ("name", "kind", "answers"),
    [
        ("web.shop.svc.cluster.local", "A", ["198.19.1.1"]),
        ("WEB.Shop.svc.Cluster.local", "AAAA", ["2001:db8:2::1"]),
        ("_http._tcp.web.shop.svc.cluster.local", "SRV", ["0 100 80 web.shop.svc.cluster.local."]),
        ("db.shop.svc.cluster.local", "A", ["198.18.1.50"]),
        ("db-0.db.shop.svc.cluster.local", "A", ["198.18.1.50"]),
        (
            "_sql._tcp.db.shop.svc.cluster.local",
            "SRV",
            ["0 100 5432 db-0.db.shop.svc.cluster.local."],
        ),
        ("198-18-2-50.shop.pod.cluster.local", "A", ["198.18.2.50"]),
        ("1.1.19.198.in-addr.arpa", "PTR", ["web.shop.svc.cluster.local."]),
        ("50.1.18.198.in-addr.arpa", "PTR", ["db-0.db.shop.svc.cluster.local."]),
        ("away.shop.svc.cluster.local", "CNAME", ["github.com."]),
        ("dns-version.cluster.local", "TXT", ['"1.1.0"']),
    ],
)
def test_the_names_of_the_specification(name: str, kind: str, answers: list[str]) -> None:
    assert _ask(name, kind) == ("NOERROR", answers)


def test_a_pod_that_is_not_ready_has_no_name_in_its_service() -> None:
    assert _ask("db-1.db.shop.svc.cluster.local") == ("NXDOMAIN", [])


def test_no_such_name_and_no_such_record_are_told_apart_and_carry_the_soa() -> None:
    assert _ask("wob.shop.svc.cluster.local") == ("NXDOMAIN", [])
    assert _ask("web.shop.svc.cluster.local", "MX") == ("NOERROR", [])
    assert _ask("shop.svc.cluster.local") == ("NOERROR", [])  # there are names below it
    response = _catalogue().respond(dns.message.make_query("wob.cluster.local.", "A"))
    assert "SOA" in response.authority[0].to_text()


def test_a_long_answer_is_truncated_over_udp_to_what_the_client_takes() -> None:
    records = [Record("many.cluster.local", "A", f"198.18.3.{number}") for number in range(1, 200)]
    catalogue = Catalogue(records, Zone("cluster.local"))
    plain = dns.message.make_query("many.cluster.local.", "A", use_edns=False)
    wire = over_udp(catalogue.respond(plain), plain)
    assert len(wire) <= 512
    assert dns.message.from_wire(wire).flags & dns.flags.TC
    some = Catalogue(records[:40], Zone("cluster.local"))
    wide = dns.message.make_query("many.cluster.local.", "A", use_edns=0, payload=4096)
    assert not dns.message.from_wire(over_udp(some.respond(wide), wide)).flags & dns.flags.TC


def test_an_answer_carries_its_own_querys_id_also_from_the_cache() -> None:
    async def ask_twice() -> list[int]:
        responder = Responder(_catalogue())
        ids: list[int] = []
        for number in (7, 4711):
            query = dns.message.make_query("web.shop.svc.cluster.local.", "A", id=number)
            wire = await responder.respond(query.to_wire(), udp=True)
            assert wire is not None
            ids.append(dns.message.from_wire(wire).id)
        return ids

    assert asyncio.run(ask_twice()) == [7, 4711]


@pytest.mark.parametrize("packet", [b"", b"x", b"\x00" * 11, b"\xff" * 40])
def test_what_is_no_query_gets_no_answer(packet: bytes) -> None:
    assert asyncio.run(Responder(_catalogue()).respond(packet, udp=True)) is None
