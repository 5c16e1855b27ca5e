"""Kinds that open or close connections and are not evaluated: named, and doubted where they may
count."""

from __future__ import annotations

from collections.abc import Mapping

FOREIGN: Mapping[str, Mapping[str, str]] = {
    "cilium.io": {
        "CiliumLocalRedirectPolicy": "ciliumlocalredirectpolicies",
        "CiliumEgressGatewayPolicy": "ciliumegressgatewaypolicies",
    },
    "crd.antrea.io": {
        "NetworkPolicy": "networkpolicies",
        "ClusterNetworkPolicy": "clusternetworkpolicies",
    },
    "kubeovn.io": {"SecurityGroup": "security-groups"},
    "k8s.ovn.org": {"EgressFirewall": "egressfirewalls"},
    "network.openshift.io": {"EgressNetworkPolicy": "egressnetworkpolicies"},
    "k8s.cni.cncf.io": {"MultiNetworkPolicy": "multi-networkpolicies"},
    "networking.gke.io": {"FQDNNetworkPolicy": "fqdnnetworkpolicies"},
    "networking.k8s.aws": {
        "ApplicationNetworkPolicy": "applicationnetworkpolicies",
        "ClusterNetworkPolicy": "clusternetworkpolicies",
    },
    "security.istio.io": {
        "AuthorizationPolicy": "authorizationpolicies",
        "PeerAuthentication": "peerauthentications",
    },
    "policy.linkerd.io": {
        "AuthorizationPolicy": "authorizationpolicies",
        "Server": "servers",
        "ServerAuthorization": "serverauthorizations",
    },
}
"""By API group: the kinds, and what their collections are called. Sources: the projects' CRDs."""
