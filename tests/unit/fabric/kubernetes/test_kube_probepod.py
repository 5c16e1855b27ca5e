"""The probe pod's manifest: whose it is, and what must never happen to it."""

from __future__ import annotations

from typing import Any

import pytest
from kube_fakes import SETTINGS, pod

from prober.fabric.kubernetes.probe_pods.identity import PodIdentity, of_node, of_pod
from prober.fabric.kubernetes.probe_pods.manifest import Owner, Source, deadline, probe_pod
from prober.fabric.kubernetes.probe_pods.payload import pieces
from prober.fabric.kubernetes.settings import PodSettings, Settings
from prober.model.probe import Plan, Probe, ProbeKind

TCP = Plan("pod/shop/web-0", (Probe("1", ProbeKind.TCP, "198.18.1.2", 80),))


def manifest(
    identity: PodIdentity, plan: Plan = TCP, settings: Settings = SETTINGS
) -> dict[str, Any]:
    owner, source = Owner("prober-1", "uid"), Source("prober-1", "plan-0")
    return probe_pod(
        "prober-1-0",
        identity,
        pieces(plan)[0],
        source,
        owner,
        settings,
        {"prober.dev/run": "prober-1"},
    )


def test_it_has_the_labels_of_the_pod_without_those_that_controllers_count_by() -> None:
    labels = {
        "app": "web",
        "pod-template-hash": "5d",
        "controller-revision-hash": "x",
        "pod-template-generation": "1",
        "controller-uid": "u",
        "batch.kubernetes.io/controller-uid": "u",
        "statefulset.kubernetes.io/pod-name": "web-0",
    }
    made = manifest(of_pod(pod(metadata={"labels": labels})))
    assert made["metadata"]["labels"] == {
        "app": "web",
        "statefulset.kubernetes.io/pod-name": "web-0",
        "prober.dev/probe": "true",
    }


def test_the_runs_id_is_no_label() -> None:
    made = manifest(of_pod(pod()))
    assert "prober-1" not in made["metadata"]["labels"].values()
    assert made["metadata"]["annotations"]["prober.dev/run"] == "prober-1"


def test_a_label_that_asks_for_a_sidecar_asks_for_none() -> None:
    made = manifest(of_pod(pod(metadata={"labels": {"sidecar.istio.io/inject": "true"}})))
    assert made["metadata"]["labels"]["sidecar.istio.io/inject"] == "false"
    assert made["metadata"]["annotations"]["linkerd.io/inject"] == "disabled"


def test_its_controller_is_the_run_object_so_that_no_replica_set_adopts_it() -> None:
    (owner,) = manifest(of_pod(pod()))["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["uid"], owner["controller"]) == ("ConfigMap", "uid", True)
    assert owner["blockOwnerDeletion"] is False


def test_it_is_never_ready() -> None:
    assert manifest(of_pod(pod()))["spec"]["readinessGates"] == [
        {"conditionType": "prober.dev/never-ready"}
    ]


def test_it_runs_on_the_pods_node_through_the_scheduler() -> None:
    spec = manifest(of_pod(pod(spec={"nodeName": "n7"})))["spec"]
    assert "nodeName" not in spec
    terms = spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"][
        "nodeSelectorTerms"
    ]
    assert terms == [
        {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n7"]}]}
    ]
    assert spec["tolerations"] == [{"operator": "Exists"}]


def test_it_meets_the_restricted_standard() -> None:
    spec = manifest(of_pod(pod()))["spec"]
    (container,) = spec["containers"]
    assert spec["securityContext"] == {
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert spec["automountServiceAccountToken"] is False
    assert not spec.get("hostNetwork")


def test_it_resolves_names_as_the_pod_does() -> None:
    dns = {"nameservers": ["198.19.0.10"]}
    alias = [{"ip": "203.0.113.5", "hostnames": ["db"]}]
    spec = manifest(
        of_pod(pod(spec={"dnsPolicy": "None", "dnsConfig": dns, "hostAliases": alias}))
    )["spec"]
    assert (spec["dnsPolicy"], spec["dnsConfig"], spec["hostAliases"]) == ("None", dns, alias)


def test_of_the_environment_it_takes_the_proxies_only() -> None:
    env = [
        {"name": "HTTPS_PROXY", "value": "http://203.0.113.9:3128"},
        {"name": "PASSWORD", "value": "secret"},
    ]
    made = manifest(of_pod(pod(spec={"containers": [{"name": "web", "env": env}]})))
    assert made["spec"]["containers"][0]["env"] == env[:1]


def test_the_service_account_comes_along_without_its_token() -> None:
    spec = manifest(of_pod(pod(spec={"serviceAccountName": "web"})))["spec"]
    assert spec["serviceAccountName"] == "web"
    assert spec["automountServiceAccountToken"] is False


@pytest.mark.parametrize(("kind", "pings"), [(ProbeKind.ICMP, True), (ProbeKind.TCP, False)])
def test_pings_need_a_safe_sysctl_instead_of_a_capability(kind: ProbeKind, pings: bool) -> None:
    plan = Plan("v", (Probe("1", kind, "198.18.1.2", 80),))
    assert ("sysctls" in manifest(of_pod(pod()), plan)["spec"]["securityContext"]) is pings


def test_a_node_is_probed_from_its_own_network_with_cluster_dns() -> None:
    made = manifest(of_node("n1", "prober"))
    assert made["metadata"]["namespace"] == "prober"
    assert made["spec"]["hostNetwork"] is True
    assert made["spec"]["dnsPolicy"] == "ClusterFirstWithHostNet"
    assert "agent.runner" in made["spec"]["containers"][0]["command"]


def test_a_fresh_pod_is_observed_until_it_is_stable() -> None:
    assert "agent.until_stable" in manifest(of_pod(pod()))["spec"]["containers"][0]["command"]


def test_the_deadline_leaves_room_for_starting_and_for_every_timeout() -> None:
    slow = Plan("v", (Probe("1", ProbeKind.TCP, "198.18.1.2", 80, timeout=10, attempts=5),))
    made = manifest(of_pod(pod()), slow)["spec"]["activeDeadlineSeconds"]
    assert made == deadline(pieces(slow)[0], SETTINGS) > SETTINGS.start_timeout + 2 * 50


def test_settings_reach_the_pod_and_never_outvote_identity() -> None:
    pods = PodSettings(
        pull_policy="Always",
        pull_secrets=("registry",),
        labels={"app": "no", "team": "net"},
        annotations={"a": "b"},
        tolerations=({"key": "gpu", "operator": "Exists"},),
        limits={"memory": "1Gi"},
    )
    settings = Settings("agent:2", pods=pods)
    made = manifest(of_pod(pod()), settings=settings)
    (container,) = made["spec"]["containers"]
    assert (container["image"], container["imagePullPolicy"]) == ("agent:2", "Always")
    assert container["resources"]["limits"] == {"memory": "1Gi"}
    assert made["spec"]["imagePullSecrets"] == [{"name": "registry"}]
    assert made["spec"]["tolerations"] == [{"key": "gpu", "operator": "Exists"}]
    assert made["metadata"]["labels"] == {"app": "web", "team": "net", "prober.dev/probe": "true"}
    assert made["metadata"]["annotations"]["a"] == "b"
