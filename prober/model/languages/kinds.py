"""The one table of the other policy languages' kinds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from prober.model.languages import admin, calico, cilium
from prober.model.languages.shapes import Shape
from prober.model.objects import Labels, Ref


class Language(StrEnum):
    """A family of kinds that one engine or API brings."""

    NETWORK_POLICY = "NetworkPolicy"
    ADMIN = "AdminNetworkPolicy"
    CLUSTER = "ClusterNetworkPolicy"
    CILIUM = "Cilium"
    CALICO = "Calico"


@dataclass(frozen=True, slots=True)
class LanguageKind:
    """One kind."""

    language: Language
    versions: tuple[str, ...]
    """The apiVersions in which it is served, the best first."""
    kind: str
    plural: str
    namespaced: bool
    shape: type[Shape] | None
    """Of its `spec`; None where only its name counts."""
    policy: bool = True
    """Whether it decides by itself; others are what policies refer to."""
    left_out: str = ""
    """Why it decides nothing in a prediction; empty: it does."""

    @property
    def name(self) -> str:
        """What a `Ref` calls it: the kind, with its group where Kubernetes has the same kind."""
        if (self.kind, self.language) == ("NetworkPolicy", Language.CALICO):
            return "NetworkPolicy.projectcalico.org"
        return self.kind


_CALICO = ("projectcalico.org/v3", "crd.projectcalico.org/v1")
_STAGED = "staged policies are previews: they change nothing until they are enforced"


def _admin(
    language: Language, version: str, kind: str, plural: str, shape: type[Shape]
) -> LanguageKind:
    api_version = f"policy.networking.k8s.io/{version}"
    return LanguageKind(language, (api_version,), kind, plural, False, shape)


def _calico(
    kind: str,
    plural: str,
    namespaced: bool,
    shape: type[Shape] | None,
    *,
    policy: bool = True,
    out: str = "",
) -> LanguageKind:
    return LanguageKind(Language.CALICO, _CALICO, kind, plural, namespaced, shape, policy, out)


KINDS: tuple[LanguageKind, ...] = (
    _admin(
        Language.CLUSTER,
        "v1alpha2",
        "ClusterNetworkPolicy",
        "clusternetworkpolicies",
        admin.ClusterSpec,
    ),
    _admin(
        Language.ADMIN, "v1alpha1", "AdminNetworkPolicy", "adminnetworkpolicies", admin.AdminSpec
    ),
    _admin(
        Language.ADMIN,
        "v1alpha1",
        "BaselineAdminNetworkPolicy",
        "baselineadminnetworkpolicies",
        admin.BaselineSpec,
    ),
    LanguageKind(
        Language.CILIUM,
        ("cilium.io/v2",),
        "CiliumNetworkPolicy",
        "ciliumnetworkpolicies",
        True,
        cilium.CiliumSpec,
    ),
    LanguageKind(
        Language.CILIUM,
        ("cilium.io/v2",),
        "CiliumClusterwideNetworkPolicy",
        "ciliumclusterwidenetworkpolicies",
        False,
        cilium.CiliumSpec,
    ),
    LanguageKind(
        Language.CILIUM,
        ("cilium.io/v2", "cilium.io/v2alpha1"),
        "CiliumCIDRGroup",
        "ciliumcidrgroups",
        False,
        cilium.CidrGroupSpec,
        policy=False,
    ),
    _calico("NetworkPolicy", "networkpolicies", True, calico.CalicoSpec),
    _calico("GlobalNetworkPolicy", "globalnetworkpolicies", False, calico.CalicoSpec),
    _calico("Tier", "tiers", False, calico.TierSpec, policy=False),
    _calico("NetworkSet", "networksets", True, calico.NetworkSetSpec, policy=False),
    _calico("GlobalNetworkSet", "globalnetworksets", False, calico.NetworkSetSpec, policy=False),
    _calico("StagedNetworkPolicy", "stagednetworkpolicies", True, calico.CalicoSpec, out=_STAGED),
    _calico(
        "StagedGlobalNetworkPolicy",
        "stagedglobalnetworkpolicies",
        False,
        calico.CalicoSpec,
        out=_STAGED,
    ),
    _calico(
        "StagedKubernetesNetworkPolicy",
        "stagedkubernetesnetworkpolicies",
        True,
        None,
        out=_STAGED,
    ),
    _calico(
        "HostEndpoint",
        "hostendpoints",
        False,
        None,
        out="policies of a node's own interfaces are not evaluated",
    ),
)
"""Sources: the CRDs that the projects publish."""


@dataclass(frozen=True)
class PolicyObject:
    """One object of these kinds."""

    kind: LanguageKind
    api_version: str
    namespace: str
    """Empty for cluster-wide kinds."""
    name: str
    specs: tuple[Any, ...] = ()
    """Its `spec` in the kind's shape; Cilium's policies may have several."""
    labels: Labels = field(default_factory=dict)

    @property
    def ref(self) -> Ref:
        return Ref(self.kind.name, self.namespace, self.name)

    @property
    def spec(self) -> Any:
        """The only spec, of kinds that have one."""
        return self.specs[0]


BY_KIND: Mapping[tuple[str, str], LanguageKind] = {
    (version, kind.kind): kind for kind in KINDS for version in kind.versions
}
"""By apiVersion and kind."""

BY_NAME: Mapping[str, LanguageKind] = {kind.name: kind for kind in KINDS}
"""By what a `Ref` calls it."""
