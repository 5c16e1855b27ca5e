"""Faults in the network's own machinery look on the wire like what they stand for, and the objects
show them."""

from __future__ import annotations

import pytest
from lab_observing import MakeLab, observe
from lab_worlds import CLOSED, SHOP

from prober.model.objects import Ref

pytestmark = pytest.mark.lab

CLIENT, FAR = "pod/shop/client", "pod/shop/far"
CACHE = "198.19.255.53"
MACHINERY = """
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: cilium, namespace: kube-system}
spec:
  selector: {matchLabels: {k8s-app: cilium}}
  template:
    metadata: {labels: {k8s-app: cilium}}
    spec: {hostNetwork: true, serviceAccountName: cilium, containers: [{name: agent, image: x}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: kube-proxy, namespace: kube-system}
spec:
  selector: {matchLabels: {k8s-app: kube-proxy}}
  template:
    metadata: {labels: {k8s-app: kube-proxy}}
    spec: {hostNetwork: true, containers: [{name: kube-proxy, image: x}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: cilium}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: cilium}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cilium}
subjects: [{kind: ServiceAccount, name: cilium, namespace: kube-system}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: view}
"""
AGENT = Ref("ServiceAccount", "kube-system", "cilium")


def with_lab_words(text: str, words: str) -> str:
    """The world with more in its Lab document."""
    assert "kind: Lab\n" in text
    return text.replace("kind: Lab\n", f"kind: Lab\n{words}\n")


async def test_without_kube_proxy_services_fail_on_that_node_and_endpoints_work(
    make_lab: MakeLab,
) -> None:
    async with make_lab(SHOP + MACHINERY, "kube-proxy-down=node/n1") as lab:
        snapshot = await lab.snapshot()
        direct = f"tcp://{snapshot.pods['shop', 'web-2'].ips[0]}:8080"
        urls = ["tcp://198.19.1.1:80", direct, "tcp://203.0.113.10:22"]
        seen = await observe(lab, (CLIENT, urls), ("node/n1", urls[:1]), (FAR, urls[:1]))
    assert [seen.outcome(CLIENT, url) for url in urls] == ["timeout", "ok", "ok"]
    assert seen.outcomes(urls[0]) == {CLIENT: "timeout", "node/n1": "timeout", FAR: "ok"}
    ready = {
        pod.node: pod.ready for pod in snapshot.pods.values() if pod.name.startswith("kube-proxy")
    }
    assert ready == {"n1": False, "n2": True, "n3": True}


async def test_without_its_cni_agent_nobody_knows_the_way_to_a_nodes_pods(
    make_lab: MakeLab,
) -> None:
    async with make_lab(SHOP + MACHINERY, "cni-agent-down=node/n1") as lab:
        snapshot = await lab.snapshot()
        first = f"tcp://{snapshot.pods['shop', 'web-1'].ips[0]}:8080"
        two = f"tcp://{snapshot.pods['shop', 'web-2'].ips[0]}:8080"
        seen = await observe(
            lab,
            (CLIENT, [first, two, "tcp://203.0.113.10:22"]),
            (FAR, [first]),
            ("node/n1", [first]),
            ("node/n2", [first]),
        )
    assert seen.outcomes(first) == {
        CLIENT: "ok",
        FAR: "timeout",
        "node/n1": "ok",
        "node/n2": "timeout",
    }
    assert seen.outcome(CLIENT, two) == "timeout", "there is no way back"
    assert seen.outcome(CLIENT, "tcp://203.0.113.10:22") == "ok", "masqueraded as the node"
    assert not next(
        p for p in snapshot.pods.values() if p.name.startswith("cilium") and p.node == "n1"
    ).ready


async def test_a_cni_agent_without_rights_leaves_pods_dead_and_host_networks_alive(
    make_lab: MakeLab,
) -> None:
    assert make_lab(SHOP + MACHINERY).world.snapshot.has_rights(AGENT) is True
    api = "tcp://198.19.0.1:443"
    async with make_lab(SHOP + MACHINERY, "cni-no-rights", enforcement="drop") as lab:
        snapshot = await lab.snapshot()
        web = f"tcp://{snapshot.pods['shop', 'web-1'].ips[0]}:8080"
        seen = await observe(lab, (CLIENT, [api, web, "dns://web"]), ("node/n1", [api, web]))
    assert [seen.outcome(CLIENT, url) for url in (api, web, "dns://web")] == [
        "timeout",
        "timeout",
        "dns-timeout",
    ]
    assert [seen.outcome("node/n1", url) for url in (api, web)] == ["ok", "timeout"]
    assert snapshot.has_rights(AGENT) is False
    assert list(snapshot.cluster_roles) == ["view"], "only the agent's role is gone"


async def test_cluster_dns_that_crashed_is_rejected_by_the_node(make_lab: MakeLab) -> None:
    async with make_lab(SHOP, "dns-down") as lab:
        snapshot = await lab.snapshot()
        seen = await observe(
            lab, (CLIENT, ["dns://web", "tcp://198.19.1.1:80"]), ("node/n1", ["dns://github.com"])
        )
    assert seen.outcome(CLIENT, "dns://web") == "dns-refused"
    assert seen.outcome(CLIENT, "tcp://198.19.1.1:80") == "ok"
    assert seen.outcome("node/n1", "dns://github.com") == "ok", "only cluster DNS is down"
    assert not snapshot.pods["kube-system", "coredns"].ready


async def test_pods_ask_the_cache_of_their_node(make_lab: MakeLab) -> None:
    names = ["dns://web", "dns://github.com", "dns://nowhere.example"]
    async with make_lab(with_lab_words(SHOP, f"nodeLocalDNS: {CACHE}")) as lab:
        seen = await observe(lab, (FAR, names))
    assert [seen.outcome(FAR, name) for name in names] == ["ok", "ok", "dns-nxdomain"]
    assert {seen.observations[FAR, name].evidence.dns[-1].server for name in names} == {CACHE}


async def test_a_cache_that_is_cut_off_knows_no_cluster_names(make_lab: MakeLab) -> None:
    text = with_lab_words(SHOP, f"nodeLocalDNS: {CACHE}")
    async with make_lab(text, "dns-cache-cut-off=node/n1") as lab:
        web = "dns://web.shop.svc.cluster.local."
        seen = await observe(
            lab,
            (CLIENT, [web, "dns://github.com."]),
            (FAR, [web]),
            ("node/n1", ["tcp://198.19.1.1:80"]),
        )
    assert seen.outcomes(web) == {CLIENT: "dns-timeout", FAR: "ok"}
    assert seen.outcome(CLIENT, "dns://github.com.") == "ok", "it asks outside for itself"
    assert seen.outcome("node/n1", "tcp://198.19.1.1:80") == "ok"


@pytest.mark.parametrize(
    ("enforcement", "outcome"), [("reject", "dns-refused"), ("drop", "dns-timeout")]
)
async def test_a_policy_can_forget_the_cache(
    make_lab: MakeLab, enforcement: str, outcome: str
) -> None:
    policy = """
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: dns, namespace: shop}
spec:
  podSelector: {matchLabels: {app: %s}}
  policyTypes: [Egress]
  egress: [{to: [%s], ports: [{port: 53, protocol: UDP}, {port: 53}]}]
"""
    cluster_dns = "{namespaceSelector: {}, podSelector: {matchLabels: {k8s-app: kube-dns}}}"
    text = with_lab_words(SHOP, f"nodeLocalDNS: {CACHE}")
    async with make_lab(text + policy % ("client", cluster_dns), enforcement=enforcement) as lab:
        seen = await observe(lab, (CLIENT, ["dns://web"]))
    assert seen.outcome(CLIENT, "dns://web") == outcome
    block = f"{cluster_dns}, {{ipBlock: {{cidr: {CACHE}/32}}}}"
    async with make_lab(text + policy % ("client", block), enforcement=enforcement) as lab:
        seen = await observe(lab, (CLIENT, ["dns://web"]))
    assert seen.outcome(CLIENT, "dns://web") == "ok"


async def test_only_the_proxy_is_let_out(make_lab: MakeLab) -> None:
    proxy = "tcp://customer.example:9000"
    text = with_lab_words(SHOP, "metadata: {name: proxied}").replace(
        "  - name: customer.example\n",
        "  - name: customer.example\n    listeners: [{port: 9000}]\n",
    )
    assert "port: 9000" in text
    async with make_lab(text, "proxy-only=customer.example:9000") as lab:
        seen = await observe(
            lab,
            (CLIENT, [proxy, "tcp://github.com:22"]),
            ("node/n1", [proxy, "tcp://github.com:22"]),
        )
    assert set(seen.outcomes(proxy).values()) == {"ok"}
    assert set(seen.outcomes("tcp://github.com:22").values()) == {"timeout"}


async def test_policies_that_come_late_are_there_in_the_end(make_lab: MakeLab) -> None:
    """How soon a probe starts is the machine's to decide, so this only waits for the end; that they
    are not there at first is in the rules that the lab starts with."""
    ssh = "tcp://203.0.113.10:22"
    async with make_lab(CLOSED, "late-enforcement:200") as lab:
        first = {space.name: space.ruleset for space in lab.blueprint.spaces}
        assert not any("table inet policies" in rules for rules in first.values())
        assert any("table inet policies" in space.policies for space in lab.blueprint.spaces)
        while (await observe(lab, (FAR, [ssh]))).outcome(FAR, ssh) == "ok":
            pass
        seen = await observe(lab, (FAR, [ssh]))
    assert seen.outcome(FAR, ssh) == "rejected"
