"""Calico's policies (`projectcalico.org/v3`, and `crd.projectcalico.org/v1` as its API server
stores them), as libcalico's API types define them."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import field

from prober.model.languages.shapes import Shape

CalicoAction = Literal["Allow", "Deny", "Log", "Pass"]
CalicoType = Literal["Ingress", "Egress"]


class ServiceAccounts(Shape, frozen=True):
    """Pods by their service account: by name, by its labels, or both."""

    names: tuple[str, ...] | None = None
    selector: str | None = None


class ServiceMatch(Shape, frozen=True):
    name: str | None = None
    namespace: str | None = None


class EntityRule(Shape, frozen=True):
    """What a rule says about one end. Every field that is there must hold."""

    nets: tuple[str, ...] | None = None
    not_nets: tuple[str, ...] | None = None
    selector: str | None = None
    not_selector: str | None = None
    namespace_selector: str | None = None
    ports: tuple[int | str, ...] | None = None
    not_ports: tuple[int | str, ...] | None = None
    service_accounts: ServiceAccounts | None = None
    services: ServiceMatch | None = None
    domains: tuple[str, ...] | None = None
    """Of Calico Enterprise only."""


class IcmpMatch(Shape, frozen=True):
    type: int | None = None
    code: int | None = None


class HttpMatch(Shape, frozen=True):
    methods: tuple[str, ...] | None = None
    paths: Any = None


class Rule(Shape, frozen=True):
    action: CalicoAction
    ip_version: Literal[4, 6] | None = field(name="ipVersion", default=None)
    protocol: int | str | None = None
    not_protocol: int | str | None = None
    icmp: IcmpMatch | None = None
    not_icmp: IcmpMatch | None = field(name="notICMP", default=None)
    source: EntityRule | None = None
    destination: EntityRule | None = None
    http: HttpMatch | None = None
    metadata: Any = None


class CalicoSpec(Shape, frozen=True):
    """The `spec` of a NetworkPolicy, a GlobalNetworkPolicy, and of the staged kinds of them."""

    tier: str | None = None
    order: float | None = None
    selector: str | None = None
    namespace_selector: str | None = None
    """Of a GlobalNetworkPolicy."""
    service_account_selector: str | None = None
    types: tuple[CalicoType, ...] | None = None
    ingress: tuple[Rule, ...] | None = None
    egress: tuple[Rule, ...] | None = None
    do_not_track: bool | None = None
    pre_dnat: bool | None = field(name="preDNAT", default=None)
    apply_on_forward: bool | None = None
    performance_hints: Any = None
    staged_action: str | None = None


class TierSpec(Shape, frozen=True):
    order: float | None = None
    default_action: Literal["Deny", "Pass"] | None = None


class NetworkSetSpec(Shape, frozen=True):
    """Of a NetworkSet or a GlobalNetworkSet."""

    nets: tuple[str, ...] | None = None
