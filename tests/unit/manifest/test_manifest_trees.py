"""Trees as people have them: charts, kustomizations and other files beside the manifests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from prober.manifest import Loaded, load_manifests
from prober.manifest.load import Sources, Text, load_sources
from prober.model.errors import InputError
from prober.model.objects import Ref

Load = Callable[..., Loaded]
Write = Callable[..., Path]


def pod(name: str, more: str = "") -> str:
    return f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}{more}}}\nspec: {{containers: [{{name: c}}]}}\n"


def pods(loaded: Loaded) -> list[str]:
    return [str(pod.ref) for pod in loaded.snapshot.pods.values()]


def refused(sources: Sources) -> str:
    with pytest.raises(InputError) as caught:
        load_sources(sources)
    return str(caught.value)


def test_what_is_no_object_is_left_out_with_a_warning(write: Write) -> None:
    write(pod("a"), "d/a.yaml")
    write("replicas: 2\nkind: Deployment\n", "d/values.yaml")
    write("version: '3'\nservices: {web: {image: x}}\n", "d/docker-compose.yml")
    write("- 1\n- 2\n", "d/list.yaml")
    write('{"name": "web"}', "d/package.json")
    loaded = load_manifests([Path("d")])
    assert pods(loaded) == ["default/a"]
    assert loaded.warnings == (
        "left out, as no Kubernetes objects: "
        "d/docker-compose.yml, d/list.yaml, d/package.json, d/values.yaml",
    )


def test_an_object_that_lacks_a_field_is_a_mistake_wherever_it_is(write: Write) -> None:
    write("kind: Pod\nmetadata: {name: a}\n", "d/a.yaml")
    assert "d/a.yaml:1: has no apiVersion" in refused(Sources([Path("d")]))


def test_a_chart_in_the_tree_is_named_once_and_the_rest_is_read(write: Write) -> None:
    write(pod("a"), "d/a.yaml")
    write("apiVersion: v2\nname: redis\n", "d/charts/redis/Chart.yaml")
    write("image: x\n", "d/charts/redis/values.yaml")
    write("{{ if .Values.a }}\na: {{ b }}\n", "d/charts/redis/templates/pod.yaml")
    write("apiVersion: v2\nname: sub\n", "d/charts/redis/charts/sub/Chart.yaml")
    write("{{ x }}", "d/charts/redis/charts/sub/templates/sub/x.yaml")
    loaded = load_manifests([Path("d")])
    assert pods(loaded) == ["default/a"]
    assert loaded.warnings == (
        "d/charts/redis is a Helm chart, whose templates are no manifests before they are "
        "rendered: --helm d/charts/redis renders them, "
        "or helm template NAME d/charts/redis and then -f -",
    )


def test_a_chart_alone_says_how_to_render_it(write: Write) -> None:
    write("apiVersion: v2\nname: redis\n", "redis/Chart.yaml")
    write("{{ x }}", "redis/templates/x.yaml")
    for path in ("redis", "redis/templates"):
        assert "has no manifest to be read as it is (redis is a Helm chart" in refused(
            Sources([Path(path)])
        )


def test_a_kustomization_that_changes_something_is_named_once(write: Write) -> None:
    write(pod("a"), "d/base/a.yaml")
    write("resources: [a.yaml]\n", "d/base/kustomization.yaml")
    write(
        "resources: [../base]\nnamePrefix: prod-\npatches: [{path: patch.yaml}]\n"
        "patchesStrategicMerge: [other.yaml, 'kind: Pod\n']\n",
        "d/prod/kustomization.yaml",
    )
    for name in ("patch", "other"):
        write("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {}\n", f"d/prod/{name}.yaml")
    loaded = load_manifests([Path("d")])
    assert pods(loaded) == ["default/a"]
    assert loaded.warnings == (
        "d/prod is a kustomization, and files were read without what that changes: "
        "-k d/prod renders it, or kubectl kustomize d/prod and then -f -",
    )


def test_files_and_directories_can_be_excluded(write: Write) -> None:
    for name in ("a", "tests/b", "ci/deep/c", "d-test"):
        write(pod(Path(name).name), f"d/{name}.yaml")
    loaded = load_sources(Sources([Path("d")], exclude=("tests/", "*-test.yaml", "ci/*/*")))
    assert pods(loaded) == ["default/a"]


def test_texts_are_read_like_files(write: Write) -> None:
    texts = [Text("stdin", pod("a") + "---\n# nothing\n---\n" + pod("b"))]
    loaded = load_sources(Sources(texts=texts))
    assert pods(loaded) == ["default/a", "default/b"]
    assert str(loaded.snapshot.origins[Ref("Pod", "default", "b")]) == "stdin:8"
    assert refused(Sources(texts=[Text("stdin", "\n")])) == (
        "stdin: is empty: there is no document in it (give manifests)"
    )
    assert "stdin:1: not valid YAML" in refused(Sources(texts=[Text("stdin", "a: b: c")]))


def test_the_namespace_of_objects_that_do_not_say_theirs(write: Write) -> None:
    text = pod("a") + "---\n" + pod("b", ", namespace: shop") + "---\n"
    text += "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n"
    loaded = load_sources(Sources([write(text)], namespace="redis"))
    assert pods(loaded) == ["redis/a", "shop/b"]
    assert list(loaded.snapshot.nodes) == ["n1"]
    assert loaded.snapshot.namespaces["redis"].labels == {"kubernetes.io/metadata.name": "redis"}


@pytest.mark.parametrize("kind", ["Job", "Deployment"])
def test_the_api_server_may_make_up_names(kind: str, load: Load) -> None:
    api = "batch/v1" if kind == "Job" else "apps/v1"
    selector = "" if kind == "Job" else "selector: {matchLabels: {a: b}}, "
    document = (
        f"apiVersion: {api}\nkind: {kind}\nmetadata: {{generateName: run-}}\n"
        f"spec: {{{selector}template: {{metadata: {{labels: {{a: b}}}}, "
        "spec: {containers: [{name: c}]}}}\n---\n"
    )
    assert pods(load(document + document)) == ["default/run-0-0", "default/run-1-0"]


HOOKS = """
apiVersion: v1
kind: Pod
metadata: {name: redis-test, annotations: {helm.sh/hook: test}}
spec: {containers: [{name: c}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: migrate, namespace: shop, annotations: {helm.sh/hook: "pre-install,pre-upgrade"}}
spec: {template: {spec: {containers: [{name: c}]}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: migrate
  annotations: {helm.sh/hook: pre-install, helm.sh/hook-delete-policy: "before-hook-creation,hook-succeeded"}
spec: {podSelector: {}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: stays, annotations: {helm.sh/hook: pre-install}}
spec: {podSelector: {}}
---
"""


def test_helm_hooks_are_left_out_but_for_those_that_stay(load: Load) -> None:
    loaded = load(HOOKS + pod("a"))
    assert pods(loaded) == ["default/a"]
    assert [policy.name for policy in loaded.snapshot.policies] == ["stays"]
    assert loaded.warnings == (
        "left out, as Helm hooks, which run only now and then: "
        "Pod redis-test, Job shop/migrate, NetworkPolicy migrate",
    )


FOREIGN = """
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, ports: [{containerPort: 8080, name: http}]}]}
---
apiVersion: elasticsearch.k8s.elastic.co/v1
kind: Elasticsearch
metadata: {name: es, namespace: shop}
spec:
  nodeSets:
    - podTemplate: {metadata: {labels: {role: master}}, spec: {containers: [{name: c}]}}
    - podTemplate: {metadata: {labels: {role: data}}, spec: {containers: [{name: c}]}}
---
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: p}
spec:
  rules:
    - generate:
        data: {apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {containers: [{}]}}}}
---
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: {name: k8s, namespace: monitoring}
spec: {podMetadata: {labels: {team: infra}}, serviceAccountName: prometheus}
"""


def test_every_pod_template_makes_pods(load: Load) -> None:
    loaded = load(FOREIGN)
    snapshot = loaded.snapshot
    assert pods(loaded) == [
        "monitoring/prometheus-k8s-0",
        "shop/web-0",
        "shop/web-1",
        "shop/es-0",
        "shop/es-1",
    ]
    web = snapshot.pods["shop", "web-0"]
    assert (web.owner, web.ports[0].name) == (Ref("Rollout", "shop", "web"), "http")
    assert [snapshot.pods["shop", f"es-{n}"].labels["role"] for n in (0, 1)] == ["master", "data"]
    assert str(snapshot.origins[web.ref]) == "m.yaml:2"
    assert loaded.warnings == (
        "left out, as kinds that prober does not know: 1 × ClusterPolicy (kyverno.io/v1)",
        "kinds that prober does not know, read by their pod template: "
        "1 × Elasticsearch (elasticsearch.k8s.elastic.co/v1), "
        "1 × Prometheus (monitoring.coreos.com/v1), 1 × Rollout (argoproj.io/v1alpha1)",
    )


def test_an_operators_pods_have_the_labels_that_policies_name(load: Load) -> None:
    prometheus = load(FOREIGN).snapshot.pods["monitoring", "prometheus-k8s-0"]
    assert prometheus.labels.items() >= {
        ("app.kubernetes.io/name", "prometheus"),
        ("app.kubernetes.io/instance", "k8s"),
        ("prometheus", "k8s"),
        ("team", "infra"),
    }
    assert [(port.name, port.number) for port in prometheus.ports] == [("web", 9090)]
    assert (prometheus.service_account, prometheus.owner) == (
        "prometheus",
        Ref("StatefulSet", "monitoring", "prometheus-k8s"),
    )
