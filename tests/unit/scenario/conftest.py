"""A small world to resolve against, and scenario files from a few lines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from prober.model.errors import InputError
from prober.model.objects import (
    ContainerPort,
    EndpointSlice,
    Namespace,
    Node,
    Pod,
    Ref,
    Service,
    ServicePort,
    SliceEndpoint,
    Workload,
)
from prober.model.snapshot import Snapshot
from prober.scenario import load_scenario

HEAD = "apiVersion: prober.dev/v1alpha1\nkind: Scenario\nmetadata: {name: test, namespace: shop}\n"


def pod(
    namespace: str, name: str, owner: tuple[str, str] | None, node: str, *ips: str, **more: object
) -> Pod:
    kind, workload = owner or ("", "")
    return Pod(
        namespace=namespace,
        name=name,
        labels={"app": workload or name},
        node=node,
        ips=ips,
        ports=(ContainerPort(8080, "TCP", "http"), ContainerPort(53, "UDP", "dns")),
        owner=Ref(kind, namespace, workload) if owner else None,
        **more,  # type: ignore[arg-type]  # the few fields that a test sets by name
    )


PODS = (
    pod("shop", "web-b", ("Deployment", "web"), "n2", "198.18.2.11", "2001:db8:2::11"),
    pod("shop", "web-a", ("Deployment", "web"), "n1", "198.18.1.11", "2001:db8:1::11", ready=False),
    pod("shop", "web-c", ("Deployment", "web"), "n2", "198.18.2.12"),
    pod("shop", "db-0", ("StatefulSet", "db"), "n1", "198.18.1.21"),
    pod("shop", "db-1", ("StatefulSet", "db"), "n2", "198.18.2.21"),
    pod("shop", "lone", None, "n1", "198.18.1.31"),
    pod("shop", "done", ("Job", "done"), "n1", "198.18.1.41", running=False),
    pod("shop", "host", ("DaemonSet", "host"), "n1", "198.51.100.11", host_network=True),
    pod("ops", "mon-0", ("StatefulSet", "mon"), "n2", "198.18.2.51"),
    pod("ops", "idle", ("Deployment", "idle"), ""),
    pod("kube-system", "dns-0", ("Deployment", "coredns"), "n1", "198.18.1.53"),
)

WORKLOADS = (
    *{(one.owner.kind, one.owner.namespace, one.owner.name) for one in PODS if one.owner},
    ("Deployment", "shop", "scaled-down"),
)

SERVICES = (
    Service(
        "shop",
        "web",
        cluster_ips=("198.19.0.20", "2001:db8:5::20"),
        selector={"app": "web"},
        ports=(ServicePort(80, "TCP", "http", 8080),),
        load_balancer_ips=("203.0.113.50",),
    ),
    Service(
        "shop",
        "db",
        headless=True,
        selector={"app": "db"},
        ports=(ServicePort(5432, "TCP", "sql", "http"),),
    ),
    Service("shop", "planned", selector={"app": "web"}, ports=(ServicePort(80, "TCP", "", 8080),)),
    Service(
        "ops",
        "mon",
        cluster_ips=("198.19.0.30",),
        selector={"app": "mon"},
        ports=(ServicePort(9090, "TCP"),),
    ),
    Service(
        "default",
        "kubernetes",
        cluster_ips=("198.19.0.1",),
        ports=(ServicePort(443, "TCP", "https", 6443),),
    ),
    Service(
        "kube-system",
        "kube-dns",
        cluster_ips=("198.19.0.10",),
        selector={"app": "coredns"},
        ports=(ServicePort(53, "UDP", "dns", 53), ServicePort(53, "TCP", "dns-tcp", 53)),
    ),
)

SLICES = (
    EndpointSlice("shop", "web-1", "web", (SliceEndpoint(("198.18.2.11",), pod="web-b"),)),
    EndpointSlice("default", "kubernetes", "kubernetes", (SliceEndpoint(("198.51.100.10",)),)),
)


@pytest.fixture
def snapshot() -> Snapshot:
    spaces = ("shop", "ops", "default", "kube-system", "empty")
    return Snapshot(
        namespaces={name: Namespace(name) for name in spaces},
        nodes={
            "n1": Node("n1", ("198.51.100.11", "2001:db8:100::11")),
            "n2": Node("n2", ("198.51.100.12",)),
        },
        pods={(one.namespace, one.name): one for one in PODS},
        workloads={Ref(*one): Workload(*one) for one in WORKLOADS},
        services={(one.namespace, one.name): one for one in SERVICES},
        slices=SLICES,
    )


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a scenario file: the usual head and the body given."""

    def written(body: str, name: str = "test.yaml", head: str = HEAD) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(head + dedent(body), encoding="utf-8")
        return path

    return written


@pytest.fixture
def mistakes(write: Callable[..., Path], tmp_path: Path) -> Callable[..., list[str]]:
    """Every mistake of a scenario file, as people read them, with the temporary directory left
    out."""

    def found(body: str, head: str = HEAD) -> list[str]:
        with pytest.raises(InputError) as error:
            load_scenario(write(body, head=head))
        return [str(mistake).replace(f"{tmp_path}/", "") for mistake in error.value.mistakes]

    return found
