"""The paths of the API."""

from __future__ import annotations

from prober.fabric.kubernetes.client.resources import NETWORK_POLICIES, PODS


def test_paths_are_those_of_the_api() -> None:
    assert PODS.collection_path() == "/api/v1/pods"
    assert PODS.object_path("shop", "web-0", "log") == "/api/v1/namespaces/shop/pods/web-0/log"
    assert (
        NETWORK_POLICIES.collection_path("shop")
        == "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies"
    )
