"""Services are translated as kube-proxy does it: every kind, from everywhere."""

from __future__ import annotations

import pytest
from lab_observing import MakeLab, observe
from lab_worlds import SHOP

from prober.model.check import Vantage, VantageKind
from prober.model.probe import Observed, Plan, Probe, ProbeKind

pytestmark = pytest.mark.lab

EVERYWHERE = ("pod/shop/client", "pod/shop/far", "node/n1", "node/n3", "outside/customer.example")
INSIDE = EVERYWHERE[:-1]
NODES = ("198.51.100.11", "198.51.100.12", "198.51.100.13")


async def test_a_cluster_ip_is_answered_inside_and_unknown_outside(make_lab: MakeLab) -> None:
    urls = [
        "tcp://198.19.1.1:80",
        "udp://198.19.1.1:5",
        "tcp://198.19.1.1:81",
        "tcp://198.19.9.9:80",
    ]
    async with make_lab(SHOP) as lab:
        seen = await observe(lab, *((where, urls) for where in EVERYWHERE))
    for where in INSIDE:
        assert seen.outcome(where, urls[0]) == "ok", where
        assert seen.outcome(where, urls[1]) == "ok", where
        assert seen.outcome(where, urls[2]) == "timeout", (
            "a port that the Service does not have goes nowhere"
        )
        assert seen.outcome(where, urls[3]) == "timeout", (
            "an address that no Service has goes nowhere"
        )
    assert set(seen.outcomes(urls[0]).values()) == {"ok", "timeout"}


async def test_node_ports_and_load_balancers_are_reached_from_everywhere(make_lab: MakeLab) -> None:
    urls = ["tcp://203.0.113.201:80", "udp://203.0.113.201:5"]
    urls += [f"tcp://{node}:30080" for node in NODES] + [f"udp://{NODES[2]}:30005"]
    async with make_lab(SHOP) as lab:
        seen = await observe(lab, *((where, urls) for where in EVERYWHERE))
    assert {outcome for url in urls for outcome in seen.outcomes(url).values()} == {"ok"}


async def test_local_keeps_the_source_and_answers_only_where_there_is_an_endpoint(
    make_lab: MakeLab,
) -> None:
    urls = [f"tcp://{node}:30081" for node in NODES]
    outside = "outside/customer.example"
    async with make_lab(SHOP) as lab:
        seen = await observe(
            lab,
            (outside, [*urls, "tcp://203.0.113.202:80"]),
            ("node/n3", urls[2:]),
            ("pod/shop/far", ["tcp://203.0.113.202:80"]),
        )
    assert [seen.outcome(outside, url) for url in urls] == ["ok", "ok", "timeout"]
    assert seen.outcome(outside, "tcp://203.0.113.202:80") == "ok", (
        "its address is announced by a node with endpoints"
    )
    assert seen.outcome("node/n3", urls[2]) == "ok", "the node itself is not external"
    assert seen.outcome("pod/shop/far", "tcp://203.0.113.202:80") == "ok", "neither are pods"


async def test_internal_local_serves_the_pods_of_the_same_node_only(make_lab: MakeLab) -> None:
    url = "tcp://198.19.1.3:80"
    async with make_lab(SHOP) as lab:
        seen = await observe(lab, ("pod/shop/client", [url]), ("pod/shop/far", [url]))
    assert seen.outcomes(url) == {"pod/shop/client": "ok", "pod/shop/far": "timeout"}


async def test_a_service_without_endpoints_is_refused_by_the_node(make_lab: MakeLab) -> None:
    urls = ["tcp://198.19.1.4:80", f"tcp://{NODES[1]}:30084"]
    async with make_lab(SHOP) as lab:
        seen = await observe(
            lab, ("pod/shop/far", urls), ("node/n1", urls), ("outside/customer.example", urls[1:])
        )
    assert seen.senders("pod/shop/far", urls[0]) == [(3, 3, NODES[2])]
    assert seen.senders("pod/shop/far", urls[1]) == [(3, 3, NODES[1])]
    assert seen.outcome("node/n1", urls[0]) == "rejected"
    assert seen.outcome("outside/customer.example", urls[1]) == "rejected"


async def test_a_pod_reaches_itself_through_its_service(make_lab: MakeLab) -> None:
    manifest = SHOP.replace(
        "name: web-2, namespace: shop, labels: {app: web}", "name: web-2, namespace: shop"
    )
    urls = [
        "tcp://198.19.1.1:80",
        "tcp://web:80",
        "tcp://203.0.113.201:80",
        f"tcp://{NODES[2]}:30080",
    ]
    async with make_lab(manifest) as lab:
        seen = await observe(lab, ("pod/shop/web-1", urls))
    assert {seen.outcome("pod/shop/web-1", url) for url in urls} == {"ok"}


async def test_the_api_server_is_reached_through_its_service(make_lab: MakeLab) -> None:
    url = "https://kubernetes.default.svc:443/"
    async with make_lab(SHOP) as lab:
        seen = await observe(lab, ("pod/shop/far", [url]), ("pod/shop/client", [url]))
    assert set(seen.outcomes(url).values()) == {"ok"}


async def test_an_unready_pod_gets_no_traffic(make_lab: MakeLab) -> None:
    text = SHOP.replace(
        "spec:\n  nodeName: n2\n  containers:\n    - name: web",
        "status: {phase: Running, conditions: [{type: Ready, status: 'False'}]}\nspec:\n  "
        "nodeName: n2\n  containers:\n"
        "    - name: web",
    )
    async with make_lab(text) as lab:
        seen = await observe(
            lab,
            ("outside/customer.example", [f"tcp://{node}:30081" for node in NODES[:2]]),
            ("pod/shop/far", ["dns://web-headless"]),
        )
        pods = (await lab.snapshot()).pods
    assert [
        seen.outcome("outside/customer.example", f"tcp://{node}:30081") for node in NODES[:2]
    ] == ["ok", "timeout"]
    assert (
        seen.observations["pod/shop/far", "dns://web-headless"].evidence.dns[-1].answers
        == pods["shop", "web-1"].ips
    )


async def test_what_nobody_has_is_unreachable(make_lab: MakeLab) -> None:
    urls = ["tcp://198.18.2.99:80", "tcp://203.0.113.99:80", "tcp://192.0.2.1:80"]
    async with make_lab(SHOP) as lab:
        router = lab.world.router[4]
        seen = await observe(lab, ("pod/shop/client", urls), ("node/n2", urls))
    assert seen.senders("pod/shop/client", urls[0]) == [(3, 1, NODES[1])]
    assert seen.senders("pod/shop/client", urls[1]) == [(3, 1, router)]
    assert seen.senders("pod/shop/client", urls[2]) == [(3, 0, router)]
    assert {seen.outcome("node/n2", url) for url in urls} == {"unreachable"}


async def test_a_host_port_is_a_port_of_the_pods_node(make_lab: MakeLab) -> None:
    text = SHOP.replace("containerPort: 8080}", "containerPort: 8080, hostPort: 8088}", 1)
    urls = [f"tcp://{NODES[0]}:8088", f"tcp://{NODES[1]}:8088"]
    async with make_lab(text) as lab:
        seen = await observe(lab, ("outside/customer.example", urls), ("pod/shop/far", urls[:1]))
    assert [seen.outcome("outside/customer.example", url) for url in urls] == ["ok", "refused"]
    assert seen.outcome("pod/shop/far", urls[0]) == "ok"


@pytest.mark.parametrize(("affinity", "kinds"), [("ClientIP", 1), ("None", 2)])
async def test_session_affinity_keeps_a_client_at_one_pod(
    make_lab: MakeLab, affinity: str, kinds: int
) -> None:
    """web-2 does not listen, so its share of the connections is refused."""
    text = SHOP.replace(
        "  clusterIP: 198.19.1.1\n", f"  clusterIP: 198.19.1.1\n  sessionAffinity: {affinity}\n"
    )
    far = Vantage(VantageKind.POD, "shop", "far")
    probes = tuple(Probe(f"{number}", ProbeKind.TCP, "198.19.1.1", 80) for number in range(40))
    async with make_lab(text, "not-listening=pod/web-2.shop:8080") as lab:
        items = [item async for item in lab.run([(far, Plan(far.id, probes))])]
    outcomes = {item.observation.outcome.value for item in items if isinstance(item, Observed)}
    assert len(outcomes) == kinds
    assert outcomes <= {"ok", "refused"}
