"""What is in a lab, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prober.fabric.lab.world.world import World
from prober.model.check import Vantage, VantageKind
from prober.model.kubernetes import SHORT_KINDS
from prober.model.objects import Pod, Service


def summary(world: World) -> str:
    """One line."""
    snapshot = world.snapshot
    pods = sum(pod.running for pod in snapshot.pods.values())
    parts = [
        _count(len(snapshot.nodes), "node"),
        _count(pods, "pod"),
        _count(len(snapshot.services), "service"),
    ]
    if world.outside:
        parts.append(_count(len(world.outside), "host") + " outside")
    return f"{', '.join(parts)}; enforcement: {world.enforcement}"


def description(world: World) -> str:
    """A table of everything that has an address."""
    rows: list[tuple[str, ...]] = []
    rows += (
        (f"node/{node.name}", _join(node.addresses), "") for node in world.snapshot.nodes.values()
    )
    rows += (_pod(pod) for _, pod in sorted(world.snapshot.pods.items()) if pod.running)
    rows += (_service(service) for _, service in sorted(world.snapshot.services.items()))
    for host in world.outside:
        ports = _join(f"{listener.port} {listener.speaks}" for listener in host.listeners)
        rows.append((f"outside/{host.name}", _join(host.addresses), ports))
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    lines = (
        f"  {name:{widths[0]}}  {addresses:{widths[1]}}  {more}".rstrip()
        for name, addresses, more in rows
    )
    return "\n".join(lines)


def slot_names(world: World, vantages: Sequence[Vantage]) -> dict[str, str]:
    """Everything that a person may call a slot → its id. A workload is its first pod."""
    names: dict[str, str] = {}
    for vantage in vantages:
        names[vantage.id] = vantage.id
        if vantage.kind is VantageKind.POD:
            names[f"{vantage.namespace}/{vantage.name}"] = vantage.id
            names[f"pod/{vantage.name}.{vantage.namespace}"] = vantage.id
    for _, pod in sorted(world.snapshot.pods.items()):
        slot = f"pod/{pod.namespace}/{pod.name}"
        if pod.owner and slot in names:
            kind = SHORT_KINDS.get(pod.owner.kind, pod.owner.kind.lower())
            names.setdefault(f"{kind}/{pod.owner.name}.{pod.owner.namespace}", slot)
    return names


def _pod(pod: Pod) -> tuple[str, str, str]:
    ports = _join(f"{port.number}/{port.protocol.lower()}" for port in pod.ports)
    state = "" if pod.ready else "not ready"
    return (
        f"{pod.namespace}/{pod.name}",
        _join(pod.ips),
        "  ".join(part for part in (pod.node, ports, state) if part),
    )


def _service(service: Service) -> tuple[str, str, str]:
    addresses = (*service.cluster_ips, *service.load_balancer_ips, *service.external_ips)
    ports = _join(
        f"{port.port}/{port.protocol.lower()} → {port.target_port}"
        + (f" (node port {port.node_port})" if port.node_port else "")
        for port in service.ports
    )
    shown = _join(addresses) or ("headless" if service.headless else service.external_name)
    return f"svc/{service.namespace}/{service.name}", shown, ports


def _join(parts: Iterator[str] | Sequence[str]) -> str:
    return ", ".join(parts)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
