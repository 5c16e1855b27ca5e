"""Service translation in one node's namespace, as kube-proxy does it. Pure: from a world to nft
text.

Sources: kube-proxy's iptables mode (pkg/proxy/iptables/proxier.go: the KUBE-SERVICES, KUBE-EXT and
KUBE-SVC chains), its nftables mode (KEP-3866), and "Virtual IPs and Service Proxies" of the
Kubernetes documentation. What is not translated here: SCTP (nothing in the lab sends it).

A packet's way through these chains, and why each is where it is:

1. *prerouting and output, nat, -100* (the kernel's own priority for destination NAT). Packets of
   pods and of the wire pass the first, those of the node itself the second. One lookup in a verdict
   map by address, protocol and port finds the Service; a chain for each would be walked for each
   packet, which is what KEP-3866 moves away from. Only the first packet of a connection comes here:
   the kernel remembers the translation (conntrack) and undoes it for the answers.
2. *external or internal.* What comes in by a NodePort or a load balancer's address is marked to be
   masqueraded, unless the Service keeps its traffic local: the answer has to come back through this
   node, which only it can undo the translation for. A local policy narrows the choice to this
   node's endpoints, and drops where there is none, for what is truly external; pods and the node
   itself are not (kube-proxy's KUBE-EXT chain says so, and people stumble over it).
3. *The choice of an endpoint* is random for each connection, as kube-proxy's iptables mode has it
   (`-m statistic --mode random`), or a hash of the client's address with session affinity.
4. *forward, filter, 0: the policies.* They see the endpoint's address and port, since translation
   was before them. That is why a policy must name the pod's port and not the Service's.
5. *filter, -10: Services without endpoints* are rejected before the policies: whoever may not use
   the Service is told so as well. It is an ICMP port unreachable from the client's own node, the
   same as a policy's reject, which is why a denial of a Service needs a control at the same
   address.
6. *postrouting, nat, 100*: the source becomes the node's for what was marked, for hairpin
   connections (a pod that reaches itself through a Service would get an answer from an address that
   it never asked), and for whatever leaves the pod network.

`hook`s of the same kind run in the order of their priority, so the numbers above are the order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from prober.fabric.lab.world.addresses import first, in_family
from prober.fabric.lab.world.endpoints import Backend, backends
from prober.fabric.lab.world.ruleset import (
    ADDRESS_TYPE,
    IP,
    braces,
    chain,
    named_set,
    table,
    verdict_map,
    with_port,
)
from prober.fabric.lab.world.world import World
from prober.model.objects import Node, Service, ServicePort

UPLINK = "eth0"
"""The interface of a node that leads to the other nodes and to the outside."""
_MASQUERADE = "0x4000"
"""The mark of connections whose source becomes the node's address; the same bit as kube-proxy's."""
_KEY = "inet_proto . inet_service"


@dataclass(frozen=True)
class PortRules:
    """One port of one Service, in one family, as one node sees it."""

    service: Service
    port: ServicePort
    family: int
    node: Node
    ready: tuple[Backend, ...]
    """Its backends that get traffic."""

    @cached_property
    def name(self) -> str:
        service, port = self.service, self.port
        return (
            f"{service.namespace}/{service.name}/{port.protocol.lower()}/{port.port}/v{self.family}"
        )

    @property
    def local(self) -> tuple[Backend, ...]:
        return tuple(backend for backend in self.ready if backend.node == self.node.name)

    @property
    def cluster_keys(self) -> tuple[str, ...]:
        """What packets to the ClusterIP look like, as a key of the maps."""
        return tuple(
            self._key(ip, self.port.port) for ip in in_family(self.service.cluster_ips, self.family)
        )

    @property
    def external_keys(self) -> tuple[str, ...]:
        """The same for NodePort, load balancer and external addresses."""
        virtual = in_family(
            (*self.service.load_balancer_ips, *self.service.external_ips), self.family
        )
        keys = [self._key(ip, self.port.port) for ip in virtual]
        if self.port.node_port:
            keys += [
                self._key(ip, self.port.node_port)
                for ip in in_family(self.node.addresses, self.family)
            ]
        return tuple(keys)

    def _key(self, address: str, port: int) -> str:
        return f"{address} . {self.port.protocol.lower()} . {port}"

    def chains(self) -> Iterator[str]:
        """The chains that the maps lead to. Only a Service with a ready backend has any."""
        all_of_them = f"svc/{self.name}"
        yield from chain(all_of_them, self._translate(self.ready))
        if self.service.internal_traffic_policy == "Local" and self.cluster_keys:
            yield from chain(
                f"internal/{self.name}", self._translate(self.local) if self.local else ["drop"]
            )
        if self.external_keys:
            yield from chain(f"external/{self.name}", self._external(all_of_them))

    def range_guards(self) -> Iterator[str]:
        """What keeps those out whom the Service's source ranges do not name."""
        ip, port = IP[self.family], self.port
        ranges = [
            cidr for cidr in self.service.source_ranges if (":" in cidr) == (self.family == 6)
        ]
        for address in (
            in_family(self.service.load_balancer_ips, self.family)
            if self.service.source_ranges
            else ()
        ):
            who = f"{ip} saddr != {braces(ranges)} " if ranges else ""
            yield f"{ip} daddr {address} {port.protocol.lower()} dport {port.port} {who}drop"

    def _external(self, all_of_them: str) -> Iterator[str]:
        mark = f"meta mark set meta mark | {_MASQUERADE}"
        if self.service.external_traffic_policy == "Cluster":
            yield mark
            yield f"goto {all_of_them}"
            return
        # Pods and the node itself are not "external": the policy does not narrow their choice
        # (kube-proxy's KUBE-EXT).
        yield f"{IP[self.family]} saddr @pods{self.family} goto {all_of_them}"
        # Masqueraded although the policy is Local: what the node itself sends has the node's
        # address anyway, and an endpoint on another node must answer to an address that leads back
        # here.
        yield f"fib saddr type local {mark} goto {all_of_them}"
        yield from self._translate(self.local) if self.local else ["drop"]

    def _translate(self, to: Sequence[Backend]) -> Iterator[str]:
        head = f"meta l4proto {self.port.protocol.lower()} dnat {IP[self.family]} to"
        if len(to) == 1:
            yield f"{head} {with_port(to[0].address, to[0].port)}"
            return
        # In turn and not by chance, as IPVS' round robin does: kube-proxy draws lots, and then one
        # run of many would not meet the pod that differs from its siblings.
        choice = (
            "numgen inc" if not self.service.session_affinity else f"jhash {IP[self.family]} saddr"
        )
        # A fixed seed: the same client gets the same endpoint on every node and after every reload,
        # as ClientIP affinity promises for a while. kube-proxy keeps a list of recent clients
        # instead (`-m recent`), which also forgets them after a time; nothing in a lab lives that
        # long.
        seed = " seed 0x70726f62" if self.service.session_affinity else ""
        targets = ", ".join(
            f"{index} : {backend.address} . {backend.port}" for index, backend in enumerate(to)
        )
        yield f"{head} {choice} mod {len(to)}{seed} map {{ {targets} }}"


def service_rules(world: World, node: Node) -> str:
    """The table `services` of a node."""
    ports = [] if node.name in world.fault_effects.unproxied else list(_ports(world, node))
    # A Service without ready endpoints has no entry in the map at all: its packets stay
    # untranslated and meet the reject rule of the filter chains, which is what kube-proxy does.
    served = [port_rules for port_rules in ports if port_rules.ready]
    unserved = [port_rules for port_rules in ports if not port_rules.ready]
    parts: list[Iterable[str]] = []
    for family in world.families:
        mine = [port_rules for port_rules in served if port_rules.family == family]
        parts += _sets(
            world,
            node,
            family,
            mine,
            [port_rules for port_rules in unserved if port_rules.family == family],
        )
    parts += [port_rules.chains() for port_rules in served]
    parts += _host_port_chains(world, node)
    parts.append(chain("services", [_lookup(family, "services") for family in world.families]))
    parts += _range_guards(world, served)
    for hook, priority in (("prerouting", -100), ("output", -100)):
        parts.append(chain(hook, ["jump services"], f"type nat hook {hook} priority {priority}"))
    parts.append(
        chain("postrouting", _source_rules(world, node), "type nat hook postrouting priority 100")
    )
    refusals = [rule for family in world.families for rule in _refusals(family)]
    for hook in ("input", "forward", "output"):
        # Before the policies: a Service without endpoints says so also to those who may not use it.
        rules = [*refusals, *(_strays(world) if hook == "forward" else ())]
        parts.append(chain(f"filter-{hook}", rules, f"type filter hook {hook} priority -10"))
    return table("services", *parts)


def _range_guards(world: World, served: Sequence[PortRules]) -> Iterator[Iterable[str]]:
    """loadBalancerSourceRanges: what comes to a load balancer's address from elsewhere is dropped
    before it is translated, whoever sends it, pods and nodes too (kube-proxy's chains KUBE-FW and
    `firewall-check`)."""
    rules = [rule for port_rules in served for rule in port_rules.range_guards()]
    if rules:
        for hook in ("prerouting", "output"):
            yield chain(f"source-ranges-{hook}", rules, f"type filter hook {hook} priority -110")


def _ports(world: World, node: Node) -> Iterator[PortRules]:
    for _, service in sorted(world.snapshot.services.items()):
        if service.type == "ExternalName" or service.headless:
            continue
        for port in service.ports:
            if port.protocol == "SCTP":
                continue
            for family in world.families:
                candidates = backends(world.snapshot, service, port, family)
                yield PortRules(
                    service,
                    port,
                    family,
                    node,
                    tuple(backend for backend in candidates if backend.ready),
                )


def _cluster_chain(port_rules: PortRules) -> str:
    """Which of a port's chains a ClusterIP leads to."""
    return "internal" if port_rules.service.internal_traffic_policy == "Local" else "svc"


def _sets(
    world: World,
    node: Node,
    family: int,
    served: Sequence[PortRules],
    unserved: Sequence[PortRules],
) -> Iterator[Iterable[str]]:
    kind = f"{ADDRESS_TYPE[family]} . {_KEY}"
    entries = [
        f"{key} : goto {_cluster_chain(port_rules)}/{port_rules.name}"
        for port_rules in served
        for key in port_rules.cluster_keys
    ]
    entries += [
        f"{key} : goto external/{port_rules.name}"
        for port_rules in served
        for key in port_rules.external_keys
    ]
    entries += [
        f"{key} : goto {name}"
        for key, name, _ in _host_ports(world, node)
        if (":" in key.split()[0]) == (family == 6)
    ]
    local = (ip for pod in world.pods_on[node.name] for ip in in_family(pod.ips, family))
    yield verdict_map(f"services{family}", kind, _unique_keys(entries))
    yield named_set(
        f"no-endpoints{family}",
        kind,
        (
            k
            for port_rules in unserved
            for k in (*port_rules.cluster_keys, *port_rules.external_keys)
        ),
    )
    yield named_set(f"pods{family}", ADDRESS_TYPE[family], _all_pods(world, family))
    pair = f"{ADDRESS_TYPE[family]} . {ADDRESS_TYPE[family]}"
    yield named_set(f"hairpin{family}", pair, (f"{ip} . {ip}" for ip in local))
    yield named_set(f"virtual{family}", ADDRESS_TYPE[family], in_family(world.virtual_ips, family))


def _unique_keys(entries: Iterable[str]) -> list[str]:
    """Two Services that share an address and a port: the first one has it, as with kube-proxy."""
    # nft refuses a map with a key twice, so two Services with the same external address and port
    # would take the whole ruleset down.
    return list({entry.split(" : ")[0]: entry for entry in reversed(list(entries))}.values())[::-1]


def _all_pods(world: World, family: int) -> Iterator[str]:
    return (ip for pod in world.pods for ip in in_family(pod.ips, family))


def _host_ports(world: World, node: Node) -> Iterator[tuple[str, str, str]]:
    """(key, chain, rule) of each hostPort on this node, as the portmap plugin makes them."""
    for pod in world.pods_on[node.name]:
        for port in pod.ports:
            if not port.host_port or port.protocol == "SCTP":
                continue
            for address in node.addresses:
                family = 6 if ":" in address else 4
                target = first(pod.ips, family)
                if target:
                    protocol = port.protocol.lower()
                    name = (
                        f"hostport/{pod.namespace}/{pod.name}/{protocol}/{port.host_port}/v{family}"
                    )
                    rule = (
                        f"meta l4proto {protocol} dnat {IP[family]} to "
                        f"{with_port(target, port.number)}"
                    )
                    yield f"{address} . {protocol} . {port.host_port}", name, rule


def _host_port_chains(world: World, node: Node) -> list[Iterable[str]]:
    return [
        chain(name, [rule])
        for name, rule in {name: rule for _, name, rule in _host_ports(world, node)}.items()
    ]


def _lookup(family: int, name: str) -> str:
    return f"{IP[family]} daddr . meta l4proto . th dport vmap @{name}{family}"


def _source_rules(world: World, node: Node) -> Iterator[str]:
    """Whose source address becomes the node's: hairpin connections, external ones that may go to
    another node, and whatever leaves the pod network (which nobody outside could answer)."""
    for family in world.families:
        ip, own = IP[family], first(node.addresses, family)
        # The set has pairs (address, same address): "source equals destination" cannot be written
        # as a comparison of two header fields in nft.
        yield f"ct status dnat {ip} saddr . {ip} daddr @hairpin{family} snat {ip} to {own}"
        yield (
            f"meta nfproto ipv{family} meta mark & {_MASQUERADE} == {_MASQUERADE} snat {ip} to "
            f"{own}"
        )
        yield (
            f'oifname "{UPLINK}" {ip} saddr @pods{family} {ip} daddr != @pods{family} snat {ip} '
            f"to {own}"
        )


def _refusals(family: int) -> Iterator[str]:
    yield (
        f"{IP[family]} daddr . meta l4proto . th dport @no-endpoints{family} reject with "
        "icmpx type port-unreachable"
    )


def _strays(world: World) -> Iterator[str]:
    """A virtual address has nothing but its Services' ports: what comes from the wire for it and
    was not translated would only go back to the router, and round again."""
    for family in world.families:
        yield f'iifname "{UPLINK}" {IP[family]} daddr @virtual{family} drop'
