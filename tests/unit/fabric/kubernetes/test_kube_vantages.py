"""Where probes can run from, and why not from elsewhere."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from kube_fakes import SETTINGS, pod

from prober.fabric.kubernetes.probe_pods.vantages import identity_of, vantages_of
from prober.fabric.kubernetes.reading.listing import Reading
from prober.fabric.kubernetes.reading.objects import Pod
from prober.manifest.assemble import assemble
from prober.manifest.decoding import wire
from prober.manifest.decoding.gathered import Objects
from prober.model.check import Vantage, VantageKind
from prober.model.errors import FabricError
from prober.model.objects import LabelSelector, NetworkPolicy, PolicyPeer, PolicyRule

WEB = Vantage(VantageKind.POD, "shop", "web-0")


def reading(*pods: Pod, publish: bool = False) -> Reading:
    spec = {"selector": {"app": "web"}, "clusterIP": "None", "publishNotReadyAddresses": publish}
    service = msgspec.convert(
        {"metadata": {"name": "web", "namespace": "shop"}, "spec": spec}, wire.Service
    )
    node = msgspec.convert({"metadata": {"name": "n1"}}, wire.Node)
    objects = Objects(nodes=[node], pods=list(pods), services=[service])
    keyed = {(one.metadata.namespace or "", one.metadata.name or ""): one for one in pods}
    return Reading(assemble(objects, expand_workloads=False), keyed)


def refusal(vantage: Vantage, seen: Reading) -> str:
    with pytest.raises(FabricError) as caught:
        identity_of(vantage, seen, SETTINGS)
    assert caught.value.hint
    return str(caught.value)


def test_running_pods_and_ready_nodes_are_vantages() -> None:
    done = pod(metadata={"name": "done"}, status={"phase": "Succeeded"})
    homeless = pod(metadata={"name": "homeless"}, spec={"nodeName": None})
    found = vantages_of(reading(pod(), done, homeless).snapshot)
    assert found == [WEB, Vantage(VantageKind.NODE, "", "n1")]


def test_a_pod_and_a_node_have_an_identity() -> None:
    assert identity_of(WEB, reading(pod()), SETTINGS).labels == {"app": "web"}
    node = identity_of(Vantage(VantageKind.NODE, "", "n1"), reading(), SETTINGS)
    assert (node.namespace, node.host_network) == (SETTINGS.probe_namespace, True)


def test_what_cannot_be_stood_for_says_why() -> None:
    assert "no pod shop/web-0 any more" in refusal(WEB, reading())
    assert "has no node yet" in refusal(WEB, reading(pod(spec={"nodeName": None})))
    assert "no node n9" in refusal(Vantage(VantageKind.NODE, "", "n9"), reading())


def test_a_label_that_policies_look_at_is_not_added() -> None:
    seen = reading(pod())
    peer = PolicyPeer(pod_selector=LabelSelector({"team": "network"}))
    policy = NetworkPolicy("shop", "allow", ingress=(PolicyRule(peers=(peer,)),))
    seen = replace(seen, snapshot=replace(seen.snapshot, policies=(policy,)))
    labelled = replace(SETTINGS, pods=replace(SETTINGS.pods, labels={"team": "network"}))
    with pytest.raises(FabricError, match="policies choose pods by the label team"):
        identity_of(WEB, seen, labelled)
    owned = pod(metadata={"labels": {"app": "web", "team": "shop"}})
    assert (
        identity_of(WEB, replace(seen, pods={("shop", "web-0"): owned}), labelled).labels["team"]
        == "shop"
    )


def test_a_service_that_publishes_unready_pods_would_route_to_the_probe() -> None:
    assert "Service shop/web publishes pods that are not ready" in refusal(
        WEB, reading(pod(), publish=True)
    )
    other = pod(metadata={"labels": {"app": "db"}})
    assert identity_of(WEB, reading(other, publish=True), SETTINGS).labels == {"app": "db"}
