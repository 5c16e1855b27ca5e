"""What is complained about, who dials, and what is dialled."""

from __future__ import annotations

from dataclasses import replace

from prober.model.objects import Namespace, Node, Pod, Ref, Service, ServicePort, Workload
from prober.model.snapshot import Snapshot
from prober.model.testimony import SearchScope, Statement, StatementKind
from prober.scenario.refs import TargetRef
from prober.why.complaints import complaints_of
from prober.why.configured import destinations, from_environment
from prober.why.dialling import Dialler
from prober.why.investigation import investigate
from prober.why.links import expanded
from prober.why.targets import Unchecked, dialled_by_others, target_of

API = Ref("Deployment", "shop", "api")
FLUX = Ref("Deployment", "flux-system", "source-controller")
WORLD = Snapshot(
    namespaces={"shop": Namespace("shop")},
    nodes={
        "cp": Node("cp", labels={"node-role.kubernetes.io/control-plane": ""}),
        "n1": Node("n1", pod_cidrs=("198.18.1.0/24",)),
    },
    pods={
        ("shop", "api-0"): Pod(
            "shop",
            "api-0",
            {"app": "api"},
            "n1",
            ("198.18.1.2",),
            owner=API,
            ready=False,
            env={
                "DATABASE_URL": "postgres://app:secret@db.shop/app",
                "REDIS_HOST": "redis",
                "REDIS_PORT": "6379",
                "LISTEN_ADDR": "0.0.0.0:8080",
                "MODE": "fast",
            },
        )
    },
    workloads={
        API: Workload("Deployment", "shop", "api"),
        FLUX: Workload("Deployment", "flux-system", "source-controller"),
    },
    services={
        ("default", "kubernetes"): Service("default", "kubernetes", cluster_ips=("198.19.0.1",)),
        ("shop", "db"): Service(
            "shop", "db", cluster_ips=("198.19.0.40",), ports=(ServicePort(5432),)
        ),
    },
)


def said(
    text: str,
    kind: StatementKind = StatementKind.LOG,
    about: str = "pod/api-0.shop",
    count: int = 1,
    last: str = "",
) -> Statement:
    return Statement(kind, text, about, "", "api", last, count)


def sources(
    text: str, kind: StatementKind = StatementKind.LOG, about: str = "pod/api-0.shop"
) -> list[str]:
    complaint = complaints_of([said(text, kind, about)])[0]
    return [str(source) for source in Dialler(WORLD, "shop").sources(complaint)]


def target(text: str) -> str:
    target_named = target_of(complaints_of([said(text)])[0].symptom, WORLD, "shop")
    return str(target_named) if isinstance(target_named, TargetRef) else f"- {target_named.reason}"


def test_the_same_is_counted_and_the_most_frequent_comes_first() -> None:
    refused = "dial tcp 198.19.0.40:5432: connect: connection refused"
    late = "lookup cart.shop on 198.19.0.10:53: no such host"
    complaints = complaints_of(
        [said(late, count=2), said(refused, last="2026-11-27T03:00:00Z"), *[said(refused)] * 4]
    )
    assert [(complaint.count, complaint.symptom.port) for complaint in complaints] == [
        (5, 5432),
        (2, None),
    ]
    assert complaints[0].last == "2026-11-27T03:00:00Z"


def test_who_wrote_it_dials() -> None:
    line = "dial tcp 198.19.0.40:5432: i/o timeout"
    assert sources(line) == ["deploy/api.shop"]
    condition = StatementKind.CONDITION
    assert sources(line, condition, "gitrepository/flux.flux-system") == [
        "deploy/source-controller.flux-system"
    ]
    assert sources(line, condition, "apiservice/v1beta1.metrics.k8s.io") == ["node/cp"]


def test_the_kubelet_dials_from_the_pods_node_and_the_api_server_from_its_own() -> None:
    event = StatementKind.EVENT
    probe = 'Liveness probe failed: Get "http://198.18.1.2:8080/": context deadline exceeded'
    assert sources(probe, event) == ["node/n1"]
    webhook = (
        'failed calling webhook "v.shop": failed to call webhook: '
        'Post "https://db.shop.svc:443/v": dial tcp 198.19.0.40:443: i/o timeout'
    )
    assert sources(webhook, event) == ["node/cp"]


def test_of_a_pod_that_is_gone_the_workload_dials_or_nobody() -> None:
    line = "dial tcp 198.19.0.40:5432: i/o timeout"
    assert sources(line, about="pod/api-7d9f-x2x4v.shop") == ["deploy/api.shop"]
    assert sources(line, about="pod/old-1.shop") == []


def test_what_a_pod_said_that_is_gone_is_over() -> None:
    probe = "Readiness probe failed: dial tcp 198.18.1.9:80: i/o timeout"
    event = said(probe, StatementKind.EVENT, "pod/api-7d9f-x2x4v.shop")
    line = said("dial tcp 198.19.0.40:5432: i/o timeout", about="pod/old-1.shop")
    investigation = investigate(complaints_of([event, line]), WORLD, "shop")
    assert list(investigation.gone.values()) == ["its pod is gone"] * 2
    assert not investigation.checks and not investigation.unchecked


def test_pods_of_one_workload_suffer_once() -> None:
    line = "dial tcp 198.19.0.40:5432: i/o timeout"
    gone = said(line, about="pod/api-7d9f-x2x4v.shop", count=3)
    investigation = investigate(complaints_of([said(line), gone]), WORLD, "shop")
    [complaint] = investigation.keys
    assert (complaint.count, len(investigation.checks)) == (4, 1)


def test_what_was_dialled_is_the_target() -> None:
    assert target("dial tcp 198.19.0.40:5432: i/o timeout") == "tcp://198.19.0.40:5432"
    assert target("cannot reach db:5432: connection refused") == "tcp://db:5432"
    assert target("lookup cart.shop on 198.19.0.10:53: no such host").startswith("dns://cart.shop")
    assert target("dial tcp 198.18.1.9:80: i/o timeout") == "- no pod has 198.18.1.9 any more"
    assert target("dial tcp 198.19.0.77:80: i/o timeout") == "- no Service has 198.19.0.77 any more"
    assert target("dial tcp [::1]:80: connect: connection refused") == "- it dialled itself"
    assert target("wget: can't connect to remote host (198.51.100.7): Connection refused") == (
        "- no port is named"
    )


def test_unchecked_has_a_reason() -> None:
    assert Unchecked("x").reason


def test_what_a_pod_that_is_not_ready_is_told_to_reach_is_tried_and_its_own_port_is_not() -> None:
    statements = from_environment(WORLD, SearchScope(namespace="shop"))
    assert [statement.where for statement in statements] == [
        "environment DATABASE_URL",
        "environment REDIS_HOST",
    ]
    places = [
        (complaint.symptom.host, complaint.symptom.port) for complaint in complaints_of(statements)
    ]
    assert places == [("db.shop", 5432), ("redis", 6379)]


def test_what_is_configured_comes_behind_complaints_and_counts_for_none() -> None:
    line = "dial tcp: lookup redis on 198.19.0.10:53: no such host"
    configured = from_environment(WORLD, SearchScope(namespace="shop"))
    complaints = complaints_of([*configured, said(line)])
    assert [complaint.statement.kind.value for complaint in complaints] == [
        "log",
        "configured",
        "configured",
    ]


def test_what_another_pod_was_dialled_at_is_over() -> None:
    """An address that somebody else has by now."""
    line = said("dial tcp 198.18.1.2:8080: i/o timeout", last="2026-11-27T03:00:00Z")
    investigation = investigate(
        complaints_of([line]), WORLD, "shop", addresses={"198.18.1.2": "2026-11-27T04:00:00Z"}
    )
    assert list(investigation.gone.values()) == [
        "its address was another pod's then, which is gone"
    ]
    since = {"198.18.1.2": "2026-11-27T02:00:00Z"}
    assert not investigate(complaints_of([line]), WORLD, "shop", addresses=since).gone


def test_service_links_mean_the_services_of_the_namespace() -> None:
    told = "--db=$(DB_SERVICE_HOST):$(DB_SERVICE_PORT) --cache=${CACHE_SERVICE_HOST}:6379"
    [statement] = expanded([said(told, StatementKind.CONFIGURED)], WORLD)
    assert statement.text == "--db=db:5432 --cache=${CACHE_SERVICE_HOST}:6379"


def _dialled(text: str, about: str) -> str:
    complaint = complaints_of([said(text, StatementKind.EVENT, about)])[0]
    return str(dialled_by_others(complaint, WORLD))


def test_the_kubelet_probes_the_pod_whatever_address_it_had() -> None:
    """And what it pulls or mounts it dials as it is written."""
    text = 'Liveness probe failed: Get "http://198.18.9.9:8081/": context deadline exceeded'
    assert _dialled(text, "pod/api-0.shop") == "tcp://pod/api-0.shop:8081"
    assert _dialled(text, "deploy/api.shop") == "tcp://pod/api-0.shop:8081"
    assert _dialled(text, "pod/other-0.shop") == "None"
    pulled = (
        'Failed to pull image "registry.shop:5000/app:1": failed to do request: Head '
        '"https://registry.shop:5000/v2/": dial tcp 198.19.0.70:5000: connect: connection refused'
    )
    assert _dialled(pulled, "pod/api-0.shop") == "None"


def test_the_api_server_finds_a_webhooks_service_without_asking_for_its_name() -> None:
    text = (
        'Error creating: Internal error occurred: failed calling webhook "v.shop": failed to call '
        'webhook: Post "https://db.shop.svc:5432/v": context deadline exceeded'
    )
    assert _dialled(text, "replicaset/api-7d9f.shop") == "tcp://svc/db.shop:5432"


def test_where_the_api_server_runs_on_no_node_a_node_stands_for_it() -> None:
    """As in managed clusters; what works from there is not said to work for the API server."""
    nodes = {"n1": Node("n1", addresses=("198.51.100.11",))}
    line = (
        'failed calling webhook "v.shop": failed to call webhook: Post "https://db.shop.svc:5432/v"'
        ": context deadline exceeded"
    )
    managed = replace(WORLD, nodes=nodes)
    investigation = investigate(
        complaints_of([said(line, StatementKind.EVENT, "replicaset/api-7d9f.shop")]), managed, ""
    )
    assert investigation.api_server_is_elsewhere
    assert [check.vantage.name for check in investigation.checks] == ["n1"]


def test_a_line_without_a_writer_and_a_namespace_is_tried_from_whoever_could_have_written_it() -> (
    None
):
    line = said("dial tcp: lookup redis on 198.19.0.10:53: no such host", about="")
    complaint = complaints_of([line])[0]
    assert [str(source) for source in Dialler(WORLD).sources(complaint)] == ["deploy/api.shop"]
    nobody = investigate([complaint], replace(WORLD, pods={}), "")
    assert list(nobody.unchecked.values()) == [
        "nobody is known who could dial it now: name the writer with --from"
    ]


def test_of_possible_writers_those_configured_to_dial_it_come_first() -> None:
    owners = [Ref("Deployment", "shop", name) for name in ("aaa", "bbb")]
    pods = {
        (owner.namespace, f"{owner.name}-0"): Pod(
            "shop", f"{owner.name}-0", {}, "n1", (f"198.18.1.{number}",), owner=owner
        )
        for number, owner in enumerate(owners, start=10)
    }
    snapshot = replace(WORLD, pods={**pods, **WORLD.pods})
    [complaint] = complaints_of([said("redis:6379: connection refused", about="")])
    assert [str(source) for source in Dialler(snapshot, "shop").sources(complaint)] == [
        "deploy/api.shop",
        "deploy/aaa.shop",
        "deploy/bbb.shop",
    ]


def test_of_a_script_only_urls_are_targets() -> None:
    """What it prints or compares is no place to go."""
    script = "while :; do curl -sS http://db:8080/; echo 'GET /?h=cache:6379 refused 198.51.100.3:80'; done"
    assert [(there.host, there.port) for there in destinations(script)] == [("db", 8080)]
    assert [there.port for there in destinations("--upstream=db:8080")] == [8080]
    assert destinations("client 198.51.100.3:51234") == (), "nobody listens on an ephemeral port"


def test_workloads_of_several_namespaces_are_told_apart() -> None:
    other = Ref("Deployment", "cart", "api")
    pod = Pod("cart", "api-0", {}, "n1", ("198.18.1.7",), owner=other)
    snapshot = replace(
        WORLD,
        namespaces={**WORLD.namespaces, "cart": Namespace("cart")},
        pods={**WORLD.pods, ("cart", "api-0"): pod},
        workloads={**WORLD.workloads, other: Workload("Deployment", "cart", "api")},
    )
    line = "dial tcp 198.19.0.40:5432: i/o timeout"
    both = [said(line), said(line, about="pod/api-0.cart")]
    names = [check.name for check in investigate(complaints_of(both), snapshot, "").checks]
    assert names == ["api.shop → 198.19.0.40:5432/tcp", "api.cart → 198.19.0.40:5432/tcp"]
    [alone] = investigate(complaints_of(both[:1]), snapshot, "").checks
    assert alone.name == "api → 198.19.0.40:5432/tcp"


def test_the_api_server_is_told_a_webhooks_service_and_asks_no_name_server() -> None:
    about = "validatingwebhookconfiguration/check"
    configured = said("db.shop.svc:5432", StatementKind.CONFIGURED, about)
    failed = said(
        'failed calling webhook "v": failed to call webhook: Post "https://db.shop.svc:5432/v": '
        "context deadline exceeded",
        StatementKind.EVENT,
    )
    investigation = investigate(complaints_of([failed, configured]), WORLD, "shop")
    [check] = investigation.checks
    assert check.vantage.name == "cp"
    assert [complaint.statement.kind for complaint in investigation.keys] == [StatementKind.EVENT]
