"""Four pods, two Services, and the worlds of Cilium's policies that are tried on them.

Several worlds are tried at once, each with pods of its own: world number 2 has its pods in `wx2` and
`wy2`, and its policies say `wx2` where the file says `wx`."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from e2e_workloads import responding

SPACES = ("wx", "wy")
AT_ONCE = 4
"""Worlds."""
OUTSIDE = "203.0.113.10"
"""The testbed's host outside: it answers on 443."""
KUBELET = 10250
"""What answers on every node."""
_PORTS = (
    {"name": "http", "containerPort": 8080, "protocol": "TCP"},
    {"name": "alt", "containerPort": 8081, "protocol": "TCP"},
    {"name": "udp", "containerPort": 8080, "protocol": "UDP"},
)
_NODES = {("wx", "a"): "n1", ("wx", "b"): "n2", ("wy", "a"): "n2", ("wy", "b"): "n1"}

World = Mapping[str, Any]


def worlds(name: str = "cilium_worlds.yaml") -> Mapping[str, World]:
    """Those of a file, by what each shows."""
    file = Path(__file__).with_name(name)
    worlds_by_name: dict[str, World] = yaml.safe_load(file.read_text())
    return worlds_by_name


def objects_of(world: World, number: int) -> list[dict[str, Any]]:
    """The objects of a world's short form, in its own namespaces."""
    return numbered([_object(name, spec) for name, spec in world.items()], number)


def numbered(objects: Sequence[Mapping[str, Any]], number: int) -> list[dict[str, Any]]:
    """The same objects under the names of one of several worlds."""
    text = re.sub(r'"(wx|wy|w|offices)"', rf'"\g<1>{number}"', json.dumps(objects))
    renamed: list[dict[str, Any]] = json.loads(text)
    return renamed


def _object(name: str, spec: Any) -> dict[str, Any]:
    word, _, rest = name.rpartition(" ")
    namespace, _, short = rest.rpartition("/")
    version, kind = {
        "np": ("networking.k8s.io/v1", "NetworkPolicy"),
        "cidrs": ("cilium.io/v2alpha1", "CiliumCIDRGroup"),
        "": ("cilium.io/v2", "CiliumNetworkPolicy" if namespace else _WIDE),
    }[word]
    metadata = {"name": short, **({"namespace": namespace} if namespace else {})}
    key = "specs" if isinstance(spec, list) else "spec"
    return {"apiVersion": version, "kind": kind, "metadata": metadata, key: spec}


_WIDE = "CiliumClusterwideNetworkPolicy"


def base(image: str, number: int) -> list[dict[str, Any]]:
    """The namespaces, the pods on alternating nodes, and a Service with a selector and one
    without."""
    objects: list[dict[str, Any]] = []
    for space in SPACES:
        objects += [_plain("Namespace", space, labels={"team": space})]
        objects += [_plain("ServiceAccount", "robot", space)]
    for (space, name), node in _NODES.items():
        spec = responding({"containers": [{"name": "server", "ports": _PORTS}]}, image)
        del spec["nodeName"]
        spec["nodeSelector"] = {"kubernetes.io/hostname": node}
        spec["serviceAccountName"] = "robot" if name == "b" else "default"
        objects.append(_plain("Pod", name, space, {"app": name, "world": "w"}, spec=spec))
    front = {"selector": {"app": "a"}, "ports": [{"port": 80, "targetPort": 8080}]}
    objects += [_plain("Service", "front", "wx", {"kind": "near"}, spec=front)]
    objects += [
        _plain("Service", "outside", "wx", {"kind": "far"}, spec={"ports": [{"port": 443}]})
    ]
    objects.append(
        {
            **_plain("EndpointSlice", "outside-1", "wx", {"kubernetes.io/service-name": "outside"}),
            "apiVersion": "discovery.k8s.io/v1",
            "addressType": "IPv4",
            "endpoints": [{"addresses": [OUTSIDE]}],
            "ports": [{"name": "", "port": 443}],
        }
    )
    return numbered(objects, number)


def _plain(
    kind: str, name: str, namespace: str = "", labels: Mapping[str, str] | None = None, **more: Any
) -> dict[str, Any]:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    if labels:
        metadata["labels"] = dict(labels)  # type: ignore[assignment]  # of another type than names
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, **more}


def scenario(numbers: Iterable[int], *, whole: bool = False) -> str:
    """Every pair of a world and every kind of end: TCP, UDP and ICMP, a Service, a host outside,
    both nodes as targets and one as a source."""
    document = {
        "apiVersion": "prober.dev/v1alpha1",
        "kind": "Scenario",
        "metadata": {"name": "worlds"},
        "defaults": {"timeout": "1s"},
        "checks": [
            check
            for number in numbers
            for check in (*_checks(number), *(_more_checks(number) if whole else ()))
        ],
    }
    return yaml.safe_dump(document)


_WAYS = (("tcp", ":8080"), ("tcp", ":8081"), ("udp", ":8080"), ("icmp", ""))


def _checks(number: int) -> list[str]:
    pods = [f"{name}.{space}{number}" for space, name in _NODES]
    nodes = [f"tcp://node/{node}:{KUBELET}" for node in ("n1", "n2")]
    elsewhere = [f"tcp://{OUTSIDE}:443", *nodes]
    checks = []
    for source in pods:
        others = [target for target in pods if target != source]
        targets = [f"{scheme}://pod/{other}{port}" for other in others for scheme, port in _WAYS]
        if source != pods[0]:
            targets.append(f"tcp://svc/front.wx{number}:80")
        checks += [f"pod/{source} -> {target}" for target in (*targets, *elsewhere)]
    return checks + [f"node/n1 -> tcp://pod/{target}:8080" for target in pods]


def _more_checks(number: int) -> list[str]:
    """What only some engines tell apart: a pod that reaches itself, pods on the host network."""
    pods = [f"{name}.{space}{number}" for space, name in _NODES]
    itself = f"pod/{pods[0]} -> tcp://svc/front.wx{number}:80"
    agents = f"tcp://pods/k8s-app=kube-proxy.kube-system:{KUBELET}"
    return [itself, *(f"pod/{source} -> {agents}" for source in pods)]


KNOWN: Mapping[str, tuple[str, str]] = {
    "an explicit empty list beside ports": (
        "leak",
        "version 1.15 takes an empty list for no list (pkg/policy/rule.go, mergeIngress)",
    ),
    "labels of namespaces in a namespaced policy": (
        "blocked",
        "in version 1.15 a namespace's labels do not lift the policy's own namespace "
        "(pkg/k8s/apis/cilium.io/utils)",
    ),
    "type 0 of ICMP": ("leak", "version 1.15 keeps a type as a port, and port 0 is every one"),
    "toServices with a selector": (
        "blocked",
        "version 1.15 passes over Services that have a selector",
    ),
    "ranges of ports": ("blocked", "version 1.15 takes the first port of a range"),
}
"""Where the testbed's version does otherwise than later ones, whose documentation is predicted: by
the world, the only verdict that this explains, and why."""


def differences(checks: Iterable[Mapping[str, Any]]) -> list[str]:
    """The checks in which the cluster did otherwise than predicted."""
    return [
        f"{check['name']}: {check['prediction']['verdict']}, {check['verdict']}"
        for check in checks
        if check["prediction"]["verdict"] != "undefined" and check["verdict"] in ("leak", "blocked")
    ]


def engine_differences(checks: Iterable[Mapping[str, Any]]) -> list[str]:
    """The checks in which the engine did otherwise than the table of engines has it."""
    told = []
    for check in checks:
        prediction, outcome = check["prediction"], check["observation"]["outcome"]
        answer = prediction.get("engine", prediction)["verdict"]
        if answer != "undefined" and (answer == "allowed") != (outcome == "ok"):
            told.append(f"{check['name']}: {answer}, {outcome}")
    return told


def of_world(record: Mapping[str, Any], number: int) -> list[Mapping[str, Any]]:
    """The checks of one of several worlds."""
    return [check for check in record["checks"] if re.search(rf"\bw[xy]{number}\b", check["group"])]


def wait_until_known(seconds: float = 2.0) -> None:
    """Cilium's agents take a moment between a policy and its enforcement, and do not say when it is
    over."""
    time.sleep(seconds)
