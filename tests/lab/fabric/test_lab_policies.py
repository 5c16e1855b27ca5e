"""Policies are enforced where and how the mode says, and the evidence names the node that did
it."""

from __future__ import annotations

import pytest
from lab_observing import MakeLab, observe
from lab_worlds import CLOSED

pytestmark = pytest.mark.lab

N1, N2, N3 = "198.51.100.11", "198.51.100.12", "198.51.100.13"


async def test_reject_is_answered_by_the_node_that_denied(make_lab: MakeLab) -> None:
    async with make_lab(CLOSED) as lab:
        web = (await lab.snapshot()).pods["shop", "web-2"].ips[0]
        ingress, egress = f"tcp://{web}:8080", "tcp://203.0.113.10:22"
        seen = await observe(
            lab, ("pod/shop/far", [ingress, egress, f"udp://{web}:5000", f"icmp://{web}"])
        )
    assert seen.senders("pod/shop/far", ingress) == [(3, 3, N2)], (
        "ingress of web-2 is decided on its node"
    )
    assert seen.senders("pod/shop/far", egress) == [(3, 3, N3)], (
        "egress of far is decided on its node"
    )
    assert {
        seen.outcome("pod/shop/far", url) for url in (ingress, egress, f"udp://{web}:5000")
    } == {"rejected"}
    assert seen.outcome("pod/shop/far", f"icmp://{web}") != "ok"


async def test_drop_is_silence_and_none_is_open(make_lab: MakeLab) -> None:
    for enforcement, expected in (("drop", "timeout"), ("none", "ok")):
        async with make_lab(CLOSED, enforcement=enforcement) as lab:
            web = (await lab.snapshot()).pods["shop", "web-2"].ips[0]
            urls = [f"tcp://{web}:8080", "tcp://203.0.113.10:22", "tcp://web:80"]
            seen = await observe(lab, ("pod/shop/far", urls))
        assert {seen.outcome("pod/shop/far", url) for url in urls} == {expected}


async def test_a_node_reaches_its_own_pods_and_other_nodes_do_not(make_lab: MakeLab) -> None:
    async with make_lab(CLOSED) as lab:
        web = (await lab.snapshot()).pods["shop", "web-2"].ips[0]
        url = f"tcp://{web}:8080"
        seen = await observe(lab, ("node/n1", [url]), ("node/n2", [url]), ("pod/shop/web-2", [url]))
    assert seen.outcomes(url) == {"node/n1": "rejected", "node/n2": "ok", "pod/shop/web-2": "ok"}


async def test_through_a_service_the_policy_sees_the_pods_port(make_lab: MakeLab) -> None:
    text = CLOSED.replace(
        "  policyTypes: [Ingress]\n  ingress: []",
        "  policyTypes: [Ingress]\n  ingress: [{ports: [{port: %s}]}]",
    )
    for port, expected in (("80", "rejected"), ("8080", "ok"), ("http", "ok")):
        async with make_lab(text % port) as lab:
            seen = await observe(lab, ("pod/shop/far", ["tcp://web:80"]))
        assert seen.outcome("pod/shop/far", "tcp://web:80") == expected, port


async def test_an_answer_to_an_allowed_connection_needs_no_rule(make_lab: MakeLab) -> None:
    """web-1 may send nothing, and yet answers."""
    text = CLOSED.replace(
        "  policyTypes: [Ingress]\n  ingress: []",
        "  policyTypes: [Ingress, Egress]\n  ingress: [{}]",
    )
    async with make_lab(text) as lab:
        pods = (await lab.snapshot()).pods
        web, far = pods["shop", "web-1"].ips[0], pods["shop", "far"].ips[0]
        url = f"tcp://{web}:8080"
        seen = await observe(
            lab,
            ("pod/shop/far", [url, f"udp://{web}:5000"]),
            ("pod/shop/web-1", [f"tcp://{far}:1"]),
        )
    assert seen.outcome("pod/shop/far", url) == "ok"
    assert seen.outcome("pod/shop/far", f"udp://{web}:5000") == "ok"
    assert seen.senders("pod/shop/web-1", f"tcp://{far}:1") == [(3, 3, N1)]


async def test_a_blocks_exception_is_seen_by_a_client_that_keeps_its_address(
    make_lab: MakeLab,
) -> None:
    text = CLOSED.replace(
        "  ingress: []",
        "  ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.11/32]}}]}]",
    )
    local = f"tcp://{N2}:30081"
    async with make_lab(text) as lab:
        assert lab.hosts["customer.example"] == ("203.0.113.11",)
        seen = await observe(
            lab, ("outside/github.com", [local]), ("outside/customer.example", [local])
        )
    assert seen.outcomes(local) == {
        "outside/github.com": "ok",
        "outside/customer.example": "rejected",
    }


async def test_a_pod_reaches_its_own_node_whatever_its_egress_says(make_lab: MakeLab) -> None:
    api = f"tcp://{N1}:6443"
    async with make_lab(CLOSED) as lab:
        seen = await observe(lab, ("pod/shop/client", [api]), ("pod/shop/far", [api]))
    assert seen.outcome("pod/shop/client", api) == "ok"
    assert seen.senders("pod/shop/far", api) == [(3, 3, N3)], "another node is like anybody"
