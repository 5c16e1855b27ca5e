"""Incidents of the machinery: CNI, kube-proxy, the way outside."""

from __future__ import annotations

from incident_names import COREDNS
from incident_objects import Object, host, lab, pod, unscheduled
from incident_policies import API, DB, DB_SERVICE, GITHUB, OTHER, WEB
from incident_running import Incident

from prober.model.run import Confidence

RBAC = "rbac.authorization.k8s.io"


def agents(name: str, account: str) -> list[Object]:
    """Its pods on both nodes."""
    labels = {"k8s-app": name}
    return [
        pod(
            f"kube-system/{name}-{node}",
            node,
            labels=labels,
            hostNetwork=True,
            serviceAccountName=account,
        )
        for node in ("n1", "n2")
    ]


CILIUM = [
    *agents("cilium", "cilium"),
    {"apiVersion": f"{RBAC}/v1", "kind": "ClusterRole", "metadata": {"name": "cilium"}},
    {"apiVersion": f"{RBAC}/v1", "kind": "ClusterRole", "metadata": {"name": "view"}},
    {
        "apiVersion": f"{RBAC}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "cilium"},
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": "cilium"},
        "subjects": [{"kind": "ServiceAccount", "name": "cilium", "namespace": "kube-system"}],
    },
]
KUBE_PROXY = agents("kube-proxy", "kube-proxy")
DB_1 = pod("shop/db-1", "n1", "http:9090")
ALIVE, BORN = pod("shop/other", "n2", "9090"), pod("shop/db", "n2", "9090")

NODES = (
    Incident(
        name="a pod that no node takes",
        cause="pod-without-network",
        says="pod shop/db has no address: no node takes it: 0/2 nodes are available",
        objects=[
            WEB,
            ALIVE,
            unscheduled("shop/db", "9090", why="0/2 nodes are available: 2 Insufficient memory."),
        ],
        checks=[
            "pod/web.shop -> tcp://pod/db.shop:9090",
            "pod/web.shop -> tcp://pod/other.shop:9090",
            "pod/db.shop -> tcp://pod/other.shop:9090",
        ],
        mend=lambda objects: [
            BORN if item["metadata"]["name"] == "db" else item for item in objects
        ],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a CNI that has lost its rights",
        cause="cni-lost-rights",
        says="no ClusterRoleBinding names their service account kube-system/cilium",
        objects=[*COREDNS, *CILIUM, *API, WEB, DB, DB_SERVICE],
        checks=[
            "pod/web.shop -> tcp://svc/kubernetes.default:443",
            "pod/web.shop -> dns://kubernetes.default.svc.cluster.local",
            "pod/web.shop -> tcp://db.shop.svc.cluster.local:80",
            "node/n1 -> tcp://svc/kubernetes.default:443",
        ],
        faults=["cni-no-rights"],
        enforcement="drop",
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a CNI without rights on one node",
        cause="cni-lost-rights",
        objects=[*COREDNS, *CILIUM, WEB, OTHER, DB],
        checks=[
            "pod/web.shop -> tcp://pod/db.shop:9090",
            "pod/other.shop -> tcp://pod/db.shop:9090",
        ],
        faults=["cni-no-rights=node/n1"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a pod without identity",
        cause="pod-network-dead",
        says="the network of pod shop/db is dead",
        objects=[WEB, OTHER, DB, DB_SERVICE],
        checks=["pod/web.shop -> tcp://svc/db.shop:80", "pod/other.shop -> tcp://pod/db.shop:9090"],
        faults=["lost-identity=pod/db.shop"],
    ),
    Incident(
        name="a CNI agent that is down",
        cause="cni-agent-down",
        says="on n1 is down",
        objects=[*COREDNS, *CILIUM, WEB, OTHER, DB, DB_1, DB_SERVICE],
        checks=[
            "pod/web.shop -> tcp://pod/db.shop:9090",
            "pod/other.shop -> tcp://pod/db.shop:9090",
            "pod/other.shop -> tcp://pod/db-1.shop:9090",
            "pod/web.shop -> tcp://pod/db-1.shop:9090",
            "pod/web.shop -> dns://db.shop.svc.cluster.local",
        ],
        faults=["cni-agent-down=node/n1"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="nodes between which nothing passes",
        cause="node-unreachable",
        says="nothing passes between",
        objects=[WEB, OTHER, DB, DB_1],
        checks=[
            "pod/web.shop -> tcp://pod/db.shop:9090",
            "pod/other.shop -> tcp://pod/db-1.shop:9090",
        ],
        faults=["cni-agent-down=node/n1"],
        confidence=Confidence.POSSIBLE,
    ),
    Incident(
        name="a way that something stops",
        cause="blocked-against-policy",
        says="something other than the NetworkPolicies stops node/n1 → shop/db",
        objects=[WEB, DB],
        checks=["node/n1 -> tcp://pod/db.shop:9090"],
        faults=["cni-agent-down=node/n2"],
        confidence=Confidence.POSSIBLE,
    ),
    Incident(
        name="a kube-proxy that is down",
        cause="kube-proxy-down",
        says="on n1",
        objects=[*COREDNS, *KUBE_PROXY, WEB, OTHER, DB, DB_SERVICE],
        checks=[
            "pod/web.shop -> tcp://svc/db.shop:80",
            "pod/web.shop -> tcp://db.shop.svc.cluster.local:80",
            "pod/other.shop -> tcp://svc/db.shop:80",
        ],
        faults=["kube-proxy-down=node/n1"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a firewall outside that drops",
        cause="outside-firewall",
        says="github.com:22/tcp is blocked outside the cluster",
        objects=[GITHUB, WEB],
        checks=["pod/web.shop -> tcp://github.com:22", "pod/web.shop -> tcp://github.com:443"],
        faults=["firewall=github.com:22"],
    ),
    Incident(
        name="a firewall outside that rejects",
        cause="outside-firewall",
        says="github.com:22/tcp is blocked outside the cluster",
        objects=[GITHUB, WEB],
        checks=["pod/web.shop -> tcp://github.com:22", "pod/web.shop -> tcp://github.com:443"],
        faults=["firewall=github.com:22,reject"],
        enforcement="drop",
    ),
    Incident(
        name="a proxy that is not used",
        cause="proxy-not-used",
        says="only through the proxy proxy.example:3128",
        objects=[
            lab(host("github.com", "443:tls"), host("proxy.example", "3128:echo")),
            pod(
                "shop/web",
                "n1",
                env={"HTTPS_PROXY": "http://proxy.example:3128", "NO_PROXY": ".cluster.local"},
            ),
        ],
        checks=["pod/web.shop -> tcp://github.com:443"],
        faults=["proxy-only=proxy.example:3128"],
    ),
    Incident(
        name="a way to a node that swallows large packets",
        cause="mtu-black-hole",
        says="to n2 swallows large packets",
        objects=[WEB, DB],
        checks=[
            "pod/web.shop -> icmp://pod/db.shop?size=1400",
            "pod/web.shop -> tcp://pod/db.shop:9090",
        ],
        faults=["low-mtu=node/n2:1280"],
    ),
    Incident(
        name="a way outside that swallows large packets",
        cause="mtu-black-hole",
        says="to github.com swallows large packets",
        objects=[GITHUB, WEB],
        checks=[
            "pod/web.shop -> icmp://github.com?size=1400",
            "pod/web.shop -> tcp://github.com:22",
        ],
        faults=["low-mtu"],
    ),
)
