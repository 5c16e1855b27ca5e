"""The kernel's routing tables, as /proc writes them."""

from __future__ import annotations

from ipaddress import ip_network

from agent.evidence.routes import Route, behind_gateway, parse4, parse6

TABLE4 = """Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT
eth0 00000000 010112C6 0003 0 0 0 00000000 0 0 0
eth0 000112C6 00000000 0001 0 0 0 00FFFFFF 0 0 0
"""
TABLE6 = """\
20010db8000100000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001 eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 20010db8000100000000000000000001 00000400 00000001 00000000 00000003 eth0
20010db8000100000000000000000002 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000001 00000000 80200001 eth0
"""


def test_ipv4() -> None:
    assert list(parse4(TABLE4)) == [
        Route(ip_network("0.0.0.0/0"), via_gateway=True),
        Route(ip_network("198.18.1.0/24"), via_gateway=False),
    ]


def test_ipv6() -> None:
    assert list(parse6(TABLE6)) == [
        Route(ip_network("2001:db8:1::/64"), via_gateway=False),
        Route(ip_network("::/0"), via_gateway=True),
        Route(ip_network("2001:db8:1::2/128"), via_gateway=False),
    ]


def test_loopback_is_never_behind_a_gateway_and_nonsense_is_not_known() -> None:
    assert behind_gateway("127.0.0.1") is False
    assert behind_gateway("::1") is False
    assert behind_gateway("web.example") is None
