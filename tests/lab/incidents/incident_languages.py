"""Incidents whose cause is a policy in another language than NetworkPolicy: it is named, and the fix
is in its language and at its place."""

from __future__ import annotations

from typing import Any

from incident_objects import Object, allow, pod, pods, policy
from incident_running import Incident

WEB, OTHER = pod("shop/web", "n1"), pod("shop/other", "n1")
DB = pod("shop/db", "n2", "http:9090")
CHECK = "pod/web.shop -> tcp://pod/db.shop:9090"
SHOP = {"namespaces": {"matchLabels": {"kubernetes.io/metadata.name": "shop"}}}


def _object(version: str, kind: str, name: str, spec: Any) -> Object:
    space, slash, short = name.rpartition("/")
    metadata = {"name": short, **({"namespace": space} if slash else {})}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}


def cilium(name: str, app: str, **rules: Any) -> Object:
    """A CiliumNetworkPolicy about the pods of an app."""
    spec = {"endpointSelector": {"matchLabels": {"app": app}}, **rules}
    return _object("cilium.io/v2", "CiliumNetworkPolicy", name, spec)


def cluster_policy(tier: str, direction: str, peers: str) -> Object:
    """A ClusterNetworkPolicy that denies what pods of namespace shop say to each other."""
    spec = {
        "tier": tier,
        "priority": 7,
        "subject": SHOP,
        direction: [{"action": "Deny", peers: [SHOP]}],
    }
    version = "policy.networking.k8s.io/v1alpha2"
    return _object(version, "ClusterNetworkPolicy", "guard", spec)


def admin_policy(kind: str, name: str, direction: str, app: str, **more: Any) -> Object:
    """An AdminNetworkPolicy, or the baseline, that denies what the pods of an app say to namespace
    shop, or hear from it."""
    peers = "to" if direction == "egress" else "from"
    subject = {
        "pods": {
            "namespaceSelector": SHOP["namespaces"],
            "podSelector": {"matchLabels": {"app": app}},
        }
    }
    rule = {"action": "Deny", peers: [SHOP]}
    spec = {"subject": subject, direction: [rule], **more}
    return _object("policy.networking.k8s.io/v1alpha1", kind, name, spec)


def calico(kind: str, name: str, app: str, **more: Any) -> Object:
    """A policy of Calico's about the pods of an app."""
    spec = {"selector": f"app == '{app}'", **more}
    return _object("projectcalico.org/v3", kind, name, spec)


def _without_denials(objects: list[Object]) -> list[Object]:
    """What the policy's owner does: nothing below or beside a denial of Cilium's wins over it."""
    return [
        {**written, "spec": {k: v for k, v in written["spec"].items() if not k.endswith("Deny")}}
        for written in objects
    ]


LANGUAGES = (
    Incident(
        name="a ClusterNetworkPolicy of the Admin tier",
        cause="egress-denied-by-tier",
        says="ClusterNetworkPolicy guard",
        objects=[WEB, DB, cluster_policy("Admin", "egress", "to")],
        checks=[CHECK],
    ),
    Incident(
        name="a ClusterNetworkPolicy of the Baseline tier",
        cause="ingress-denied-by-tier",
        says="ClusterNetworkPolicy guard",
        objects=[WEB, DB, cluster_policy("Baseline", "ingress", "from")],
        checks=[CHECK],
    ),
    Incident(
        name="an AdminNetworkPolicy that keeps everybody out",
        cause="ingress-denied-by-tier",
        says="AdminNetworkPolicy guard",
        objects=[
            WEB,
            DB,
            admin_policy("AdminNetworkPolicy", "guard", "ingress", "db", priority=5),
            policy("shop/db", {"app": "db"}, ingress=[allow(9090, frm=[pods(app="web")])]),
        ],
        checks=[CHECK],
    ),
    Incident(
        name="an AdminNetworkPolicy that lets nobody out",
        cause="egress-denied-by-tier",
        says="AdminNetworkPolicy guard",
        objects=[
            WEB,
            DB,
            admin_policy("AdminNetworkPolicy", "guard", "egress", "web", priority=5),
        ],
        checks=[CHECK],
    ),
    Incident(
        name="a BaselineAdminNetworkPolicy that keeps everybody out",
        cause="ingress-denied-by-tier",
        says="BaselineAdminNetworkPolicy default",
        objects=[
            WEB,
            DB,
            admin_policy("BaselineAdminNetworkPolicy", "default", "ingress", "db"),
        ],
        checks=[CHECK],
    ),
    Incident(
        name="a BaselineAdminNetworkPolicy that lets nobody out",
        cause="egress-denied-by-tier",
        says="BaselineAdminNetworkPolicy default",
        objects=[
            WEB,
            DB,
            admin_policy("BaselineAdminNetworkPolicy", "default", "egress", "web"),
        ],
        checks=[CHECK],
    ),
    Incident(
        name="a policy of Cilium's that admits somebody else",
        cause="ingress-denied-by-tier",
        says="CiliumNetworkPolicy shop/db",
        objects=[
            WEB,
            OTHER,
            DB,
            cilium(
                "shop/db", "db", ingress=[{"fromEndpoints": [{"matchLabels": {"app": "other"}}]}]
            ),
        ],
        checks=[CHECK, "pod/other.shop -> tcp://pod/db.shop:9090"],
    ),
    Incident(
        name="a denial of Cilium's beside an allowance",
        cause="egress-denied-by-tier",
        says="CiliumNetworkPolicy shop/web",
        objects=[
            WEB,
            DB,
            cilium(
                "shop/web",
                "web",
                egress=[{"toEntities": ["cluster"]}],
                egressDeny=[{"toEndpoints": [{"matchLabels": {"app": "db"}}]}],
            ),
        ],
        checks=[CHECK],
        mend=_without_denials,
    ),
    Incident(
        name="a policy of Cilium's that lets out to somebody else",
        cause="egress-denied-by-tier",
        says="CiliumNetworkPolicy shop/web",
        objects=[
            WEB,
            DB,
            cilium(
                "shop/web", "web", egress=[{"toEndpoints": [{"matchLabels": {"app": "other"}}]}]
            ),
        ],
        checks=[CHECK],
    ),
    Incident(
        name="a GlobalNetworkPolicy of Calico's that denies",
        cause="ingress-denied-by-tier",
        says="GlobalNetworkPolicy guard",
        objects=[
            WEB,
            DB,
            calico(
                "GlobalNetworkPolicy",
                "guard",
                "db",
                order=5,
                types=["Ingress"],
                ingress=[{"action": "Deny", "source": {"selector": "app == 'web'"}}],
            ),
        ],
        checks=[CHECK],
    ),
    Incident(
        name="a policy of Calico's that ends its tier",
        cause="egress-denied-by-tier",
        says="NetworkPolicy.projectcalico.org shop/web",
        objects=[
            WEB,
            OTHER,
            DB,
            calico(
                "NetworkPolicy",
                "shop/web",
                "web",
                types=["Egress"],
                egress=[{"action": "Allow", "destination": {"selector": "app == 'other'"}}],
            ),
        ],
        checks=[CHECK],
    ),
)
