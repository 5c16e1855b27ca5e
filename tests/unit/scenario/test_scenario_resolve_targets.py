"""From targets to flows and probes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from prober.model.check import Check, Endpoint, EndpointKind, Expectation
from prober.model.errors import InputError, Location
from prober.model.probe import ProbeKind
from prober.model.snapshot import Snapshot
from prober.scenario import CheckSpec, Scenario, parse_source, parse_target, resolve


def check_to(
    target: str, snapshot: Snapshot, source: str = "pod/lone.shop", **changes: object
) -> Check:
    [check] = checks_to(target, snapshot, source, **changes)
    return check


def checks_to(
    target: str, snapshot: Snapshot, source: str = "pod/lone.shop", **changes: object
) -> tuple[Check, ...]:
    spec = replace(CheckSpec(parse_source(source), parse_target(target, "shop")), **changes)  # type: ignore[arg-type]  # fields by name
    return resolve(Scenario("test", (spec,), namespace="shop"), snapshot)


def end(endpoint: Endpoint) -> tuple[str, str, str]:
    return endpoint.kind.value, endpoint.namespace, endpoint.name


@pytest.mark.parametrize(
    ("target", "destination", "port", "host"),
    [
        ("tcp://github.com:22", ("host", "", "github.com"), 22, "github.com"),
        ("tcp://203.0.113.10:22", ("host", "", "203.0.113.10"), 22, "203.0.113.10"),
        ("tcp://svc/web:80", ("service", "shop", "web"), 80, "198.19.0.20"),
        ("tcp://svc/web:http", ("service", "shop", "web"), 80, "198.19.0.20"),
        ("tcp://svc/web:80?family=ipv6", ("service", "shop", "web"), 80, "2001:db8:5::20"),
        (
            "tcp://svc/planned:80",
            ("service", "shop", "planned"),
            80,
            "planned.shop.svc.cluster.local",
        ),
        ("tcp://svc/db:5432", ("pod", "shop", "db-0"), 5432, "198.18.1.21"),
        ("tcp://svc/db:sql", ("pod", "shop", "db-0"), 8080, "198.18.1.21"),
        ("tcp://pod/web-b:8080", ("pod", "shop", "web-b"), 8080, "198.18.2.11"),
        ("tcp://pod/web-b:http", ("pod", "shop", "web-b"), 8080, "198.18.2.11"),
        ("tcp://pod/web-b:9999?family=ipv6", ("pod", "shop", "web-b"), 9999, "2001:db8:2::11"),
        ("tcp://deploy/web:http", ("pod", "shop", "web-b"), 8080, "198.18.2.11"),
        ("udp://pod/web-b:dns", ("pod", "shop", "web-b"), 53, "198.18.2.11"),
        ("tcp://node/n1:30080", ("node", "", "n1"), 30080, "198.51.100.11"),
        ("icmp://node/n1", ("node", "", "n1"), None, "198.51.100.11"),
        ("icmp://pod/web-b", ("pod", "shop", "web-b"), None, "198.18.2.11"),
    ],
)
def test_where_the_flow_ends_and_what_is_probed(
    target: str, destination: tuple[str, str, str], port: int | None, host: str, snapshot: Snapshot
) -> None:
    check = check_to(target, snapshot)
    assert end(check.flow.destination) == destination
    assert (check.flow.port, check.probe.host, check.probe.port) == (port, host, port or 0)


@pytest.mark.parametrize(
    ("host", "destination"),
    [
        ("web.shop.svc.cluster.local", ("service", "shop", "web")),
        ("web.shop.svc.cluster.local.", ("service", "shop", "web")),
        ("web.shop.svc", ("service", "shop", "web")),
        ("web.shop", ("service", "shop", "web")),
        ("web", ("service", "shop", "web")),
        ("db-0.db.shop.svc.cluster.local", ("pod", "shop", "db-0")),
        ("db-0.db.shop", ("pod", "shop", "db-0")),
        ("db-0.db", ("pod", "shop", "db-0")),
        ("web.shop.", ("host", "", "web.shop.")),
        ("mon", ("host", "", "mon")),
        ("mon.ops", ("service", "ops", "mon")),
        ("nothing.shop.svc.cluster.local", ("host", "", "nothing.shop.svc.cluster.local")),
        ("a.web.shop.example.com", ("host", "", "a.web.shop.example.com")),
        ("198.19.0.20", ("service", "shop", "web")),
        ("[2001:db8:5:0:0::20]", ("service", "shop", "web")),
        ("198.18.2.11", ("pod", "shop", "web-b")),
        ("198.51.100.11", ("node", "", "n1")),
        ("198.18.1.41", ("host", "", "198.18.1.41")),
        # A load balancer's address: the predictor needs the address to know that the way leads over
        # a node.
        ("203.0.113.50", ("host", "", "203.0.113.50")),
    ],
)
def test_hosts_that_are_something_in_the_cluster(
    host: str, destination: tuple[str, str, str], snapshot: Snapshot
) -> None:
    check = check_to(f"tcp://{host}:80", snapshot)
    assert end(check.flow.destination) == destination
    # The probe still uses what was written, so that a name is looked up for real.
    assert check.probe.host == host.strip("[]")


def test_short_names_mean_nothing_on_a_node(snapshot: Snapshot) -> None:
    assert (
        check_to("tcp://web.shop:80", snapshot, "node/n1").flow.destination.kind
        is EndpointKind.OUTSIDE
    )


@pytest.mark.parametrize(
    ("target", "names"),
    [
        ("tcp://deploy/web:80", ["web-b"]),
        ("tcp://pods/app=web:80", ["web-a", "web-b", "web-c"]),
        ("tcp://svc/db:80", ["db-0"]),
    ],
)
def test_which_of_several_pods(target: str, names: list[str], snapshot: Snapshot) -> None:
    assert [check.flow.destination.name for check in checks_to(target, snapshot)] == names
    assert len(checks_to(target, snapshot, endpoints="one")) == 1


def test_all_endpoints_of_a_service_are_its_ready_pods_on_their_own_port(
    snapshot: Snapshot,
) -> None:
    checks = checks_to("tcp://svc/web:80", snapshot, endpoints="all")
    assert [
        (end(check.flow.destination), check.probe.host, check.flow.port) for check in checks
    ] == [(("pod", "shop", "web-b"), "198.18.2.11", 8080)]
    checks = checks_to("tcp://svc/db:sql", snapshot, endpoints="all")
    assert [(check.probe.host, check.flow.port) for check in checks] == [
        ("198.18.1.21", 8080),
        ("198.18.2.21", 8080),
    ]
    assert [check.name for check in checks] == ["lone → pod/db-0:8080", "lone → pod/db-1:8080"]


@pytest.mark.parametrize(
    ("target", "protocol"),
    [
        ("tcp://a.b:1", "TCP"),
        ("udp://a.b:1", "UDP"),
        ("http://a.b", "TCP"),
        ("https://a.b", "TCP"),
        ("tls://a.b:1", "TCP"),
        ("icmp://a.b", "ICMP"),
        ("dns://a.b", "UDP"),
        ("dns://a.b?transport=tcp", "TCP"),
    ],
)
def test_the_protocol_that_policies_see(target: str, protocol: str, snapshot: Snapshot) -> None:
    assert check_to(target, snapshot).flow.protocol == protocol


def test_dns_goes_to_the_clusters_own_server(snapshot: Snapshot) -> None:
    check = check_to("dns://github.com?type=AAAA", snapshot)
    assert end(check.flow.destination) == ("service", "kube-system", "kube-dns")
    assert (check.flow.port, check.probe.kind, check.probe.host) == (
        53,
        ProbeKind.DNS,
        "github.com",
    )
    assert (check.probe.server, check.probe.port, check.probe.record) == ("", 0, "AAAA")


@pytest.mark.parametrize("source", ["node/n1", "ds/host.shop"])
def test_a_nodes_own_network_asks_servers_that_nobody_knows(
    source: str, snapshot: Snapshot
) -> None:
    check = check_to("dns://github.com", snapshot, source)
    assert check.flow.destination.kind is EndpointKind.OUTSIDE
    assert check.flow.destination.label.startswith("name servers of ")


@pytest.mark.parametrize(
    ("target", "destination", "server", "port"),
    [
        (
            "dns://a.b@svc/kube-dns.kube-system",
            ("service", "kube-system", "kube-dns"),
            "198.19.0.10",
            0,
        ),
        (
            "dns://a.b@pod/dns-0.kube-system:5353",
            ("pod", "kube-system", "dns-0"),
            "198.18.1.53",
            5353,
        ),
        ("dns://a.b@203.0.113.53", ("host", "", "203.0.113.53"), "203.0.113.53", 0),
        ("dns://a.b@ns.example.com", ("host", "", "ns.example.com"), "ns.example.com", 0),
    ],
)
def test_dns_to_a_server_of_choice(
    target: str, destination: tuple[str, str, str], server: str, port: int, snapshot: Snapshot
) -> None:
    check = check_to(target, snapshot)
    assert end(check.flow.destination) == destination
    assert (check.probe.host, check.probe.server, check.probe.port) == ("a.b", server, port)


@pytest.mark.parametrize(
    ("target", "url", "address"),
    [
        ("http://svc/web/a?status=200", "http://web.shop.svc.cluster.local/a", "198.19.0.20"),
        ("https://github.com:8443", "https://github.com:8443/", ""),
        ("http://pod/web-b:8080", "http://198.18.2.11:8080/", ""),
        ("http://[2001:db8::1]:81/x?y=z", "http://[2001:db8::1]:81/x?y=z", ""),
    ],
)
def test_http_says_a_name_and_goes_to_an_address(
    target: str, url: str, address: str, snapshot: Snapshot
) -> None:
    probe = check_to(target, snapshot).probe
    assert (probe.kind, probe.url, probe.address) == (ProbeKind.HTTP, url, address)


def test_tls_asks_for_another_name_at_an_address(snapshot: Snapshot) -> None:
    probe = check_to("tls://203.0.113.10:443?sni=github.com&verify=no", snapshot).probe
    assert (probe.kind, probe.host, probe.address, probe.verify) == (
        ProbeKind.TLS,
        "github.com",
        "203.0.113.10",
        False,
    )


def test_the_settings_of_a_check_reach_its_probe(snapshot: Snapshot) -> None:
    check = check_to(
        "tcp://a.b:80", snapshot, timeout=0.5, attempts=3, hops=True, expect=Expectation.DENIED
    )
    assert (check.probe.timeout, check.probe.attempts, check.probe.hops) == (0.5, 3, True)
    assert (check.expected, check.probe.id) == (Expectation.DENIED, check.id)


@pytest.mark.parametrize(
    ("port", "banner", "waits"),
    [(22, None, True), (80, None, False), (80, True, True), (22, False, False)],
)
def test_only_ssh_is_asked_for_its_banner(
    port: int, banner: bool | None, waits: bool, snapshot: Snapshot
) -> None:
    assert check_to(f"tcp://a.b:{port}", snapshot, banner=banner).probe.banner is waits


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("tcp://github.com:22", "github.com:22/tcp"),
        ("tcp://[2001:db8::1]:22", "[2001:db8::1]:22/tcp"),
        ("tcp://web.shop:80", "web.shop:80/tcp"),
        ("tcp://svc/web:80", "svc/web:80"),
        ("tcp://svc/mon.ops:9090", "svc/mon.ops:9090"),
        ("tcp://svc/db:sql", "svc/db:8080"),
        ("tcp://deploy/web:http", "deploy/web:8080"),
        ("tcp://pod/web-b:80", "pod/web-b:80"),
        ("tcp://node/n1:30080", "node/n1:30080"),
        ("udp://pod/web-b:53", "pod/web-b:53/udp"),
        ("tls://svc/web:80", "svc/web:80/tls"),
        ("http://svc/web/a", "http://svc/web/a"),
        ("http://svc/mon.ops:9090", "http://svc/mon.ops:9090"),
        ("https://github.com", "https://github.com"),
        ("icmp://node/n1", "node/n1/icmp"),
        ("icmp://a.b?size=1400", "a.b/icmp with 1400 bytes"),
        ("dns://github.com", "dns github.com"),
        (
            "dns://github.com@svc/kube-dns.kube-system?type=AAAA&transport=tcp",
            "dns github.com AAAA @svc/kube-dns.kube-system over tcp",
        ),
    ],
)
def test_what_people_read(target: str, name: str, snapshot: Snapshot) -> None:
    assert check_to(target, snapshot).name == f"lone → {name}"


def test_beside_a_source_of_another_namespace_every_name_is_whole(snapshot: Snapshot) -> None:
    assert check_to("tcp://svc/web:80", snapshot, "sts/mon.ops").name == "mon.ops → svc/web.shop:80"
    assert (
        check_to("tcp://svc/mon.ops:9090", snapshot, "sts/mon.ops").name == "mon.ops → svc/mon:9090"
    )


def test_a_name_of_its_own_is_told_apart_where_it_becomes_several(snapshot: Snapshot) -> None:
    checks = checks_to("tcp://pods/app=db:80", snapshot, "pods/app=db.shop", name="databases talk")
    assert [check.name for check in checks] == [
        "databases talk (db-0 → pod/db-0)",
        "databases talk (db-0 → pod/db-1)",
        "databases talk (db-1 → pod/db-0)",
        "databases talk (db-1 → pod/db-1)",
    ]
    assert {check.group for check in checks} == {"databases talk"}
    assert check_to("tcp://a.b:80", snapshot, name="alone").name == "alone"


def test_ids_are_unique_and_stable(snapshot: Snapshot) -> None:
    spec = CheckSpec(parse_source("pods/app=db.shop"), parse_target("tcp://pods/app=web.shop:80"))
    scenario = Scenario("test", (spec, replace(spec, name="again")))
    ids = [check.id for check in resolve(scenario, snapshot)]
    assert len(set(ids)) == len(ids) == 12
    assert ids[0] == "pod/shop/db-0 → tcp://pods/app=web.shop:80 (web-a)"
    assert ids == [check.id for check in resolve(scenario, snapshot)]


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("tcp://svc/wbe:80", "there is no Service `wbe` in namespace `shop` (did you mean `web`?)"),
        ("tcp://svc/web.shp:80", "there is no namespace `shp` (did you mean `shop`?)"),
        ("tcp://svc/web:81", "Service shop/web has no TCP port 81 (it has 80 (http))"),
        ("tcp://svc/web:htp", "Service shop/web has no TCP port htp (it has 80 (http))"),
        (
            "tcp://svc/web:8080",
            "Service shop/web has no TCP port 8080 (8080 is the pods' port: the Service's is 80)",
        ),
        ("udp://svc/web:80", "Service shop/web has no UDP port 80 (it has none)"),
        (
            "tcp://pod/web-b:htp",
            "pod shop/web-b has no TCP port named `htp` (did you mean `http`?)",
        ),
        ("tcp://pod/web-b:dns", "pod shop/web-b has no TCP port named `dns` (there is http)"),
        (
            "tcp://deploy/wbe:80",
            "there is no Deployment `wbe` in namespace `shop` (did you mean `web`?)",
        ),
        ("tcp://node/n9:80", "there is no node `n9` (there is n1, n2)"),
        (
            "tcp://node/n2:80?family=ipv6",
            "node `n2` has no IPv6 address (wait until it has one, or check another)",
        ),
        (
            "icmp://svc/web",
            "Service shop/web answers no ICMP: its address is a virtual one "
            "(check a pod behind it: `endpoints: all`, or icmp://pod/NAME.NAMESPACE)",
        ),
    ],
)
def test_a_target_that_is_not_there(target: str, message: str, snapshot: Snapshot) -> None:
    with pytest.raises(InputError) as error:
        check_to(target, snapshot)
    assert str(error.value) == f"command line: {message}"


def test_a_pod_without_a_network_keeps_nobody_else_from_being_tested(snapshot: Snapshot) -> None:
    """It is not the scenario that is wrong: the check says why it cannot be tested, and the others
    are made."""
    said = "no node takes it: 0/2 nodes are available"
    idle = replace(snapshot.pods["ops", "idle"], waiting_reason=said)
    snapshot = replace(snapshot, pods={**snapshot.pods, ("ops", "idle"): idle})
    check = check_to("tcp://deploy/idle.ops:80", snapshot)
    assert check.skip_reason == f"pod ops/idle has no address: {said}"
    assert check.flow.destination.name == "idle"
    assert (
        check_to("tcp://github.com:22", snapshot, "pod/idle.ops").skip_reason == check.skip_reason
    )
    assert not check_to("tcp://pod/web-b:8080", snapshot).skip_reason


def test_a_pod_that_failed_is_not_tested_and_one_that_is_done_is_a_mistake(
    snapshot: Snapshot,
) -> None:
    failed = replace(
        snapshot.pods["ops", "idle"],
        running=False,
        waiting_reason="it failed (Evicted: out of memory)",
    )
    after = replace(snapshot, pods={**snapshot.pods, ("ops", "idle"): failed})
    check = check_to("tcp://deploy/idle.ops:80", after)
    assert check.skip_reason == "pod ops/idle does not run: it failed (Evicted: out of memory)"
    with pytest.raises(InputError, match="finished"):
        check_to("tcp://pod/done:80", snapshot)


def test_a_headless_service_without_ready_pods_is_not_tested_either(snapshot: Snapshot) -> None:
    pods = {key: replace(pod, ready=False) for key, pod in snapshot.pods.items()}
    check = check_to("tcp://svc/db:5432", replace(snapshot, pods=pods))
    assert check.skip_reason == "Service shop/db has no ready pod behind it"
    assert end(check.flow.destination) == ("service", "shop", "db")


def test_manifests_without_addresses_are_enough_to_look_names_up(snapshot: Snapshot) -> None:
    spec = CheckSpec(parse_source("pod/lone.shop"), parse_target("tcp://deploy/idle.ops:80"))
    [check] = resolve(Scenario("test", (spec,)), snapshot, addressed=False)
    assert check.flow.destination.name == "idle"


def test_all_mistakes_at_once_with_their_places(snapshot: Snapshot) -> None:
    origin = Location("test.yaml", 7)
    specs = (
        CheckSpec(
            parse_source("deploy/a.shop"),
            parse_target("tcp://svc/b.shop:80"),
            origin=origin,
            where="checks[0]",
        ),
        CheckSpec(
            parse_source("node/n1"), parse_target("tcp://svc/web.shop:80"), where="checks[1]"
        ),
        CheckSpec(
            parse_source("node/n8"),
            parse_target("tcp://a.b:80"),
            origin=Location("test.yaml", 9),
            where="checks[2]",
        ),
    )
    with pytest.raises(InputError) as error:
        resolve(Scenario("test", specs), snapshot)
    assert [f"{one.location} {one.path} {one.message}" for one in error.value.mistakes] == [
        "test.yaml:7 checks[0] there is no Deployment `a` in namespace `shop`",
        "test.yaml:7 checks[0] there is no Service `b` in namespace `shop`",
        "test.yaml:9 checks[2] there is no node `n8`",
    ]
