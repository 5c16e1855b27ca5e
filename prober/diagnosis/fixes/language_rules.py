"""Rules in the other policy languages: what lets one denied flow through, written in the language
and the tier in which the denial is. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from prober.diagnosis.facts.denials import Denial
from prober.diagnosis.fixes.distinct_labels import identity, replicas, singled_out
from prober.model.check import EndpointKind
from prober.model.kubernetes import NAMESPACE_NAME
from prober.model.languages import Language
from prober.model.languages.kinds import BY_NAME
from prober.model.objects import Pod, Ref
from prober.model.snapshot import Snapshot

Written = Mapping[str, Any]


def rules_for(denial: Denial, policy: Ref, snapshot: Snapshot) -> Iterator[tuple[str, Written]]:
    """Ways to let the flow through in this policy, the least first: in words, and as a JSON patch
    operation. None where the language has no way, or the other end is not known well enough."""
    kind = BY_NAME.get(policy.kind)
    source = snapshot.sources.get(policy)
    if kind is None or source is None:
        return
    for word, rule in _WAYS.get(kind.language, _no_way)(denial, kind.kind, snapshot):
        present = source.get("spec", {}).get(denial.direction)
        at_end = kind.language is Language.CILIUM
        if not present:
            yield word, _add(f"/spec/{denial.direction}", [rule])
        else:
            place = "-" if at_end else "0"
            yield word, _add(f"/spec/{denial.direction}/{place}", rule)


def _add(path: str, value: Any) -> Written:
    return {"op": "add", "path": path, "value": value}


def _no_way(denial: Denial, kind: str, snapshot: Snapshot) -> Iterator[tuple[str, Written]]:
    del denial, kind, snapshot
    return iter(())


def _admin(denial: Denial, kind: str, snapshot: Snapshot) -> Iterator[tuple[str, Written]]:
    """Passing on is less than allowing: the namespaces' own policies still count."""
    peer = _admin_peer(denial, snapshot)
    if peer is None:
        return
    cluster = kind == "ClusterNetworkPolicy"
    allow = "Accept" if cluster else "Allow"
    actions = [allow] if kind == "BaselineAdminNetworkPolicy" else ["Pass", allow]
    ports = _cluster_ports(denial) if cluster else _admin_ports(denial)
    way = "to" if denial.direction == "egress" else "from"
    for action in actions:
        yield action.lower(), {"action": action, way: [peer], **ports}


def _admin_peer(denial: Denial, snapshot: Snapshot) -> Written | None:
    pod = snapshot.pod(denial.other)
    if pod is not None:
        return {
            "pods": {
                "namespaceSelector": {"matchLabels": {NAMESPACE_NAME: pod.namespace}},
                "podSelector": {"matchLabels": dict(_labels(pod, snapshot))},
            }
        }
    address = _address(denial)
    return {"networks": [address]} if address and denial.direction == "egress" else None


def _admin_ports(denial: Denial) -> Written:
    port, protocol = denial.backend.port, denial.record.check.flow.protocol
    return {"ports": [{"portNumber": {"protocol": protocol, "port": port}}]} if port else {}


def _cluster_ports(denial: Denial) -> Written:
    port, protocol = denial.backend.port, str(denial.record.check.flow.protocol).lower()
    return {"protocols": [{protocol: {"destinationPort": {"number": port}}}]} if port else {}


def _cilium(denial: Denial, kind: str, snapshot: Snapshot) -> Iterator[tuple[str, Written]]:
    """Only isolation is opened by a rule: a denial wins over every allowance."""
    del kind
    way = "to" if denial.direction == "egress" else "from"
    pod, address = snapshot.pod(denial.other), _address(denial)
    peers: Written
    if pod is not None and not pod.host_network:
        labels = {"k8s:io.kubernetes.pod.namespace": pod.namespace, **_labels(pod, snapshot)}
        peers = {f"{way}Endpoints": [{"matchLabels": labels}]}
    elif pod is None and address:
        peers = {f"{way}CIDR": [address]}
    else:
        return
    port, protocol = denial.backend.port, denial.record.check.flow.protocol
    ports = {"toPorts": [{"ports": [{"port": str(port), "protocol": protocol}]}]} if port else {}
    yield "allow", {**peers, **ports}


def _calico(denial: Denial, kind: str, snapshot: Snapshot) -> Iterator[tuple[str, Written]]:
    del kind
    pod, address = snapshot.pod(denial.other), _address(denial)
    end: dict[str, Any]
    if pod is not None:
        labels = _labels(pod, snapshot)
        end = {
            "selector": " && ".join(f"{key} == '{value}'" for key, value in labels.items()),
            "namespaceSelector": f"projectcalico.org/name == '{pod.namespace}'",
        }
    elif address:
        end = {"nets": [address]}
    else:
        return
    flow, port = denial.record.check.flow, denial.backend.port
    egress = denial.direction == "egress"
    ports = {"ports": [port]} if port else {}
    ends = (
        {"destination": {**end, **ports}}
        if egress
        else {"source": end, **({"destination": ports} if ports else {})}
    )
    for action in ("Pass", "Allow"):
        yield action.lower(), {"action": action, "protocol": str(flow.protocol), **ends}


def _labels(pod: Pod, snapshot: Snapshot) -> Mapping[str, str]:
    selector = singled_out(replicas([pod], snapshot), snapshot)
    chosen = selector.match_labels if selector is not None else {}
    return dict(chosen) or dict(identity(pod))


def _address(denial: Denial) -> str:
    """Of a host outside, as a block; empty where it is not known."""
    flow = denial.record.check.flow
    end = flow.destination if denial.direction == "egress" else flow.source
    if end.kind is not EndpointKind.OUTSIDE or not end.address:
        return ""
    return f"{end.address}/{128 if ':' in end.address else 32}"


_WAYS: Mapping[Language, Callable[[Denial, str, Snapshot], Iterator[tuple[str, Written]]]] = {
    Language.ADMIN: _admin,
    Language.CLUSTER: _admin,
    Language.CILIUM: _cilium,
    Language.CALICO: _calico,
}

__all__: Sequence[str] = ("rules_for",)
