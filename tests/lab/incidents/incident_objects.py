"""Kubernetes objects in one line each, as plain JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Object = dict[str, Any]
Labels = Mapping[str, str]


def _meta(name: str, labels: Labels | None = None) -> Object:
    """`ns/name`, or the name of something cluster-wide."""
    namespace, _, own = name.rpartition("/")
    meta: Object = {"name": own} | ({"namespace": namespace} if namespace else {})
    return meta | ({"labels": dict(labels)} if labels else {})


def namespace(name: str, **labels: str) -> Object:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": _meta(name, labels)}


def node(name: str, address: str) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": _meta(name, {"kubernetes.io/hostname": name}),
        "status": {"addresses": [{"type": "InternalIP", "address": address}]},
    }


def _port(text: str) -> Object:
    """`http:8080`, `8080`, `dns:53/UDP`."""
    name, _, rest = text.rpartition(":")
    number, _, protocol = rest.partition("/")
    return {"containerPort": int(number), "protocol": protocol or "TCP"} | (
        {"name": name} if name else {}
    )


def pod(
    name: str,
    on: str,
    *ports: str,
    labels: Labels | None = None,
    ready: bool = True,
    env: Labels | None = None,
    **spec: Any,
) -> Object:
    """A pod on a node. Without labels of its own it is `app: NAME`."""
    container = {"name": "main", "image": "image", "ports": [_port(port) for port in ports]}
    if env:
        container["env"] = [{"name": key, "value": value} for key, value in env.items()]
    made: Object = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": _meta(name, labels or {"app": name.rpartition("/")[2]}),
        "spec": {"nodeName": on, "containers": [container], **spec},
    }
    if not ready:
        made["status"] = {"phase": "Running", "conditions": [{"type": "Ready", "status": "False"}]}
    return made


def deployment(name: str, labels: Labels, *ports: str) -> Object:
    """A Deployment of one pod."""
    own = pod(name, "", *ports, labels=labels)
    containers = own["spec"]["containers"]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _meta(name),
        "spec": {
            "selector": {"matchLabels": dict(labels)},
            "template": {"metadata": {"labels": dict(labels)}, "spec": {"containers": containers}},
        },
    }


def unscheduled(name: str, *ports: str, why: str) -> Object:
    """A pod that no node takes."""
    made = pod(name, "", *ports)
    made["spec"] = {key: value for key, value in made["spec"].items() if key != "nodeName"}
    condition = {
        "type": "PodScheduled",
        "status": "False",
        "reason": "Unschedulable",
        "message": why,
    }
    return {**made, "status": {"phase": "Pending", "conditions": [condition]}}


def service(name: str, *ports: str, selector: Labels | None = None, **spec: Any) -> Object:
    """Ports as `80`, `80->8080`, `80->http`, `53->53/UDP`. Selects `app: NAME` unless it says
    otherwise."""
    made = []
    for text in ports:
        both, _, protocol = text.partition("/")
        own, _, target = both.partition("->")
        protocol = protocol or "TCP"
        port: Object = {
            "name": f"p{own}-{protocol.lower()}",
            "port": int(own),
            "protocol": protocol,
        }
        if target:
            port["targetPort"] = int(target) if target.isdigit() else target
        made.append(port)
    chosen = {"app": name.rpartition("/")[2]} if selector is None else dict(selector)
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _meta(name),
        "spec": {"ports": made, **({"selector": chosen} if chosen else {}), **spec},
    }


def policy(
    name: str,
    selector: Labels | None = None,
    *,
    ingress: Sequence[Object] | None = None,
    egress: Sequence[Object] | None = None,
) -> Object:
    """A NetworkPolicy of the directions that are given."""
    spec: Object = {
        "podSelector": {"matchLabels": dict(selector)} if selector else {},
        "policyTypes": [],
    }
    for kind, rules in (("Ingress", ingress), ("Egress", egress)):
        if rules is not None:
            spec["policyTypes"].append(kind)
            spec[kind.lower()] = list(rules)
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": _meta(name),
        "spec": spec,
    }


def allow(*ports: str | int, to: Sequence[Object] = (), frm: Sequence[Object] = ()) -> Object:
    """A rule: ports as `443`, `53/UDP`, `http`."""
    rule: Object = {}
    if to or frm:
        rule["to" if to else "from"] = list(to or frm)
    if ports:
        rule["ports"] = []
        for text in map(str, ports):
            port, _, protocol = text.partition("/")
            rule["ports"].append(
                {"port": int(port) if port.isdigit() else port, "protocol": protocol or "TCP"}
            )
    return rule


def pods(**labels: str) -> Object:
    """A peer: pods of the policy's own namespace."""
    return {"podSelector": {"matchLabels": labels} if labels else {}}


def spaces(labels: Labels | None = None) -> Object:
    """A peer: all pods of the namespaces with these labels."""
    return {"namespaceSelector": {"matchLabels": dict(labels)} if labels else {}}


def lab(*outside: Object, api: bool = False, **more: Any) -> Object:
    """What the manifests cannot say."""
    made: Object = {"apiVersion": "prober.dev/v1alpha1", "kind": "Lab", "nodes": 2, **more}
    if outside:
        made["outside"] = list(outside)
    if api:
        made["nodeListeners"] = [{"node": "n1", "listeners": [{"port": 6443, "speaks": "https"}]}]
    return made


def host(name: str, *listeners: str) -> Object:
    """A host outside; listeners as `22:ssh`."""
    pairs = (text.partition(":") for text in listeners)
    return {
        "name": name,
        "listeners": [{"port": int(port), "speaks": speaks} for port, _, speaks in pairs],
    }


def block(cidr: str, *excepts: str) -> Object:
    """A peer: an ipBlock."""
    return {"ipBlock": {"cidr": cidr} | ({"except": list(excepts)} if excepts else {})}


def endpoints(name: str, port: int, *addresses: str, called: str = "p80-tcp") -> Object:
    """The endpoints of a Service, written by hand; `called` is the name of their port."""
    own = name.rpartition("/")[2]
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": _meta(name, {"kubernetes.io/service-name": own}),
        "addressType": "IPv4",
        "ports": [{"name": called, "port": port, "protocol": "TCP"}],
        "endpoints": [
            {"addresses": [address], "conditions": {"ready": True}} for address in addresses
        ],
    }
