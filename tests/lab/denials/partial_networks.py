"""Networks that work but for a part: one port, one pair of pods, one hook, one node's proxy, one
family. What a policy leaves alone works, and what it denies does not, for another reason.

`CUT` are those that fooled prober once, and run always; `MORE` run with PROBER_DENIALS=all."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from dead_networks import DB, DOWN, FAR, N1, N2, WEB, Network, Try, firewall, firewall_before_all

_PORTS = "meta l4proto {tcp, udp} th dport {5432, 8080, 8443, 514}"
_TUN = "ip tuntap add odd0 mode tun && ip link set odd0 up"

PORT_BETWEEN_NODES = Network(
    "port-cut-between-nodes", ((N2, firewall_before_all(f'iifname "eth0" {_PORTS} drop')),)
)
PORT_AT_PODS = Network(
    "port-cut-before-pods", ((N2, firewall("forward", f'iifname "eth0" {_PORTS} drop')),)
)
PAIR_ROUTE = Network(
    "pair-routed-away",
    (
        (
            N1,
            "ip rule add from 198.18.1.50 lookup 100 pref 100 && "
            "ip route add blackhole 198.18.2.50 table 100",
        ),
    ),
)
ANSWERS_LOST = Network("target-routes-source-away", ((DB, "ip route add blackhole 198.18.1.0/24"),))
OVERLAP = Network(
    "target-has-the-same-network", ((DB, f"{_TUN} && ip route add 198.18.1.0/24 dev odd0"),)
)
NODES_ONLY = Network(
    "target-admits-nodes-only", ((DB, firewall("input", "ip saddr != 198.51.100.0/24 drop")),)
)
NOT_FOR_PODS = Network(
    "no-translation-for-pods", ((N1, "nft flush chain inet services prerouting"),)
)
POD_TO_POD = Network(
    "no-pod-to-pod-on-node", ((N1, firewall("forward", 'iifname "pod*" oifname "pod*" drop')),)
)
NO_WAY_OUT = Network(
    "pods-kept-in", ((N1, firewall("forward", 'iifname "pod*" ip daddr 203.0.113.0/24 drop')),)
)
ONE_PORT_OUT = Network(
    "pods-kept-from-a-port", ((N1, firewall("forward", 'iifname "pod*" tcp dport 443 drop')),)
)
NO_PROXY_N1 = Network("no-proxy-on-n1", faults=("kube-proxy-down=node/n1",))
NO_PROXY_N2 = Network("no-proxy-on-n2", faults=("kube-proxy-down=node/n2",))
NOT_TO_PODS = Network(
    "node-keeps-pods-from-all",
    ((N2, firewall("forward", 'oifname "pod*" meta l4proto {tcp, udp} drop')),),
)
OUTSIDE = "outside/customer.example"
CLOSED = ("denied", "timeout", "rejected", "unreachable")
"""What a node port is not expected to be: where the API leaves it open, an answer is as
predicted."""


SENDS_NO_DATAGRAMS = Network(
    "source-sends-no-datagrams", ((WEB, firewall("output", "meta l4proto udp drop")),)
)
HEARS_NO_DATAGRAMS = Network(
    "source-hears-no-datagrams", ((WEB, firewall("input", "meta l4proto udp drop")),)
)
TUNNEL_BLOCKED = Network("tunnel-blocked-n1", faults=("tunnel-blocked=node/n1",))
_MACHINERY: Sequence[Network] = tuple(
    Network(fault.replace("=node/", "-"), faults=(fault,))
    for fault in (
        "no-way-out=node/n1",
        "no-way-out=node/n2",
        "tunnel-blocked=node/n2",
        "cni-no-rights",
        "cni-no-rights=node/n1",
        "cni-no-rights=node/n2",
    )
)


def _cut() -> Iterator[Try]:
    for network in (PORT_BETWEEN_NODES, PORT_AT_PODS, PAIR_ROUTE, ANSWERS_LOST, NODES_ONLY):
        yield Try(network, "ingress", "both")
    for network in (ANSWERS_LOST, NODES_ONLY, OVERLAP):
        yield Try(network, "egress", "pod")
    for world in ("ingress", "egress", "sealed"):
        yield Try(NOT_FOR_PODS, world, "service")
    yield Try(ANSWERS_LOST, "sealed", "pod")
    yield Try(HEARS_NO_DATAGRAMS, "ingress", "udp")
    yield Try(TUNNEL_BLOCKED, "sealed", "both")
    yield Try(POD_TO_POD, "egress-one-node", "both")
    for network in (NO_WAY_OUT, ONE_PORT_OUT):
        yield Try(network, "egress", "outside")
    for network in (NO_PROXY_N1, NO_PROXY_N2):
        yield Try(network, "ingress-published", "node-port", expected=CLOSED)
        yield Try(network, "ingress-published", "node-port", source=OUTSIDE, expected=CLOSED)
    for targets in ("node-port", "balancer"):
        yield Try(NOT_TO_PODS, "ingress-published", targets, source=OUTSIDE, expected=CLOSED)


_SIX: Sequence[Network] = (
    Network("ipv6-not-forwarded-there", ((N2, "sysctl -qw net.ipv6.conf.all.forwarding=0"),)),
    Network("ipv6-not-forwarded-here", ((N1, "sysctl -qw net.ipv6.conf.all.forwarding=0"),)),
    Network("source-without-ipv6", ((WEB, "ip -6 addr flush dev eth0 scope global"),)),
    Network("target-without-ipv6", ((DB, "ip -6 addr flush dev eth0 scope global"),)),
    Network("ipv6-dropped", ((N2, firewall("forward", 'iifname "eth0" meta nfproto ipv6 drop')),)),
)
_PUBLISHED: Sequence[tuple[Network, str]] = (
    (Network("target-dead", faults=("not-listening=pod/db.shop",)), "node-port"),
    (Network("nobody-there", ((N2, "true"),)), "local-node-port"),
    (Network("no-proxy", faults=("kube-proxy-down",)), "balancer"),
    (Network("heads-dead", faults=("not-listening=pod/db.shop",)), "headless"),
    (Network("heads-without-dns", faults=("dns-down",)), "headless"),
    (Network("by-hand-and-dead", ((FAR, DOWN),)), "by-hand"),
    (Network("port-not-mapped", faults=("kube-proxy-down=node/n2",)), "host-port"),
    (Network("node-away", ((N2, DOWN),)), "host-port"),
    (Network("process-dead", faults=("not-listening=pod/metrics.shop",)), "host-network"),
    (
        Network("process-cut-off", ((N2, firewall_before_all("tcp dport 9100 drop")),)),
        "host-network",
    ),
    (Network("no-endpoint-here", ((N2, "true"),)), "same-node-only"),
    (Network("no-endpoint", ((N2, "true"),)), "empty"),
    (Network("elsewhere-dead", ((FAR, DOWN),)), "elsewhere-by-name"),
)
_NAMES: Sequence[Network] = (
    Network("no-dns", faults=("dns-down",)),
    Network("mute-dns", faults=("dead-dns",)),
    Network("no-proxy-for-dns", faults=("kube-proxy-down=node/n1",)),
    Network("answers-of-dns-lost", ((WEB, firewall_before_all("udp sport 53 drop")),)),
)
_ELSEWHERE: Sequence[Network] = (
    Network(
        "host-admits-another-node", ((FAR, firewall("input", "ip saddr != 198.51.100.12 drop")),)
    ),
    Network("host-drops", ((FAR, firewall("input", "drop")),)),
    Network("host-hangs", ((FAR, firewall("input", "tcp flags & psh == psh drop")),)),
    Network(
        "source-routes-pods-only",
        (
            (
                WEB,
                "ip route add 198.18.0.0/15 $(ip route show default | cut -d' ' -f2-) && "
                "ip route del default",
            ),
        ),
    ),
)


def _more() -> Iterator[Try]:
    for world in ("ingress", "egress", "sealed"):
        for network in _SIX:
            yield Try(network, f"{world}-dual", "over-ipv6")
        for network, targets in _PUBLISHED:
            yield Try(network, f"{world}-published", targets, expected=CLOSED)
        for network in _NAMES:
            yield Try(network, world, "by-name")
        for network in (TUNNEL_BLOCKED, *_MACHINERY):
            yield Try(network, world, "both")
        yield Try(SENDS_NO_DATAGRAMS, world, "udp")
        yield Try(OVERLAP, f"{world}-nobody-else", "pod")
    for world in ("egress", "sealed"):
        for network in (*_ELSEWHERE, NO_WAY_OUT, ONE_PORT_OUT):
            yield Try(network, world, "outside")
    for network, targets in _PUBLISHED:
        if targets in ("node-port", "local-node-port", "balancer", "host-port"):
            yield Try(network, "ingress-published", targets, source=OUTSIDE, expected=CLOSED)


CUT: Sequence[Try] = tuple(dict.fromkeys(_cut()))
MORE: Sequence[Try] = tuple(one_try for one_try in dict.fromkeys(_more()) if one_try not in CUT)
PARTIAL: Sequence[Try] = (*CUT, *(MORE if os.environ.get("PROBER_DENIALS") == "all" else ()))
