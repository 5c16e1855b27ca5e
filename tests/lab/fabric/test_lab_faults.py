"""Each fault looks on the wire like what it stands for."""

from __future__ import annotations

import pytest
from lab_observing import MakeLab, observe
from lab_worlds import CLOSED, SHOP

pytestmark = pytest.mark.lab

CLIENT, FAR = "pod/shop/client", "pod/shop/far"


async def test_a_firewall_outside_drops_or_rejects_one_port(make_lab: MakeLab) -> None:
    ssh, other = "tcp://github.com:22", "tcp://github.com:8000"
    async with make_lab(SHOP, "firewall=github.com:22") as lab:
        seen = await observe(
            lab, (CLIENT, [ssh, other]), ("node/n1", [ssh]), ("outside/customer.example", [ssh])
        )
    assert seen.outcomes(ssh) == {
        CLIENT: "timeout",
        "node/n1": "timeout",
        "outside/customer.example": "ok",
    }
    assert seen.outcome(CLIENT, other) == "ok"
    async with make_lab(SHOP, "firewall=github.com:22,reject") as lab:
        router = lab.world.router[4]
        seen = await observe(lab, (CLIENT, [ssh]))
    assert seen.senders(CLIENT, ssh) == [(3, 13, router)]


async def test_a_firewall_without_target_closes_the_outside_but_not_the_way_in(
    make_lab: MakeLab,
) -> None:
    async with make_lab(SHOP, "firewall") as lab:
        seen = await observe(
            lab,
            (CLIENT, ["tcp://203.0.113.10:22"]),
            ("outside/customer.example", ["tcp://203.0.113.201:80"]),
        )
    assert seen.outcome(CLIENT, "tcp://203.0.113.10:22") == "timeout"
    assert seen.outcome("outside/customer.example", "tcp://203.0.113.201:80") == "ok"


async def test_dead_dns_is_silent_and_the_rest_works(make_lab: MakeLab) -> None:
    async with make_lab(SHOP, "dead-dns") as lab:
        seen = await observe(
            lab,
            (CLIENT, ["tcp://web:80", "tcp://198.19.1.1:80"]),
            ("node/n1", ["dns://github.com"]),
        )
    assert seen.outcome(CLIENT, "tcp://web:80") == "dns-timeout"
    assert seen.outcome(CLIENT, "tcp://198.19.1.1:80") == "ok"
    assert seen.outcome("node/n1", "dns://github.com") == "ok", "only cluster DNS is dead"


async def test_no_endpoints(make_lab: MakeLab) -> None:
    async with make_lab(SHOP, "no-endpoints=svc/web.shop") as lab:
        snapshot = await lab.snapshot()
        seen = await observe(lab, (FAR, ["tcp://198.19.1.1:80"]))
    assert not snapshot.pods["shop", "web-1"].ready
    assert seen.senders(FAR, "tcp://198.19.1.1:80") == [(3, 3, "198.51.100.13")]


async def test_nothing_listens(make_lab: MakeLab) -> None:
    async with make_lab(SHOP, "not-listening=pod/web-1.shop:8080") as lab:
        pods = (await lab.snapshot()).pods
        first, two = (f"tcp://{pods['shop', name].ips[0]}:8080" for name in ("web-1", "web-2"))
        talk = f"udp://{pods['shop', 'web-1'].ips[0]}:5000"
        seen = await observe(lab, (FAR, [first, two, talk]))
    assert seen.outcome(FAR, first) == "refused"
    assert seen.senders(FAR, first) == []
    assert seen.outcome(FAR, two) == seen.outcome(FAR, talk) == "ok"


async def test_a_lost_identity_cuts_a_pod_off_in_every_direction(make_lab: MakeLab) -> None:
    async with make_lab(SHOP, "lost-identity=pod/web-1.shop", enforcement="none") as lab:
        web = (await lab.snapshot()).pods["shop", "web-1"].ips[0]
        url = f"tcp://{web}:8080"
        seen = await observe(
            lab,
            (CLIENT, [url]),
            ("node/n1", [url]),
            ("pod/shop/web-1", ["tcp://203.0.113.10:22", "dns://web"]),
        )
    assert set(seen.outcomes(url).values()) == {"timeout"}
    assert seen.outcome("pod/shop/web-1", "tcp://203.0.113.10:22") == "timeout"
    assert seen.outcome("pod/shop/web-1", "dns://web") == "dns-timeout"


async def test_a_stopped_agent_opens_its_node_only(make_lab: MakeLab) -> None:
    async with make_lab(CLOSED, "stopped-agent=node/n1") as lab:
        pods = (await lab.snapshot()).pods
        first, two = (f"tcp://{pods['shop', name].ips[0]}:8080" for name in ("web-1", "web-2"))
        seen = await observe(
            lab, (CLIENT, [first, two, "tcp://203.0.113.10:22"]), (FAR, ["tcp://203.0.113.10:22"])
        )
    assert seen.outcome(CLIENT, first) == "ok"
    assert seen.senders(CLIENT, two) == [(3, 3, "198.51.100.12")]
    assert seen.outcomes("tcp://203.0.113.10:22") == {CLIENT: "ok", FAR: "rejected"}


@pytest.mark.parametrize(
    ("fault", "narrow"), [("low-mtu", "203.0.113.10"), ("low-mtu=node/n3:1000", "198.18.3.2")]
)
async def test_a_lower_mtu_swallows_large_packets_without_a_word(
    make_lab: MakeLab, fault: str, narrow: str
) -> None:
    async with make_lab(SHOP, fault) as lab:
        assert (await lab.snapshot()).pods["shop", "far"].ips == ("198.18.3.2",)
        wide = "198.18.3.2" if narrow != "198.18.3.2" else "203.0.113.10"
        sizes = [
            f"icmp://{narrow}?size=900",
            f"icmp://{narrow}?size=1400",
            f"icmp://{wide}?size=1400",
        ]
        seen = await observe(lab, (CLIENT, sizes))
        vantage = next(vantage for vantage in lab.vantages() if vantage.id == CLIENT)
        echo = (
            "import socket, sys\n"
            "with socket.create_connection(('203.0.113.10', 8000), 2) as link:\n"
            "    link.settimeout(1)\n"
            "    link.sendall(b'x' * int(sys.argv[1]))\n"
            "    print(len(link.recv(65536)) > 0)\n"
        )
        import sys

        small = await lab.command(vantage, sys.executable, "-c", echo, "500")
        large = await lab.command(vantage, sys.executable, "-c", echo, "20000")
    assert [seen.outcome(CLIENT, url) for url in sizes] == ["ok", "timeout", "ok"]
    assert seen.senders(CLIENT, sizes[1]) == []
    assert small == (0, "True\n")
    assert (large[0] == 0) is (narrow == "198.18.3.2"), (
        "TCP is stuck on the narrow way as soon as it sends much"
    )
