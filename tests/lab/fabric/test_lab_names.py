"""Names resolve in a lab as they do in a cluster, by real packets to a real pod."""

from __future__ import annotations

import pytest
from lab_observing import MakeLab, observe
from lab_worlds import SHOP

pytestmark = pytest.mark.lab


async def test_names_of_the_cluster_and_of_the_outside(make_lab: MakeLab) -> None:
    names = [
        "dns://web",
        "dns://web.shop",
        "dns://web.shop.svc.cluster.local",
        "dns://web-headless",
    ]
    names += [
        "dns://github.com",
        "dns://ssh.github.com",
        "dns://nowhere.example",
        "dns://_http._tcp.web.shop.svc.cluster.local?SRV",
    ]
    async with make_lab(SHOP) as lab:
        pods = (await lab.snapshot()).pods
        seen = await observe(
            lab,
            ("pod/shop/far", names),
            ("node/n1", names[4:5]),
            ("outside/customer.example", names[:5]),
        )

    def answers(name: str, where: str = "pod/shop/far") -> tuple[str, ...]:
        return seen.observations[where, name].evidence.dns[-1].answers

    assert {answers(name) for name in names[:3]} == {("198.19.1.1",)}
    assert set(answers("dns://web-headless")) == {
        pods["shop", "web-1"].ips[0],
        pods["shop", "web-2"].ips[0],
    }
    assert answers("dns://github.com") == answers("dns://ssh.github.com") == ("203.0.113.10",)
    assert seen.outcome("pod/shop/far", "dns://nowhere.example") == "dns-nxdomain"
    assert answers(names[7]) == ("0 100 80 web.shop.svc.cluster.local.",)
    assert answers("dns://github.com", "node/n1") == ("203.0.113.10",)
    assert seen.outcome("outside/customer.example", "dns://web") == "dns-nxdomain", (
        "nobody outside knows the cluster"
    )


async def test_dns_is_a_pod_that_a_policy_can_forget(make_lab: MakeLab) -> None:
    policy = """
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web-only, namespace: shop}
spec:
  podSelector: {matchLabels: {app: client}}
  policyTypes: [Egress]
  egress: [{to: [{podSelector: {matchLabels: {app: web}}}]}]
"""
    async with make_lab(SHOP + policy, enforcement="drop") as lab:
        seen = await observe(lab, ("pod/shop/far", ["tcp://web:80", "tcp://198.19.1.1:80"]))
    assert seen.outcome("pod/shop/far", "tcp://web:80") == "dns-timeout"
    assert seen.outcome("pod/shop/far", "tcp://198.19.1.1:80") == "ok"


async def test_cluster_dns_that_may_not_ask_outside_says_servfail(make_lab: MakeLab) -> None:
    policy = """
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed, namespace: kube-system}
spec: {podSelector: {}, policyTypes: [Egress]}
"""
    async with make_lab(SHOP + policy, enforcement="drop") as lab:
        far = next(vantage for vantage in lab.vantages() if vantage.id == "pod/shop/far")
        script = (
            "import dns.message, dns.query, dns.rcode\n"
            "for name in ('github.com.', 'web.shop.svc.cluster.local.'):\n"
            "    answer = dns.query.udp(dns.message.make_query(name, 'A'), '198.19.0.10', "
            "timeout=9)\n"
            "    print(dns.rcode.to_text(answer.rcode()))\n"
        )
        import sys

        code, printed = await lab.command(far, sys.executable, "-c", script)
    assert (code, printed.split()) == (0, ["SERVFAIL", "NOERROR"])
