"""From sources to vantages."""

from __future__ import annotations

import pytest

from prober.model.check import Check, EndpointKind, VantageKind
from prober.model.errors import InputError
from prober.model.snapshot import Snapshot
from prober.scenario import CheckSpec, Scenario, parse_source, parse_target, resolve
from prober.scenario.spec import PodChoice


def checks_from(
    source: str, snapshot: Snapshot, pods: PodChoice = "", namespace: str = ""
) -> tuple[Check, ...]:
    spec = CheckSpec(parse_source(source, "shop"), parse_target("tcp://github.com:443"), pods=pods)
    return resolve(
        Scenario("test", (spec,), namespace=namespace), snapshot, outside=("github.com",)
    )


@pytest.mark.parametrize(
    ("source", "pods", "vantages"),
    [
        ("deploy/web", "", ["pod/shop/web-b"]),  # web-a comes first by name, but is not ready
        ("deploy/web", "all", ["pod/shop/web-a", "pod/shop/web-b", "pod/shop/web-c"]),
        ("deploy/web", "per-node", ["pod/shop/web-b", "pod/shop/web-a"]),
        ("sts/db", "", ["pod/shop/db-0"]),
        ("pod/lone", "", ["pod/shop/lone"]),
        (
            "pods/app in (web,db)",
            "",
            [
                "pod/shop/db-0",
                "pod/shop/db-1",
                "pod/shop/web-a",
                "pod/shop/web-b",
                "pod/shop/web-c",
            ],
        ),
        ("pods/app=web", "one", ["pod/shop/web-b"]),
        ("pods/app!=web,app!=db,app!=host", "", ["pod/shop/lone"]),
        ("ns/ops", "", ["pod/ops/idle", "pod/ops/mon-0"]),
        ("svc/web", "", ["pod/shop/web-b"]),
        ("svc/db", "all", ["pod/shop/db-0", "pod/shop/db-1"]),
        ("node/n1", "", ["node/n1"]),
        ("node/*", "", ["node/n1", "node/n2"]),
        ("outside/github.com", "", ["outside/github.com"]),
    ],
)
def test_vantages(source: str, pods: PodChoice, vantages: list[str], snapshot: Snapshot) -> None:
    found = checks_from(source, snapshot, pods)
    assert [check.vantage.id for check in found] == vantages
    assert len({check.id for check in found}) == len(found)


@pytest.mark.parametrize(
    ("source", "kind", "vantage"),
    [
        ("deploy/web", EndpointKind.POD, VantageKind.POD),
        ("node/n1", EndpointKind.NODE, VantageKind.NODE),
        ("outside/github.com", EndpointKind.OUTSIDE, VantageKind.OUTSIDE),
    ],
)
def test_the_flow_starts_where_the_vantage_is(
    source: str, kind: EndpointKind, vantage: VantageKind, snapshot: Snapshot
) -> None:
    [check] = checks_from(source, snapshot)
    assert (check.flow.source.kind, check.vantage.kind) == (kind, vantage)
    assert check.flow.source.name == check.vantage.name


@pytest.mark.parametrize(
    ("source", "pods", "names"),
    [
        ("deploy/web", "", ["web"]),
        ("deploy/web", "per-node", ["web-b", "web-a"]),
        ("pods/app in (web,mon)", "one", ["web"]),
        ("pod/lone", "", ["lone"]),
        ("deploy/idle.ops", "", ["idle.ops"]),
        ("node/n1", "", ["node/n1"]),
        ("outside/github.com", "", ["github.com"]),
    ],
)
def test_a_source_is_called_by_its_workload_where_that_is_enough(
    source: str, pods: PodChoice, names: list[str], snapshot: Snapshot
) -> None:
    found = checks_from(source, snapshot, pods, namespace="shop")
    assert [check.name for check in found] == [f"{name} → github.com:443/tcp" for name in names]


def test_without_a_namespace_of_its_own_a_scenario_leaves_out_the_one_that_all_sources_share(
    snapshot: Snapshot,
) -> None:
    assert checks_from("deploy/idle.ops", snapshot)[0].name == "idle → github.com:443/tcp"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("deploy/web.shp", "there is no namespace `shp` (did you mean `shop`?)"),
        ("deploy/wbe", "there is no Deployment `wbe` in namespace `shop` (did you mean `web`?)"),
        (
            "deploy/mon",
            "there is no Deployment `mon` in namespace `shop` (there is scaled-down, web)",
        ),
        (
            "sts/mon",
            (
                "there is no StatefulSet `mon` in namespace `shop` (namespace ops has one of "
                "that name)"
            ),
        ),
        (
            "deploy/db",
            "there is no Deployment `db` in namespace `shop` (there is a StatefulSet of that name)",
        ),
        (
            "deploy/web.empty",
            (
                "there is no Deployment `web` in namespace `empty` (namespace shop has one of "
                "that name)"
            ),
        ),
        (
            "deploy/scaled-down",
            "Deployment shop/scaled-down has no pod that runs (it has no pods: scale it up)",
        ),
        (
            "job/done",
            "Job shop/done has no pod that runs (pods that have finished have no network any more)",
        ),
        (
            "pod/done",
            "pod shop/done has finished (pods that have finished have no network any more)",
        ),
        ("pod/lon", "there is no pod `lon` in namespace `shop` (did you mean `lone`?)"),
        (
            "pods/app=wbe",
            "no pod in namespace `shop` has the labels `app=wbe` (did you mean `app=web`?)",
        ),
        (
            "pods/ap=web",
            "no pod in namespace `shop` has the labels `ap=web` (did you mean `app=web`?)",
        ),
        (
            "pods/app=web,app in (db)",
            (
                "no pod in namespace `shop` has the labels `app=web,app=db` (each label is "
                "there, but no pod has them all)"
            ),
        ),
        ("ns/empty", "namespace `empty` has no pod that runs (it has no pods: scale it up)"),
        ("svc/webb", "there is no Service `webb` in namespace `shop` (did you mean `web`?)"),
        (
            "svc/kubernetes.default",
            "Service default/kubernetes has no pod that runs (it has no pods: scale it up)",
        ),
        ("node/n3", "there is no node `n3` (there is n1, n2)"),
        (
            "outside/gihub.com",
            "there is no host outside named `gihub.com` (did you mean `github.com`?)",
        ),
    ],
)
def test_a_source_that_is_not_there(source: str, message: str, snapshot: Snapshot) -> None:
    with pytest.raises(InputError) as error:
        checks_from(source, snapshot)
    assert str(error.value) == f"command line: {message}"


def test_hosts_outside_are_the_labs_or_this_machine(snapshot: Snapshot) -> None:
    spec = CheckSpec(parse_source("outside/a.b"), parse_target("tcp://github.com:443"))
    with pytest.raises(InputError) as error:
        resolve(Scenario("test", (spec,)), snapshot)
    assert (
        "is it this machine: --outside a.b; in the lab: name it under `outside` of a kind: Lab"
        in str(error.value)
    )
