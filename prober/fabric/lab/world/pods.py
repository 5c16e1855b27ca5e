"""Where pods run and which addresses they have. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from ipaddress import ip_network
from itertools import cycle

from prober.fabric.lab.world.addresses import Pool, first, in_family
from prober.model.objects import Node, Pod

PodKey = tuple[str, str]


def place_pods(
    pods: Mapping[PodKey, Pod],
    nodes: Mapping[str, Node],
    families: tuple[int, ...],
    pool: Pool,
    *,
    both: bool,
) -> tuple[dict[PodKey, Pod], list[str]]:
    """Every running pod on a node and with addresses, and what is worth a warning.

    Pods without a node go round over the ready nodes. A pod without an address gets one of each
    family from its node's CIDR; a pod with some is completed only when `both` is set. Pods that
    have ended keep nothing, and pods that waited for a node in the cluster that they were saved
    from wait here too.
    """
    turns = cycle([name for name, node in nodes.items() if node.ready] or list(nodes))
    placed: dict[PodKey, Pod] = {}
    owners: dict[str, PodKey] = {}
    warnings: list[str] = []
    for key, pod in sorted(pods.items()):
        if not pod.running:
            placed[key] = replace(pod, ips=())
            continue
        if pod.unscheduled:
            placed[key] = pod
            continue
        node = nodes[pod.node or next(turns)]
        if pod.host_network:
            placed[key] = replace(pod, node=node.name, ips=node.addresses)
            continue
        unique = tuple(ip for ip in dict.fromkeys(pod.ips) if owners.setdefault(ip, key) == key)
        for ip in set(pod.ips) - set(unique):
            other = "/".join(owners[ip])
            warnings.append(f"pod {pod.ref} gets another address: {ip} belongs to {other} already")
        wanted = families if both or not unique else ()
        placed[key] = replace(
            pod, node=node.name, ips=(*unique, *_new_addresses(unique, node, wanted, pool))
        )
    return placed, warnings


def _new_addresses(
    have: tuple[str, ...], node: Node, families: tuple[int, ...], pool: Pool
) -> Iterator[str]:
    """From the node's first CIDR of each family; its .1 stays free, where other networks have their
    gateway."""
    for family in families:
        if not first(have, family):
            yield pool.take(ip_network(in_family(node.pod_cidrs, family)[0]), 2)
