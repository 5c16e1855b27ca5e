"""Who dials for objects that cannot dial themselves: the controllers that write their conditions.

Sources: the reference documentation of Flux (components), Argo CD (architecture), cert-manager,
Crossplane's and the Prometheus operator's guides; kube-aggregator for APIServices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

API_SERVER = "api-server"
"""The dialler of what the API server itself reaches."""


@dataclass(frozen=True, slots=True)
class ServedKind:
    """A kind with conditions: how it is listed, and who works on it."""

    kind: str
    plural: str
    group: str
    controller: str
    """The name of the controller's Deployment or StatefulSet, or `API_SERVER`."""
    depends_on: tuple[str, ...] = ()
    """Fields that name another object: `spec.sourceRef`."""


KINDS: tuple[ServedKind, ...] = (
    ServedKind("GitRepository", "gitrepositories", "source.toolkit.fluxcd.io", "source-controller"),
    ServedKind("OCIRepository", "ocirepositories", "source.toolkit.fluxcd.io", "source-controller"),
    ServedKind(
        "HelmRepository", "helmrepositories", "source.toolkit.fluxcd.io", "source-controller"
    ),
    ServedKind(
        "HelmChart",
        "helmcharts",
        "source.toolkit.fluxcd.io",
        "source-controller",
        ("spec.sourceRef",),
    ),
    ServedKind("Bucket", "buckets", "source.toolkit.fluxcd.io", "source-controller"),
    ServedKind(
        "Kustomization",
        "kustomizations",
        "kustomize.toolkit.fluxcd.io",
        "kustomize-controller",
        ("spec.sourceRef", "spec.dependsOn"),
    ),
    ServedKind(
        "HelmRelease",
        "helmreleases",
        "helm.toolkit.fluxcd.io",
        "helm-controller",
        ("spec.chartRef", "spec.chart.spec.sourceRef", "spec.dependsOn"),
    ),
    ServedKind(
        "ImageRepository",
        "imagerepositories",
        "image.toolkit.fluxcd.io",
        "image-reflector-controller",
    ),
    ServedKind(
        "ImageUpdateAutomation",
        "imageupdateautomations",
        "image.toolkit.fluxcd.io",
        "image-automation-controller",
        ("spec.sourceRef",),
    ),
    ServedKind(
        "Provider", "providers", "notification.toolkit.fluxcd.io", "notification-controller"
    ),
    ServedKind(
        "Receiver", "receivers", "notification.toolkit.fluxcd.io", "notification-controller"
    ),
    ServedKind("Application", "applications", "argoproj.io", "argocd-repo-server"),
    ServedKind("Certificate", "certificates", "cert-manager.io", "cert-manager"),
    ServedKind("CertificateRequest", "certificaterequests", "cert-manager.io", "cert-manager"),
    ServedKind("Issuer", "issuers", "cert-manager.io", "cert-manager"),
    ServedKind("ClusterIssuer", "clusterissuers", "cert-manager.io", "cert-manager"),
    ServedKind("Challenge", "challenges", "acme.cert-manager.io", "cert-manager"),
    ServedKind("Order", "orders", "acme.cert-manager.io", "cert-manager"),
    ServedKind("APIService", "apiservices", "apiregistration.k8s.io", API_SERVER),
    ServedKind("ExternalSecret", "externalsecrets", "external-secrets.io", "external-secrets"),
    ServedKind("SecretStore", "secretstores", "external-secrets.io", "external-secrets"),
    ServedKind(
        "ClusterSecretStore", "clustersecretstores", "external-secrets.io", "external-secrets"
    ),
)
"""The table; `--kind` adds others for one call."""


API_SERVER_KINDS = ("validatingwebhookconfiguration", "mutatingwebhookconfiguration")
"""Kinds without conditions that say what the API server dials."""
CLUSTER_WIDE_WORDS = (
    "node", "no", "apiservice", "apiservices", "clusterissuer", "clusterissuers",
    "clustersecretstore", "clustersecretstores", *API_SERVER_KINDS,
)  # fmt: skip
"""What people write before the slash for objects without a namespace."""
CLUSTER_WIDE = ("APIService", "ClusterIssuer", "ClusterSecretStore")
"""Of the table's kinds, those without a namespace."""


def by_word(kinds: tuple[ServedKind, ...] = KINDS) -> Mapping[str, ServedKind]:
    """The kinds by what people write before a slash: the kind and the plural, in lower case."""
    return {word: kind for kind in kinds for word in (kind.kind.lower(), kind.plural)}


def controller_of(word: str) -> str:
    """Who dials for objects of this kind; empty where nobody is known."""
    if word.lower() in API_SERVER_KINDS:
        return API_SERVER
    served = by_word().get(word.lower())
    return served.controller if served else ""
