"""Workloads: the pods that they would make, and whose the pods are that exist."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import indent

import pytest

from prober.manifest import Loaded
from prober.model.objects import Ref, Workload

Load = Callable[..., Loaded]
Mistakes = Callable[[str], list[str]]


def workload(kind: str, name: str = "web", spec: str = "", pod: str = "", meta: str = "") -> str:
    group = "batch/v1" if kind == "Job" else "apps/v1"
    selector = "" if kind == "Job" else "selector: {matchLabels: {app: web}}"
    pod_spec = f"{{containers: [{{name: c, ports: [{{containerPort: 8080, name: http}}]}}]{pod}}}"
    return (
        (
            f"apiVersion: {group}\nkind: {kind}\nmetadata: {{name: {name}, namespace: "
            f"shop{meta}}}\nspec:\n"
        )
        + indent(
            (
                f"{selector}\n{spec}\ntemplate: {{metadata: {{labels: {{app: web}}}}, spec: "
                f"{pod_spec}}}\n"
            ),
            "  ",
        )
        + "---\n"
    )


def existing(name: str, owner: str = "", labels: str = "app: web") -> str:
    references = f", ownerReferences: [{owner}]" if owner else ""
    return (
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: shop, labels: "
        f"{{{labels}}}{references}}}\n"
        "spec: {containers: [{name: c}]}\n---\n"
    )


def node(name: str, labels: str = "", spec: str = "{}") -> str:
    return (
        f"apiVersion: v1\nkind: Node\nmetadata: {{name: {name}, labels: {{{labels}}}}}\nspec: "
        f"{spec}\n---\n"
    )


def names(loaded: Loaded) -> list[str]:
    return [name for _, name in sorted(loaded.snapshot.pods)]


def test_a_deployment_makes_its_pods(load: Load) -> None:
    loaded = load(workload("Deployment", spec="replicas: 2", pod=", serviceAccountName: web"))
    deployment = Ref("Deployment", "shop", "web")
    assert names(loaded) == ["web-0", "web-1"]
    pod = loaded.snapshot.pods["shop", "web-1"]
    assert (pod.owner, pod.labels, pod.service_account, pod.node) == (
        deployment,
        {"app": "web"},
        "web",
        "",
    )
    assert [port.name for port in pod.ports] == ["http"]
    assert pod.ready
    assert loaded.snapshot.workloads == {
        deployment: Workload("Deployment", "shop", "web", 2, {"app": "web"})
    }
    assert [each.name for each in loaded.snapshot.pods_of(deployment)] == ["web-0", "web-1"]


def test_pods_that_a_workload_makes_are_where_the_workload_is_written(load: Load) -> None:
    snapshot = load(workload("Deployment", name="a") + workload("Deployment", name="b")).snapshot
    assert snapshot.describe(Ref("Pod", "shop", "b-0")) == "Pod shop/b-0 (m.yaml:9)"


@pytest.mark.parametrize(
    ("spec", "count"), [("", 1), ("replicas: null", 1), ("replicas: 0", 0), ("replicas: 3", 3)]
)
@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "ReplicaSet"])
def test_replicas(load: Load, kind: str, spec: str, count: int) -> None:
    loaded = load(workload(kind, spec=spec))
    assert names(loaded) == [f"web-{number}" for number in range(count)]
    assert next(iter(loaded.snapshot.workloads.values())).replicas == count


def test_stateful_sets_label_their_pods_and_may_start_elsewhere(load: Load) -> None:
    loaded = load(workload("StatefulSet", spec="replicas: 2\nordinals: {start: 5}"))
    assert names(loaded) == ["web-5", "web-6"]
    assert loaded.snapshot.pods["shop", "web-5"].labels == {
        "app": "web",
        "statefulset.kubernetes.io/pod-name": "web-5",
        "apps.kubernetes.io/pod-index": "5",
    }


@pytest.mark.parametrize(
    ("spec", "count"),
    [
        ("", 1),
        ("parallelism: 3", 3),
        ("parallelism: 3\ncompletions: 2", 2),
        ("parallelism: 0", 0),
        ("suspend: true", 0),
    ],
)
def test_jobs_run_as_many_pods_as_they_run_at_once(load: Load, spec: str, count: int) -> None:
    loaded = load(workload("Job", spec=spec))
    assert names(loaded) == [f"web-{number}" for number in range(count)]
    for pod in loaded.snapshot.pods.values():
        assert pod.labels["batch.kubernetes.io/job-name"] == pod.labels["job-name"] == "web"


def test_a_finished_job_has_no_pods(load: Load) -> None:
    text = workload("Job").replace(
        "---\n", "status: {conditions: [{type: Complete, status: 'True'}]}\n"
    )
    assert names(load(text)) == []


def test_a_cron_job_stands_for_one_pod_of_its_template(load: Load) -> None:
    snapshot = load(
        """\
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: nightly, namespace: shop}
        spec:
          schedule: "0 3 * * *"
          jobTemplate:
            spec: {template: {metadata: {labels: {app: backup}}, spec: {containers: [{name: c}]}}}
        """
    ).snapshot
    [pod] = snapshot.pods.values()
    assert (str(pod.ref), pod.labels, pod.owner) == (
        "shop/nightly-0",
        {"app": "backup"},
        Ref("CronJob", "shop", "nightly"),
    )
    cron_job = Workload("CronJob", "shop", "nightly", 0, {"app": "backup"})
    assert snapshot.workloads == {cron_job.ref: cron_job}
    assert "shop" in snapshot.namespaces


def test_a_daemon_set_runs_on_every_node_that_it_may(load: Load) -> None:
    nodes = (
        node("n1", "role: edge")
        + node("n2")
        + node("n3", spec="{taints: [{key: gpu, value: 'yes', effect: NoSchedule}]}")
        + node("n4", spec="{taints: [{key: node.kubernetes.io/unschedulable, effect: NoSchedule}]}")
        + node("n5", spec="{taints: [{key: soft, effect: PreferNoSchedule}]}")
    )
    loaded = load(nodes + workload("DaemonSet"))
    assert names(loaded) == ["web-n1", "web-n2", "web-n4", "web-n5"]
    assert loaded.snapshot.pods["shop", "web-n2"].node == "n2"
    assert next(iter(loaded.snapshot.workloads.values())).replicas == 4
    linux = load(
        nodes + workload("DaemonSet", pod=", nodeSelector: {kubernetes.io/os: linux, role: edge}")
    )
    assert names(linux) == ["web-n1"]


@pytest.mark.parametrize(
    ("toleration", "tolerated"),
    [
        ("{operator: Exists}", True),
        ("{key: gpu, operator: Exists}", True),
        ("{key: gpu, value: a}", True),
        ("{key: gpu, value: a, effect: NoSchedule}", True),
        ("{key: gpu, value: b}", False),
        ("{key: gpu}", False),
        ("{key: other, operator: Exists}", False),
        ("{key: gpu, operator: Exists, effect: NoExecute}", False),
    ],
)
def test_tolerations(load: Load, toleration: str, tolerated: bool) -> None:
    tainted = node("n1", spec="{taints: [{key: gpu, value: a, effect: NoSchedule}]}")
    loaded = load(tainted + workload("DaemonSet", pod=f", tolerations: [{toleration}]"))
    assert names(loaded) == (["web-n1"] if tolerated else [])


def test_the_nodes_to_come_count_only_where_no_node_is_written(load: Load) -> None:
    assert names(load(workload("DaemonSet"), nodes=["a", "b"])) == ["web-a", "web-b"]
    assert load(workload("DaemonSet"), nodes=["a", "b"]).snapshot.nodes == {}
    assert names(load(node("n1") + workload("DaemonSet"), nodes=["a", "b"])) == ["web-n1"]


def test_nodes_that_pods_name_are_among_those_to_come(load: Load) -> None:
    bound = workload("Deployment", name="api", pod=", nodeName: n9")
    assert names(load(bound + workload("DaemonSet"), nodes=["n1", "n2"])) == [
        "api-0",
        "web-n1",
        "web-n9",
    ]
    assert names(load(bound + workload("DaemonSet"))) == ["api-0", "web-n9"]


def test_the_lab_words_say_which_nodes_are_to_come(load: Load) -> None:
    lab = "apiVersion: prober.dev/v1alpha1\nkind: Lab\nnodes: 3\n"
    assert names(load(workload("DaemonSet") + lab, nodes=["a"])) == ["web-n1", "web-n2", "web-n3"]


def test_without_any_node_a_daemon_set_has_one_pod(load: Load) -> None:
    loaded = load(workload("DaemonSet"))
    assert names(loaded) == ["web-0"]
    assert loaded.snapshot.pods["shop", "web-0"].node == ""


@pytest.mark.parametrize(
    ("pod", "expected"),
    [
        (", nodeName: n2", "n2"),
        (", nodeSelector: {kubernetes.io/hostname: n2}", "n2"),
        (", nodeSelector: {kubernetes.io/hostname: host-1}", "n1"),
        (", nodeSelector: {zone: a}", ""),
    ],
)
def test_pods_that_are_bound_to_a_node(load: Load, pod: str, expected: str) -> None:
    loaded = load(
        node("n1", "kubernetes.io/hostname: host-1") + node("n2") + workload("Deployment", pod=pod)
    )
    assert loaded.snapshot.pods["shop", "web-0"].node == expected


def test_pods_that_exist_are_the_deployments_by_their_replica_set(load: Load) -> None:
    loaded = load(
        workload("Deployment", spec="replicas: 3")
        + workload(
            "ReplicaSet",
            name="web-5d4",
            meta=", ownerReferences: [{kind: Deployment, name: web, controller: true}]",
        )
        + existing("web-5d4-x", "{kind: ReplicaSet, name: web-5d4, controller: true}")
        + existing("lonely")
    )
    deployment = Ref("Deployment", "shop", "web")
    assert {name: pod.owner for (_, name), pod in loaded.snapshot.pods.items()} == {
        "web-5d4-x": deployment,
        "lonely": None,
    }
    assert list(loaded.snapshot.workloads) == [deployment]


def test_a_replica_set_that_is_not_written_is_known_by_its_name(load: Load) -> None:
    owner = "{kind: ReplicaSet, name: web-5d4, controller: true}"
    deployment = Ref("Deployment", "shop", "web")
    declared = load(workload("Deployment") + existing("web-5d4-x", owner))
    assert [pod.owner for pod in declared.snapshot.pods.values()] == [deployment]
    hashed = load(
        existing("web-5d4-x", owner, "app: web, pod-template-hash: 5d4")
        + existing("web-5d4-y", owner, "app: web, b: c, pod-template-hash: 5d4")
    )
    assert hashed.snapshot.workloads == {
        deployment: Workload("Deployment", "shop", "web", 2, {"app": "web"})
    }
    bare = load(existing("web-5d4-x", owner))
    assert [pod.owner for pod in bare.snapshot.pods.values()] == [
        Ref("ReplicaSet", "shop", "web-5d4")
    ]


def test_pods_of_other_workloads(load: Load) -> None:
    loaded = load(
        workload("StatefulSet", name="db")
        + existing("db-0", "{kind: StatefulSet, name: db, controller: true}")
        + workload(
            "Job",
            name="nightly-28412345",
            meta=", ownerReferences: [{kind: CronJob, name: nightly}]",
        )
        + existing("nightly-28412345-x", "{kind: Job, name: nightly-28412345, controller: true}")
        + existing("custom", "{kind: Kafka, name: k, controller: true}")
        + existing("static", "{kind: Node, name: n1, controller: true}")
    )
    assert {
        name: str(pod.owner and pod.owner.kind) for (_, name), pod in loaded.snapshot.pods.items()
    } == {
        "db-0": "StatefulSet",
        "nightly-28412345-x": "CronJob",
        "custom": "None",
        "static": "None",
    }


def test_names_that_are_taken_are_passed_over(load: Load) -> None:
    loaded = load(
        workload("Deployment", spec="replicas: 2") + workload("StatefulSet") + existing("web-1")
    )
    assert {
        name: str(pod.owner and pod.owner.kind) for (_, name), pod in loaded.snapshot.pods.items()
    } == {
        "web-0": "StatefulSet",
        "web-1": "None",
        "web-2": "Deployment",
        "web-3": "Deployment",
    }


def test_pods_with_a_generated_name_are_numbered(load: Load) -> None:
    document = (
        "apiVersion: v1\nkind: Pod\nmetadata: {generateName: run-}\nspec: {containers: [{name: "
        "c}]}\n---\n"
    )
    loaded = load(document + document)
    assert list(loaded.snapshot.pods) == [("default", "run-0"), ("default", "run-1")]
    assert str(loaded.snapshot.origins[Ref("Pod", "default", "run-1")]) == "m.yaml:6"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("metadata: {name: a}", "1: has no spec (add `spec:` with `template:`)"),
        (
            "metadata: {name: a}\nspec: {selector: {matchLabels: {a: b}}}",
            "4: spec: has no template (add the `template:` of its pods)",
        ),
        (
            "metadata: {name: a}\nspec: {template: {spec: {containers: [{name: c}]}}}",
            "4: spec.selector: is required (write `matchLabels:` with the labels of the template)",
        ),
        (
            "metadata: {name: a}\nspec:\n  selector: {matchLabels: {a: b, c: d}}\n"
            "  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c}]}}",
            "5: spec.selector: does not match the labels of the template "
            "(make c the same in spec.selector and in spec.template.metadata.labels)",
        ),
        (
            "metadata: {name: a}\nspec:\n  replicas: '2'\n  selector: {matchLabels: {a: b}}\n"
            "  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c}]}}",
            "5: spec.replicas: must be a whole number, not text (`2`) (remove the quotes)",
        ),
        (
            "metadata: {name: a}\nspec:\n  replicas: -1\n  selector: {matchLabels: {a: b}}\n"
            "  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c}]}}",
            "5: spec.replicas: -1 must not be negative",
        ),
        (
            "metadata: {name: a}\nspec:\n  replicas: 1000000\n  selector: {matchLabels: {a: b}}\n"
            "  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c}]}}",
            (
                "5: spec.replicas: 1000000 pods of one workload are more than prober makes "
                "(write at most 10000)"
            ),
        ),
    ],
)
def test_what_the_api_server_rejects_of_workloads(
    mistakes: Mistakes, text: str, message: str
) -> None:
    assert f"m.yaml:{message}" in mistakes(f"apiVersion: apps/v1\nkind: Deployment\n{text}\n")
