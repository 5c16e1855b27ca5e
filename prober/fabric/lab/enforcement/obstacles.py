"""What stands in the way apart from policies: the router's rules, firewalls, and pods without
identity. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prober.fabric.lab.enforcement.network_policy import LocalPod
from prober.fabric.lab.world.addresses import PLAN, UNSEEN, Role, family_of, in_family
from prober.fabric.lab.world.faults import Firewall
from prober.fabric.lab.world.ruleset import (
    ADDRESS_TYPE,
    IP,
    braces,
    chain,
    named_set,
    table,
)
from prober.fabric.lab.world.world import World
from prober.manifest.standard import dns_pods, dns_service
from prober.model.objects import Node, Pod

NOWHERE = "lo"
"""Where the router's default route goes: nothing leaves by it, the forward chain answers before."""


def identity_rules(world: World, local: Iterable[LocalPod]) -> str:
    """Drops everything that pods send which have lost their identity, before anything else looks at
    it."""
    # Priority -300 is "raw", before connection tracking (linux/netfilter_ipv4.h): a packet that an
    # agent drops for lack of an identity never becomes a connection.
    lost = [
        f'"{local_pod.interface}"' for local_pod in local if has_lost_identity(world, local_pod.pod)
    ]
    if not lost:
        return ""
    return table(
        "identity",
        chain(
            "from-pods",
            [f"iifname {braces(lost)} drop"],
            "type filter hook prerouting priority -300",
        ),
    )


def arrival_rules(world: World, pod: Pod) -> str:
    """Drops what is sent to a pod that has lost its identity, at the pod: a node that drops what it
    sends itself is told so, by an error of its own kernel that no CNI makes."""
    if not has_lost_identity(world, pod):
        return ""
    return table(
        "identity",
        chain("to-pod", ['iifname "eth0" drop'], "type filter hook prerouting priority -300"),
    )


def has_lost_identity(world: World, pod: Pod) -> bool:
    return (pod.namespace, pod.name) in world.fault_effects.lost


def stray_rules(world: World, node: Node) -> str:
    """An address of the node's pod CIDR that no pod has: the node says so, instead of asking the
    router for it."""
    rules = [
        (
            f'oifname "eth0" {IP[family]} daddr {cidr} reject with '
            f"icmp{'v6' if family == 6 else ''} type {reason}"
        )
        for family, reason in ((4, "host-unreachable"), (6, "addr-unreachable"))
        for cidr in in_family(node.pod_cidrs, family)
        if family in world.families
    ]
    # What the node itself sends to a Service still has the interface of before its translation.
    own = ["ct status dnat accept", *rules]
    return table(
        "strays",
        chain("forward", rules, "type filter hook forward priority 10"),
        chain("output", own, "type filter hook output priority 10"),
    )


def cache_rules(world: World, node: Node) -> str:
    """The node's DNS cache asks cluster DNS in vain, where it is cut off: also past the Service,
    after translation."""
    if node.name not in world.fault_effects.cut_off_caches:
        return ""
    service = dns_service(world.snapshot)
    servers = [ip for pod in dns_pods(world.snapshot) for ip in pod.ips]
    servers += service.cluster_ips if service else ()
    rules = [
        f"meta l4proto {{ tcp, udp }} th dport 53 {IP[family]} daddr {braces(addresses)} drop"
        for family in world.families
        if (addresses := in_family(servers, family))
    ]
    return table("cache", chain("output", rules, "type filter hook output priority 20"))


def path_rules(world: World, node: Node) -> str:
    """What the node loses on its own: ports that its firewall keeps from others, and what its pods
    send to those of other nodes (or these to them)."""
    broken = world.fault_effects
    closed = [
        # Only from the wire: a host firewall (ufw, firewalld) that is told nothing about the CNI's
        # interfaces behaves like this, and local pods go on working, which is what makes it hard to
        # find.
        f'iifname "eth0" {protocol} dport {port} drop'
        for name, port, protocol in broken.closed_ports
        if name == node.name
    ]
    between = [
        f"{IP[family]} saddr @inside{family} {IP[family]} daddr @inside{family}"
        for family in world.families
    ]
    lost = []
    if node.name in broken.no_way_out:
        lost += [f'oifname "eth0" ct state new {pods} drop' for pods in between]
    if node.name in broken.no_tunnel:
        lost += [f'{way} "eth0" {pods} drop' for way in ("iifname", "oifname") for pods in between]
    if not closed and not lost:
        return ""
    sets = [
        named_set(
            f"inside{family}",
            ADDRESS_TYPE[family],
            (ip for pod in world.pods for ip in in_family(pod.ips, family)),
        )
        for family in world.families
    ]
    return table(
        "paths",
        *sets,
        chain("input", closed, "type filter hook input priority -5"),
        chain("forward", lost, "type filter hook forward priority -5"),
    )


def router_rules(world: World) -> str:
    """The router: firewalls first, then what happens to addresses that nobody has."""
    rules = [rule for firewall in world.fault_effects.firewalls for rule in _firewall(firewall)]
    # Like a provider's router: what is not meant for it is dropped, the rest is said to be
    # unreachable. For IPv6 the routing table can say both; for IPv4 it would say only the first few
    # of each second (ip_error() in the kernel).
    rules += [f'oifname "{NOWHERE}" ip daddr {network} drop' for network in UNSEEN[4]]
    outside = PLAN[Role.OUTSIDE, 4].kept[0]
    rules.append(f'oifname "{NOWHERE}" ip daddr {outside} reject with icmp type host-unreachable')
    rules.append(f'oifname "{NOWHERE}" meta nfproto ipv4 reject with icmp type net-unreachable')
    return table("router", chain("forward", rules, "type filter hook forward priority 0"))


def _firewall(firewall: Firewall) -> Iterator[str]:
    """Stateless, on what comes from the nodes: an answer to the outside does not pass here as a
    request."""
    what = ""
    if firewall.port:
        what = f"meta l4proto {firewall.protocol.lower()} th dport {firewall.port} "
    verdict = "drop" if firewall.action == "drop" else "reject with icmpx type admin-prohibited"
    if firewall.spares:
        where = 'iifname "eth0" oifname != "eth0" ct direction original'
        yield f"{where} meta l4proto {{ tcp, udp }} th dport 53 accept"
        for address in firewall.spares:
            yield f"{where} {IP[family_of(address)]} daddr {address} {what}accept"
        yield f"{where} {verdict}"
    elif not firewall.addresses:
        yield f'iifname "eth0" oifname != "eth0" ct direction original {what}{verdict}'
    for address in firewall.addresses:
        yield (
            f'iifname "eth0" ct direction original {IP[6 if ":" in address else 4]} daddr '
            f"{address} {what}{verdict}"
        )
