"""Every way in which a dead or odd network looks like a policy, and the worlds that it is tried
in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Network:
    """What is wrong with a network in which nobody enforces anything."""

    name: str
    scripts: tuple[tuple[str, str], ...] = ()
    """Where (`pod/NS/NAME`, `node/NAME`, `outside/NAME`) and what, as a shell has it."""
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Try:
    """One network, in one world, with the targets that are asked for there."""

    network: Network
    world: str
    targets: str
    enforcement: str = "none"
    source: str = "pod/web.shop"
    expected: tuple[str, ...] = ()
    """Empty: every expectation that a denial can meet."""

    @property
    def id(self) -> str:
        outside = "-from-outside" if self.source.startswith("outside/") else ""
        return f"{self.network.name}-{self.world}-{self.targets}-{self.enforcement}{outside}"


WEB, DB, N1, N2, FAR = "pod/shop/web", "pod/shop/db", "node/n1", "node/n2", "outside/far.example"


def firewall(hook: str, rule: str) -> str:
    """A firewall of somebody else's, after whatever else there is."""
    head = f"type filter hook {hook} priority 50; policy accept;"
    return f"nft -f - <<'END'\ntable inet odd {{\nchain odd {{\n{head}\n{rule}\n}}\n}}\nEND"


def firewall_before_all(rule: str) -> str:
    """A firewall that takes packets as they come in, before they are routed or translated."""
    head = "type filter hook prerouting priority -300; policy accept;"
    return f"nft -f - <<'END'\ntable inet early {{\nchain early {{\n{head}\n{rule}\n}}\n}}\nEND"


DOWN = "ip link set eth0 down"
_WRONG_MAC = """ip -o neigh show | grep ^198.18.2. | while read address _ link _; do
  ip neigh replace $address lladdr 02:ff:00:00:00:01 dev $link nud permanent
done"""

SOURCES: Sequence[Network] = (
    Network("source-link-down", ((WEB, DOWN),)),
    Network("source-without-route", ((WEB, "ip route del default"),)),
    Network("source-drops-its-own", ((WEB, firewall("output", "drop")),)),
    Network("source-hears-nothing", ((WEB, firewall("input", "drop")),)),
    Network("source-identity-lost", faults=("lost-identity=pod/web.shop",)),
    Network("source-node-cut-off", ((N1, DOWN),)),
    Network("source-node-drops-pods", ((N1, firewall("forward", 'iifname "pod*" drop')),)),
    Network("source-node-rejects-pods", ((N1, firewall("forward", 'iifname "pod*" reject')),)),
    Network("source-node-without-way", ((N1, "ip route del 198.18.2.0/24"),)),
    Network("source-node-without-agent", faults=("cni-agent-down=node/n1",)),
)
TARGETS: Sequence[Network] = (
    Network("target-link-down", ((DB, DOWN),)),
    Network("target-without-route", ((DB, "ip route del default"),)),
    Network("target-drops-all", ((DB, firewall("input", "drop")),)),
    Network("target-answers-nobody", ((DB, firewall("output", "drop")),)),
    Network("target-hangs", ((DB, firewall("input", "tcp flags & psh == psh drop")),)),
    Network("target-identity-lost", faults=("lost-identity=pod/db.shop",)),
    Network("target-dead", faults=("not-listening=pod/db.shop",)),
    Network("target-node-cut-off", ((N2, DOWN),)),
    Network("target-node-drops", ((N2, firewall("forward", 'iifname "eth0" drop')),)),
    Network("target-node-rejects", ((N2, firewall("forward", 'iifname "eth0" reject')),)),
    Network(
        "target-node-prohibits",
        ((N2, firewall("forward", 'iifname "eth0" reject with icmp admin-prohibited')),),
    ),
    Network("target-node-without-way-back", ((N2, "ip route del 198.18.1.0/24"),)),
    Network("target-node-without-agent", faults=("cni-agent-down=node/n2",)),
    Network("target-node-loses-answers", ((N2, firewall("forward", 'oifname "eth0" drop')),)),
    Network("target-has-another-mac", ((N2, _WRONG_MAC),)),
)
SERVICES: Sequence[Network] = (
    Network("no-kube-proxy", faults=("kube-proxy-down=node/n1",)),
    Network("no-kube-proxy-anywhere", faults=("kube-proxy-down",)),
    Network("no-endpoints", faults=("no-endpoints=svc/db.shop",)),
    Network("translation-lost", ((N1, "nft delete table inet services"),)),
)
ONLY_ITS_NODE = Network(
    "target-answers-its-node-only", ((DB, firewall("input", "ip saddr != 198.51.100.12 drop")),)
)
DATAGRAMS: Sequence[Network] = (
    Network("datagrams-lost", ((N2, firewall("forward", 'iifname "eth0" meta l4proto udp drop')),)),
    Network("silent-server", ((DB, firewall("output", "meta l4proto udp drop")),)),
)
ECHO: Sequence[Network] = (
    Network("echo-ignored", ((DB, "echo 1 > /proc/sys/net/ipv4/icmp_echo_ignore_all"),)),
    Network("echo-lost", ((N2, firewall("forward", 'iifname "eth0" meta l4proto icmp drop')),)),
    Network("echo-source-down", ((WEB, DOWN),)),
)
LARGE: Sequence[Network] = (
    Network("low-mtu", faults=("low-mtu=node/n2:1280",)),
    Network("low-mtu-of-its-own", ((WEB, "ip link set eth0 mtu 1280"),)),
)
NAMES: Sequence[Network] = (
    Network("dead-dns", faults=("dead-dns",)),
    Network("dns-down", faults=("dns-down",)),
    Network("names-without-proxy", faults=("kube-proxy-down",)),
    Network("names-source-down", ((WEB, DOWN),)),
)
OUTSIDE: Sequence[Network] = (
    Network("firewall-drops", faults=("firewall=far.example:443",)),
    Network("firewall-rejects", faults=("firewall=far.example:443,reject",)),
    Network("host-down", ((FAR, DOWN),)),
    Network("host-without-route", ((FAR, "ip route del default"),)),
    Network("outside-source-down", ((WEB, DOWN),)),
    Network("outside-node-cut-off", ((N1, DOWN),)),
    Network("not-translated", ((N1, "nft delete chain inet services postrouting"),)),
)
HEALTHY = Network("healthy")


def _tries() -> Iterator[Try]:
    for world in ("ingress", "egress", "sealed"):
        for network in (*SOURCES, *TARGETS):
            yield Try(network, world, "both" if world == "ingress" else "pod")
        for network in SERVICES:
            yield Try(network, world, "service")
        for network in DATAGRAMS:
            yield Try(network, world, "udp")
        for network in LARGE:
            yield Try(network, world, "large")
        yield Try(HEALTHY, world, "nobody")
    yield Try(ONLY_ITS_NODE, "egress", "pod")
    for network in ECHO:
        for world in ("ingress", "egress"):
            yield Try(network, world, "echo")
    for network in NAMES:
        yield Try(network, "sealed", "names")
    for network in OUTSIDE:
        yield Try(network, "egress", "outside")
    yield Try(HEALTHY, "ingress", "service", source="outside/customer.example")


DEAD: Sequence[Try] = tuple(_tries())
ENFORCED: Sequence[Try] = tuple(
    Try(HEALTHY, world, targets, enforcement, expected=expected)
    for world in ("ingress", "egress", "sealed")
    for enforcement in ("reject", "drop")
    for targets, expected in (
        ("both", ("denied", "predicted")),
        ("large", ("denied",)),  # what policies make of echo is not predicted
        *((("outside", ("denied", "predicted")),) if world != "ingress" else ()),
        *((("dns", ("denied", "predicted")),) if world != "ingress" else ()),
    )
) + tuple(
    Try(HEALTHY, world, targets, enforcement, expected=("denied", "predicted"))
    for world, targets in (
        ("ingress-published", "other-nodes-port"),
        ("ingress-published", "headless"),
        ("ingress-one-node", "both"),
        ("egress-nobody-else", "both"),
        ("sealed-dual", "over-ipv6"),
    )
    for enforcement in ("reject", "drop")
)
"""The same worlds without a fault, where the policies are enforced."""
