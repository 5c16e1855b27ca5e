"""Who has rights in the cluster: read where it may be read, and otherwise not known."""

from __future__ import annotations

import pytest
from kube_fakes import Answer, api_of, status

from prober.fabric.kubernetes.reading.listing import read_cluster
from prober.model.objects import Ref

CILIUM = Ref("ServiceAccount", "kube-system", "cilium")
BINDING = {
    "metadata": {"name": "cilium"},
    "roleRef": {"kind": "ClusterRole", "name": "cilium"},
    "subjects": [{"kind": "ServiceAccount", "name": "cilium", "namespace": "kube-system"}],
}


async def rights(roles: Answer, bindings: Answer) -> bool | None:
    """What is known about the rights of cilium's service account."""
    known = {"clusterroles": roles, "clusterrolebindings": bindings}
    api, _ = api_of(
        lambda _, url: known.get(
            url.partition("?")[0].rpartition("/")[2], Answer(body={"items": [], "metadata": {}})
        )
    )
    return (await read_cluster(api)).snapshot.has_rights(CILIUM)


def items(*objects: object) -> Answer:
    return Answer(body={"items": list(objects), "metadata": {}})


@pytest.mark.parametrize(("role", "expected"), [("cilium", True), ("view", False)])
async def test_a_binding_counts_when_its_role_exists(role: str, expected: bool) -> None:
    assert await rights(items({"metadata": {"name": role}}), items(BINDING)) is expected


async def test_where_it_may_not_be_read_nothing_follows() -> None:
    assert await rights(status(403), status(403)) is None
    assert await rights(items({"metadata": {"name": "cilium"}}), status(403)) is None
    assert await rights(status(403), items(BINDING)) is None
