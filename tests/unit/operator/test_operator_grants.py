"""What Scenarios of a namespace may name beyond it."""

from __future__ import annotations

from typing import Any

import pytest

from prober.model.errors import InputError
from prober.operator.grants import Grants
from prober.operator.objects import scenario_object
from prober.operator.reading import read


def item(check: Any) -> dict[str, Any]:
    return {
        "apiVersion": "prober.dev/v1alpha1",
        "kind": "Scenario",
        "metadata": {"name": "s", "namespace": "shop", "annotations": {"a": "b"}},
        "checks": [check],
    }


def refused(check: Any, *granted: str) -> bool:
    try:
        read(scenario_object(item(check)), Grants({"shop": granted}))
    except InputError as error:
        assert "is not for Scenarios of namespace shop" in str(error)
        return True
    return False


@pytest.mark.parametrize(
    "check",
    [
        "deploy/web -> tcp://svc/db:5432",
        "deploy/web -> tcp://svc/db.data:5432",
        "deploy/web -> tcp://deploy/db:5432",
        "deploy/web -> tcp://example.com:443",
        "ns/shop -> dns://github.com@svc/kube-dns.kube-system",
    ],
)
def test_what_any_pod_may_dial_is_for_everybody(check: str) -> None:
    assert not refused(check)


@pytest.mark.parametrize(
    ("check", "grant"),
    [
        ("deploy/db.data -> tcp://svc/web:80", "ns/data"),
        ("ns/data -> tcp://svc/web:80", "ns/*"),
        ("deploy/web -> tcp://deploy/db.data:5432", "ns/data"),
        ("deploy/web -> tcp://ns/data:5432", "ns/data"),
        ("node/* -> tcp://svc/web:80", "node/*"),
        ("deploy/web -> icmp://node/n1", "node/*"),
    ],
)
def test_what_is_elsewhere_has_to_be_granted(check: str, grant: str) -> None:
    assert refused(check)
    assert refused(check, "ns/other")
    assert not refused(check, grant)


def http(**parts: Any) -> dict[str, Any]:
    return {"from": "deploy/web", "to": {"http": {"service": "db", "port": 80, **parts}}}


def test_what_may_change_something_elsewhere_has_to_be_granted() -> None:
    """Controls make the same probe with the identity of others."""
    assert not refused(http(method="DELETE"))
    assert not refused(http(namespace="data", method="HEAD"))
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert refused(http(namespace="data", method=method))
        assert not refused(http(namespace="data", method=method), "ns/data")
    host = {"http": {"host": "db.data.svc.cluster.local", "method": "POST"}}
    assert refused({"from": "deploy/web", "to": host})
    own = "udp://svc/log:514?payload=x"
    assert not refused(f"deploy/web -> {own}")
    assert refused("deploy/web -> udp://svc/log.data:514?payload=x")


def test_a_grant_of_namespaces_is_none_of_nodes() -> None:
    assert refused("node/n1 -> tcp://svc/web:80", "ns/*")


def test_an_object_has_no_files_beside_it() -> None:
    body = {**item("deploy/web -> cluster-dns"), "include": ["../secret.yaml", "library:common"]}
    with pytest.raises(InputError, match=r"include\[0\]: is a file, which no object has"):
        read(scenario_object(body), Grants())
    body["include"] = ["library:common"]
    body["lab"] = {"manifests": ["/etc"]}
    assert len(read(scenario_object(body), Grants()).checks) == 1
