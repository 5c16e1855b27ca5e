"""Dual stack: the same world, by its IPv6 addresses."""

from __future__ import annotations

import pytest
from lab_observing import MakeLab, observe
from lab_worlds import CLOSED, SHOP

pytestmark = pytest.mark.lab

FAR, OUTSIDE = "pod/shop/far", "outside/customer.example"


async def test_everything_is_reached_by_ipv6_too(make_lab: MakeLab) -> None:
    async with make_lab(SHOP.replace("nodes: 3", "nodes: 3\nipv6: true")) as lab:
        snapshot = await lab.snapshot()
        web = snapshot.pods["shop", "web-2"].ips[1]
        service = snapshot.services["shop", "web"].cluster_ips[1]
        node = snapshot.nodes["n3"].addresses[1]
        github = lab.hosts["github.com"][1]
        own = [
            f"tcp://[{web}]:8080",
            f"udp://[{web}]:5000",
            f"icmp://[{web}]",
            f"tcp://[{service}]:80",
        ]
        own += [f"tcp://[{node}]:30080", f"tcp://[{github}]:22", "dns://web?AAAA"]
        stray = f"tcp://[{web.rpartition(':')[0]}:9999]:80"
        seen = await observe(
            lab, (FAR, [*own, stray]), (OUTSIDE, [f"tcp://[{node}]:30080"]), ("node/n1", own[:2])
        )
    assert {seen.outcome(FAR, url) for url in own} == {"ok"}
    assert seen.outcome(OUTSIDE, f"tcp://[{node}]:30080") == "ok"
    assert seen.outcome("node/n1", own[0]) == seen.outcome("node/n1", own[1]) == "ok"
    assert seen.outcome(FAR, stray) == "unreachable"


async def test_policies_hold_for_ipv6(make_lab: MakeLab) -> None:
    async with make_lab(CLOSED.replace("nodes: 3", "nodes: 3\nipv6: true")) as lab:
        snapshot = await lab.snapshot()
        web, github = snapshot.pods["shop", "web-2"].ips[1], lab.hosts["github.com"][1]
        n2, n3 = (snapshot.nodes[name].addresses[1] for name in ("n2", "n3"))
        seen = await observe(lab, (FAR, [f"tcp://[{web}]:8080", f"tcp://[{github}]:22"]))
    assert seen.senders(FAR, f"tcp://[{web}]:8080") == [(1, 4, n2)]
    assert seen.senders(FAR, f"tcp://[{github}]:22") == [(1, 4, n3)]
