"""An ipBlock that is meant for hosts holds the addresses of pods, and this cluster compares it with
them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.unwanted import unwanted
from prober.diagnosis.fixes.keeping import choose
from prober.diagnosis.fixes.patches import patched
from prober.model.listing import listed
from prober.model.objects import IPBlock, Ref
from prober.model.patches.jsonpatch import pointer
from prober.model.prediction import Direction, Match, Ruling
from prober.model.run import CheckRecord, Confidence, Finding, Fix
from prober.policy import BackendReadings, Reading

ID = "ip-block-holds-pods"
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class _Place:
    """An ipBlock in a policy."""

    policy: Ref
    direction: Direction
    rule: int
    peer: int
    block: IPBlock


def find(case: Case) -> Iterable[Finding]:
    groups: dict[tuple[Ref, str], tuple[_Place, list[CheckRecord], list[str]]] = {}
    for record in unwanted(case):
        for place, peer in _letting_through(record, case):
            key = (place.policy, place.block.cidr)
            known = groups.setdefault(key, (place, [], []))
            known[1].append(record)
            known[2].append(peer)
            break
    for place, records, peers in groups.values():
        yield Finding(
            id=ID,
            cause=f"NetworkPolicy {place.policy} allows {place.block.cidr}, which holds the "
            f"address of {listed(peers)}, and this cluster compares ipBlocks with pods too",
            confidence=Confidence.CERTAIN,
            evidence=(
                *(f"{record.check.name}: {record.observation.outcome}" for record in records[:3]),
                "ipBlocks are meant for addresses outside the cluster, and implementations differ "
                "about those of pods: this one lets them through",
            ),
            fix=choose(case, _fixes(place, records, case), closes=records),
            checks=tuple(record.check.id for record in records),
            objects=(place.policy,),
        )


def _letting_through(record: CheckRecord, case: Case) -> Iterator[tuple[_Place, str]]:
    """The ipBlocks without which the flow would be denied."""
    for backend in case.predictor.readings(record.check.flow):
        for readings in (backend.egress, backend.ingress):
            if _decides(readings) and _can_be_open(backend):
                for reading in readings:
                    if reading.ruling is Ruling.ALLOWED and reading.holds:
                        yield from ((place, reading.peer) for place in _places(reading))


def _decides(readings: tuple[Reading, ...]) -> bool:
    """Whether it is denied where ipBlocks are not compared with pods."""
    return any(reading.holds is False and reading.ruling is Ruling.DENIED for reading in readings)


def _can_be_open(backend: BackendReadings) -> bool:
    """Whether both directions can be allowed at all."""
    return all(
        any(reading.ruling is not Ruling.DENIED for reading in readings)
        for readings in (backend.egress, backend.ingress)
    )


def _places(reading: Reading) -> Iterator[_Place]:
    for policy in reading.trail.policies:
        for rule in policy.rules:
            if rule.match is not Match.YES:
                continue
            for index, peer in enumerate(rule.rule.peers):
                if peer.ip_block is not None:
                    yield _Place(policy.policy, reading.direction, rule.index, index, peer.ip_block)


def _fixes(place: _Place, records: list[CheckRecord], case: Case) -> Iterator[Fix | None]:
    """Everything of the cluster that the block holds, else the other ends alone."""
    wide = _inside([*_ranges(case), *_services(case)], place.block)
    narrow = _inside(_addresses(records, case), place.block)
    for cut in (wide, narrow):
        if cut:
            yield _fix(place, cut, case)


def _fix(place: _Place, cut: list[Network], case: Case) -> Fix | None:
    source = case.snapshot.sources.get(place.policy)
    excepts = list(dict.fromkeys((*place.block.excepts, *map(str, cut))))
    key = "to" if place.direction == "egress" else "from"
    path = pointer("spec", place.direction, place.rule, key, place.peer, "ipBlock")
    value = {"cidr": place.block.cidr, "except": excepts}
    patch = ({"op": "replace", "path": path, "value": value},)
    return Fix(
        summary=f"except {listed(map(str, cut))}, the addresses of the cluster, from "
        f"{place.block.cidr} in {place.direction} of NetworkPolicy {place.policy}",
        target=place.policy,
        patch=patch,
        manifest=patched(source, patch),
        opens=("nothing: it closes",),
    )


def _ranges(case: Case) -> Iterator[Network]:
    """The pods' ranges of the nodes, and the pods that are in none of them."""
    ranges = [
        ip_network(cidr, strict=False)
        for node in case.snapshot.nodes.values()
        for cidr in node.pod_cidrs
    ]
    yield from ranges
    for pod in case.snapshot.pods.values():
        for address in () if pod.host_network else pod.ips:
            network = ip_network(address)
            if not any(
                network.version == pod_range.version and network.subnet_of(pod_range)  # type: ignore[arg-type]  # one version
                for pod_range in ranges
            ):
                yield network


def _services(case: Case) -> Iterator[Network]:
    """Where ipBlocks are compared before a Service is translated, its address counts as well."""
    for service in case.snapshot.services.values():
        yield from (ip_network(address) for address in service.cluster_ips)


def _addresses(records: list[CheckRecord], case: Case) -> Iterator[Network]:
    for record in records:
        for backend in record.prediction.backends:
            ref = backend.pod
            pod = case.snapshot.pod(ref)
            yield from (ip_network(address) for address in (pod.ips if pod else ()))


def _inside(networks: Iterable[Network], block: IPBlock) -> list[Network]:
    """Those strictly within the block, as few as possible: the API takes no others."""
    outer = ip_network(block.cidr, strict=False)
    same = [
        network
        for network in networks
        if network.version == outer.version and network != outer and network.subnet_of(outer)  # type: ignore[arg-type]  # one version
    ]
    return list(collapse_addresses(same))  # type: ignore[type-var]  # one version


RULE = Rule(
    id=ID,
    concludes=(
        "An ipBlock that is meant for hosts outside holds the addresses of pods, and whoever "
        "enforces policies here compares it with them."
    ),
    advice="except the addresses of the cluster from the ipBlock",
    needs="a flow that should be denied and gets through, and the readings of the ipBlock",
    find=find,
)
