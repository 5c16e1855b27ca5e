"""Who enforces NetworkPolicy, from what runs in a cluster."""

from __future__ import annotations

import pytest

from prober.fabric.kubernetes.reading.engines import DaemonSet, recognise
from prober.model.network.cni import PolicySupport

FLANNEL = DaemonSet({"k8s-app": "flannel"})
AWS = {"k8s-app": "aws-node"}


@pytest.mark.parametrize(
    ("groups", "sets", "name", "enforcement"),
    [
        ({"cilium.io"}, [DaemonSet({"k8s-app": "cilium"})], "Cilium", PolicySupport.YES),
        ({"cilium.io"}, [], "Cilium", PolicySupport.UNKNOWN),
        ({"cilium.io"}, [FLANNEL], "Flannel", PolicySupport.NO),
        (set(), [DaemonSet({"k8s-app": "calico-node"})], "Calico", PolicySupport.YES),
        (set(), [FLANNEL], "Flannel", PolicySupport.NO),
        (set(), [FLANNEL, DaemonSet({"k8s-app": "kube-router"})], "kube-router", PolicySupport.YES),
        (
            set(),
            [DaemonSet(AWS, ("aws-vpc-cni:1",))],
            "Amazon VPC CNI without its policy agent",
            PolicySupport.NO,
        ),
        (
            set(),
            [DaemonSet(AWS, ("aws-vpc-cni:1", "aws-network-policy-agent:1"))],
            "Amazon VPC CNI",
            PolicySupport.SETTING,
        ),
    ],
)
def test_an_engine_is_recognised(
    groups: set[str], sets: list[DaemonSet], name: str, enforcement: PolicySupport
) -> None:
    found = recognise(groups, sets, {"v1.34.4"})
    assert found is not None
    assert (found.plugin.name, found.plugin.enforcement) == (name, enforcement)


def test_k3s_has_one_built_in_that_can_be_switched_off() -> None:
    found = recognise(set(), [], {"v1.34.4+k3s1"})
    assert found is not None
    assert found.plugin.enforcement is PolicySupport.SETTING
    assert "--disable-network-policy" in found.plugin.note


def test_what_is_not_recognised_is_unknown() -> None:
    assert (
        recognise({"apps", "example.org"}, [DaemonSet({"k8s-app": "something"})], {"v1.34.4"})
        is None
    )
