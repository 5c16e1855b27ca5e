"""Random policies of every language, over any world, from a seed: for properties in memory and
for real packets in the lab. Written apart from the predictor and from the enforcement."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Any

import msgspec

from prober.manifest.decoding import wire
from prober.manifest.decoding.decode import decode_policy
from prober.manifest.languages.decoded import decode_object
from prober.model.languages import PolicyObject
from prober.model.languages.kinds import BY_KIND
from prober.model.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Words:
    """What policies can speak of in a world."""

    apps: tuple[str, ...]
    namespaces: tuple[str, ...]
    ports: tuple[int, ...]
    blocks: tuple[str, ...]
    zones: tuple[str, ...] = ("a", "b")
    port_names: tuple[str, ...] = ("http", "admin", "metrics", "nothing")
    own_port_names: tuple[str, ...] = ("admin", "metrics", "nothing")
    """Those that mean one number, whoever has them."""


_ADMIN = "policy.networking.k8s.io/v1alpha1"
_CLUSTER = "policy.networking.k8s.io/v1alpha2"


def made(
    version: str,
    kind: str,
    name: str,
    spec: Any,
    namespace: str = "",
    labels: dict[str, str] | None = None,
) -> PolicyObject:
    metadata = {"name": name, "namespace": namespace, "labels": labels or {}}
    value = {"metadata": metadata, "spec": spec}
    return decode_object(BY_KIND[version, kind], version, value)


class Drawn:
    """Draws policies."""

    def __init__(self, random: Random, words: Words) -> None:
        self.random = random
        self.words = words

    def labels(self) -> dict[str, Any]:
        return (
            {"matchLabels": {"app": self.random.choice(self.words.apps)}}
            if self.chance(0.7)
            else {}
        )

    def spaces(self) -> dict[str, Any]:
        name = self.random.choice(self.words.namespaces)
        label = {"matchLabels": {"kubernetes.io/metadata.name": name}}
        return label if self.chance(0.6) else {}

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def some(self, most: int) -> range:
        return range(self.random.randint(1, most))

    # AdminNetworkPolicy and its kin

    def admin_peer(self, *, egress: bool) -> dict[str, Any]:
        if egress and self.chance(0.25):
            return {"networks": [self.random.choice(self.words.blocks)]}
        if egress and self.chance(0.15):
            return {"nodes": {"matchLabels": {"zone": self.random.choice(self.words.zones)}}}
        if self.chance(0.4):
            return {"namespaces": self.spaces()}
        return {"pods": {"namespaceSelector": self.spaces(), "podSelector": self.labels()}}

    def admin_rules(self, actions: tuple[str, ...], ports: str, *, egress: bool) -> list[Any]:
        rules = []
        for _ in self.some(3):
            ends = "to" if egress else "from"
            rule: dict[str, Any] = {
                "action": self.random.choice(actions),
                ends: [self.admin_peer(egress=egress) for _ in self.some(2)],
            }
            if self.chance(0.5):
                inside = not any({"networks", "nodes"} & set(peer) for peer in rule[ends])
                rule[ports] = [self.admin_port(ports, named=inside and self.chance(0.3))]
            rules.append(rule)
        return rules

    def admin_port(self, ports: str, *, named: bool) -> dict[str, Any]:
        if named:
            name = self.random.choice(self.words.port_names)
            return {"namedPort" if ports == "ports" else "destinationNamedPort": name}
        port = self.random.choice(self.words.ports)
        if ports == "ports":
            return {"portNumber": {"protocol": "TCP", "port": port}}
        return {"tcp": {"destinationPort": {"number": port}}}

    def admin(self, number: int) -> PolicyObject:
        spec: dict[str, Any] = {"subject": {"namespaces": self.spaces()}}
        version, kind, name = self.random.choice(
            (
                (_ADMIN, "AdminNetworkPolicy", f"a{number}"),
                (_ADMIN, "BaselineAdminNetworkPolicy", "default"),
                (_CLUSTER, "ClusterNetworkPolicy", f"c{number}"),
            )
        )
        ports, actions = "ports", ("Allow", "Deny", "Pass")
        if kind == "ClusterNetworkPolicy":
            spec["tier"] = self.random.choice(("Admin", "Baseline"))
            ports, actions = "protocols", ("Accept", "Deny", "Pass")
        if kind == "BaselineAdminNetworkPolicy":
            actions = ("Allow", "Deny")
        else:
            spec["priority"] = self.random.randint(1, 9)
        for direction in ("ingress", "egress"):
            if self.chance(0.6):
                spec[direction] = self.admin_rules(actions, ports, egress=direction == "egress")
        return made(version, kind, name, spec)

    # Cilium

    def cilium_rule(self, *, egress: bool, deny: bool) -> dict[str, Any]:
        way = "to" if egress else "from"
        rule: dict[str, Any] = {}
        kind = self.random.random()
        if kind < 0.45:
            labels = self.labels()
            if self.chance(0.4):
                name = self.random.choice(self.words.namespaces)
                labels = {
                    "matchLabels": {
                        **labels.get("matchLabels", {}),
                        "k8s:io.kubernetes.pod.namespace": name,
                    }
                }
            rule[f"{way}Endpoints"] = [labels if self.chance(0.75) else self.cilium_endpoints()]
        elif kind < 0.6:
            rule[f"{way}Entities"] = [
                self.random.choice(("world", "cluster", "host", "remote-node", "all"))
            ]
        elif kind < 0.7:
            rule[f"{way}CIDR"] = [self.random.choice(self.words.blocks)]
        elif kind < 0.75 and not deny:
            rule[f"{way}Requires"] = [self.labels()]
        if self.chance(0.5):
            names = self.words.own_port_names if egress else self.words.port_names
            named = self.chance(0.3)
            text = str(self.random.choice(names if named else (*self.words.ports, 0)))
            port = {"port": text}
            if self.chance(0.7):
                port["protocol"] = "TCP"
            rule["toPorts"] = [{"ports": [port]}]
        elif self.chance(0.15):
            rule["icmps"] = [{"fields": [{"type": self.random.choice((8, 13))}]}]
        return rule

    def cilium_endpoints(self) -> dict[str, Any]:
        """Other than by the labels of pods."""
        name = self.random.choice(self.words.namespaces)
        operator = self.random.choice(("In", "NotIn", "Exists"))
        values = {"values": [name]} if operator != "Exists" else {}
        space = {"key": "k8s:io.kubernetes.pod.namespace", "operator": operator, **values}
        account = {"io.cilium.k8s.policy.serviceaccount": "robot"}
        return self.random.choice(
            ({"matchExpressions": [space]}, {"matchLabels": account}, {"matchLabels": {}})
        )

    def cilium(self, number: int) -> PolicyObject:
        spec: dict[str, Any] = {"endpointSelector": self.labels()}
        for direction in ("ingress", "egress"):
            egress = direction == "egress"
            if self.chance(0.6):
                spec[direction] = [
                    self.cilium_rule(egress=egress, deny=False) for _ in self.some(2)
                ]
            if self.chance(0.3):
                spec[f"{direction}Deny"] = [self.cilium_rule(egress=egress, deny=True)]
        if self.chance(0.15):
            spec["enableDefaultDeny"] = {"ingress": False}
        wide = self.chance(0.3)
        kind = "CiliumClusterwideNetworkPolicy" if wide else "CiliumNetworkPolicy"
        namespace = "" if wide else self.random.choice(self.words.namespaces)
        return made("cilium.io/v2", kind, f"p{number}", spec, namespace)

    # Calico

    def calico_selector(self) -> str:
        app = self.random.choice(self.words.apps)
        return self.random.choice(
            (
                "all()",
                f"app == '{app}'",
                f"app != '{app}'",
                f"app in {{'{app}', '{self.words.apps[0]}'}}",
                "has(tier)",
                "!has(tier)",
                f"app == '{app}' || tier == 'back'",
                "kind == 'set'",
                f"kind == 'set' || app == '{app}'",
            )
        )

    def calico_end(self) -> dict[str, Any]:
        end: dict[str, Any] = {}
        space = self.random.choice(self.words.namespaces)
        if self.chance(0.5):
            end["selector"] = self.calico_selector()
        if self.chance(0.2):
            end["notSelector"] = self.calico_selector()
        if self.chance(0.2):
            end["namespaceSelector"] = self.random.choice(
                (
                    "all()",
                    "global()",
                    "!all()",
                    "team == 'web'",
                    "team != 'web'",
                    f"projectcalico.org/name == '{space}'",
                )
            )
        if self.chance(0.2):
            end["nets"] = [self.random.choice(self.words.blocks)]
        if self.chance(0.1):
            end["notNets"] = [self.random.choice(self.words.blocks)]
        if self.chance(0.15):
            end["serviceAccounts"] = self.random.choice(
                ({"names": ["robot"]}, {"selector": "role == 'batch'"}, {"selector": "!has(role)"})
            )
        return end

    def calico_rule(self, *, egress: bool) -> dict[str, Any]:
        peer, own = ("destination", "source") if egress else ("source", "destination")
        rule: dict[str, Any] = {
            "action": self.random.choice(("Allow", "Allow", "Deny", "Pass", "Log")),
            peer: self.calico_end(),
        }
        if self.chance(0.15):
            rule[own] = {"selector": self.calico_selector()}
        if self.chance(0.4):
            rule["protocol"] = "TCP"
            ports = self.words.port_names if self.chance(0.3) else (*self.words.ports, "8000:8080")
            rule.setdefault("destination", {})["ports"] = [self.random.choice(ports)]
        elif self.chance(0.15):
            rule["protocol"] = "ICMP"
            rule.update(self.random.choice(({}, {"icmp": {"type": 8}}, {"icmp": {"type": 13}})))
        return rule

    def network_sets(self) -> list[PolicyObject]:
        """One of the cluster, and one of a namespace."""
        labels = {"labels": {"kind": "set"}}
        version = "projectcalico.org/v3"
        whole = {"nets": [self.random.choice(self.words.blocks)]}
        own = {"nets": ["203.0.113.10/32"]}
        space = self.random.choice(self.words.namespaces)
        return [
            made(version, "GlobalNetworkSet", "wide", whole, **labels),
            made(version, "NetworkSet", "own", own, space, **labels),
        ]

    def calico(self, number: int, tiers: tuple[str, ...] = ("default",)) -> PolicyObject:
        spec: dict[str, Any] = {
            "selector": self.calico_selector(),
            "tier": self.random.choice(tiers),
        }
        if self.chance(0.8):
            spec["order"] = self.random.choice((1, 5, 999, 1000, 2000, 2.5))
        for direction in ("ingress", "egress"):
            if self.chance(0.6):
                spec[direction] = [
                    self.calico_rule(egress=direction == "egress") for _ in self.some(3)
                ]
        wide = self.chance(0.5)
        kind = "GlobalNetworkPolicy" if wide else "NetworkPolicy"
        namespace = "" if wide else self.random.choice(self.words.namespaces)
        return made("projectcalico.org/v3", kind, f"p{number}", spec, namespace)

    def calico_world(self) -> list[PolicyObject]:
        tiers = [
            made(
                "projectcalico.org/v3",
                "Tier",
                name,
                {"order": order, **({"defaultAction": "Pass"} if self.chance(0.3) else {})},
            )
            for name, order in (("first", 10), ("late", 2_000_000))
        ]
        names = ("default", "first", "late")
        sets = self.network_sets() if self.chance(0.5) else []
        return [*tiers, *sets, *(self.calico(number, names) for number in self.some(4))]

    # NetworkPolicy beside them

    def network_policy(self, number: int) -> wire.NetworkPolicy:
        rules = [
            {
                "from": [{"podSelector": self.labels(), "namespaceSelector": self.spaces()}],
                **(
                    {"ports": [{"port": self.random.choice(self.words.ports)}]}
                    if self.chance(0.5)
                    else {}
                ),
            }
            for _ in self.some(2)
        ]
        egress = [
            {("to" if key == "from" else key): part for key, part in rule.items()} for rule in rules
        ]
        spec = {
            "podSelector": self.labels(),
            "policyTypes": self.random.choice((["Ingress"], ["Egress"], ["Ingress", "Egress"])),
            "ingress": rules,
            "egress": egress,
        }
        name = {"name": f"n{number}", "namespace": self.random.choice(self.words.namespaces)}
        return msgspec.convert({"metadata": name, "spec": spec}, wire.NetworkPolicy)

    def world(self, base: Snapshot, language: str) -> Snapshot:
        """The world with policies of one language, and NetworkPolicies beside them."""
        others = {
            "admin": lambda: [self.admin(number) for number in self.some(3)],
            "cilium": lambda: [self.cilium(number) for number in self.some(3)],
            "calico": self.calico_world,
        }[language]()
        distinct = {other.ref: other for other in others}
        policies = [
            decode_policy(self.network_policy(number))
            for number in range(self.random.randint(0, 2))
        ]
        pods = {
            key: replace(pod, service_account=self.random.choice(("default", "robot")))
            for key, pod in base.pods.items()
        }
        accounts = {(name, "robot"): {"role": "batch"} for name in base.namespaces}
        return replace(
            base,
            pods=pods,
            service_accounts=accounts,
            policies=tuple(policies),
            other_policies=tuple(distinct.values()),
        )
