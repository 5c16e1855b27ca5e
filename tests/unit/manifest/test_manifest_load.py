"""Files, directories, lists and kinds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from prober.manifest import Loaded, load_manifests
from prober.model.errors import ExitCode, InputError
from prober.model.objects import Ref

Load = Callable[..., Loaded]
Mistakes = Callable[[str], list[str]]
Write = Callable[..., Path]


def pod(name: str, namespace: str = "shop") -> str:
    return (
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: {namespace}}}\n"
        "spec: {containers: [{name: c}]}\n"
    )


def refused(*paths: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_manifests(paths)
    assert caught.value.exit_code is ExitCode.USAGE
    return str(caught.value).splitlines()


def test_a_directory_means_all_manifests_below(write: Write) -> None:
    for name in (
        "d/b.yaml",
        "d/a.yml",
        "d/sub/c.yaml",
        "d/.git/x.yaml",
        "d/.hidden.yaml",
        "d/notes.txt",
    ):
        write(pod(Path(name).stem.strip(".")), name)
    write(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"name": "j"},
                "spec": {"containers": [{}]},
            }
        ),
        "d/j.json",
    )
    for name in ("d/kustomization.yaml", "d/sub/kustomization.yml"):
        write("resources: [b.yaml]\n", name)
    loaded = load_manifests([Path("d")])
    assert list(loaded.snapshot.pods) == [
        ("shop", "a"),
        ("shop", "b"),
        ("default", "j"),
        ("shop", "c"),
    ]
    assert loaded.warnings == ()
    assert str(loaded.snapshot.origins[Ref("Pod", "shop", "c")]) == "d/sub/c.yaml:1"


def test_a_file_that_is_named_twice_is_read_once(write: Write) -> None:
    write(pod("a"), "d/a.yaml")
    assert (
        len(load_manifests([Path("d"), Path("d/a.yaml"), Path("d/../d/a.yaml")]).snapshot.pods) == 1
    )


def test_a_named_file_may_have_any_name(write: Write) -> None:
    assert len(load_manifests([write(pod("a"), "dump.txt")]).snapshot.pods) == 1


def test_the_mistakes_of_all_files_are_reported_at_once_and_in_order(write: Write) -> None:
    write(
        pod("a").replace("name: a", "name: A") + "---\n" + pod("b").replace("v1", "v2"), "d/a.yaml"
    )
    write("a: b: c\n", "d/b.yaml")
    write(pod("c").replace("containers", "container"), "d/c.yaml")
    messages = refused(Path("d"), Path("gone.yaml"))
    assert [line.split(": ")[0] for line in messages] == [
        "d/a.yaml:3",
        "d/a.yaml:6",
        "d/b.yaml:1",
        "d/c.yaml:4",
        "gone.yaml",
    ]


def test_nothing_in_a_path_is_a_mistake(write: Write, tmp_path: Path) -> None:
    write(pod("a"), "d/a.yaml")
    Path("empty").mkdir()
    write("x", "texts/readme.txt")
    assert refused(Path("d"), Path("empty"), Path("texts")) == [
        "empty: has no manifest in it: no .yaml, .yml, .json file (check the path)",
        "texts: has no manifest in it: no .yaml, .yml, .json file (check the path)",
    ]
    assert refused(write("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")) == [
        "m.yaml: no object that prober reads, only ConfigMap (give files or directories with "
        "Kubernetes manifests, "
        "such as Pods, Deployments, Services, NetworkPolicies)"
    ]
    assert "no object that prober reads" in refused()[0]


def test_an_empty_file_is_a_mistake_when_named_and_else_a_warning(write: Write) -> None:
    write("# rendered to nothing\n", "d/empty.yaml")
    write(pod("a"), "d/a.yaml")
    assert load_manifests([Path("d")]).warnings == ("d/empty.yaml: is empty and was left out",)
    assert refused(Path("d/empty.yaml")) == [
        "d/empty.yaml: is empty: there is no document in it (fill it, or leave it out)"
    ]


def test_lists_are_unwrapped_also_in_lists(load: Load) -> None:
    loaded = load(
        """\
        apiVersion: v1
        kind: List
        metadata: {resourceVersion: ""}
        items:
        - apiVersion: v1
          kind: Pod
          metadata: {name: a}
          spec: {containers: [{name: c}]}
        - apiVersion: v1
          kind: PodList
          items:
          - metadata: {name: b}
            spec: {containers: [{name: c}]}
        - apiVersion: networking.k8s.io/v1
          kind: NetworkPolicyList
          items:
          - metadata: {name: p}
            spec: {podSelector: {}}
        - {apiVersion: v1, kind: SecretList, items: [{metadata: {name: s}}]}
        - {apiVersion: v1, kind: ServiceList, items: null}
        """
    )
    snapshot = loaded.snapshot
    assert {str(ref): place.line for ref, place in snapshot.origins.items()} == {
        "default/a": 5,
        "default/b": 12,
        "default/p": 17,
    }
    assert snapshot.sources[Ref("NetworkPolicy", "default", "p")] == {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "p"},
        "spec": {"podSelector": {}},
    }
    assert loaded.warnings == ()


def test_mistakes_in_lists_have_their_place(mistakes: Mistakes) -> None:
    items = ["null", "kind: Pod", "x", "{apiVersion: v1, kind: Pod, metadata: {name: a}}"]
    text = "apiVersion: v1\nkind: List\nitems:\n" + "".join(f"- {item}\n" for item in items)
    assert mistakes(text) == [
        "m.yaml:4: items[0]: is empty (remove the item)",
        "m.yaml:5: items[1]: has no apiVersion (Kubernetes objects have both apiVersion and kind; "
        "move other YAML files out of the directory)",
        "m.yaml:6: items[2]: must be a mapping, not text (`x`)",
        "m.yaml:7: items[3]: has no spec (add `spec:` with `containers:`)",
    ]
    assert mistakes("apiVersion: v1\nkind: List\nitems: {}\n") == [
        "m.yaml:3: items: must be a list, not a mapping (start each item with `- `)"
    ]


def test_duplicates_name_both_places(write: Write) -> None:
    write(pod("a") + "---\n" + pod("b"), "d/one.yaml")
    write(pod("a", "other") + "---\n" + pod("a").replace("name: c", "name: d"), "d/two.yaml")
    assert refused(Path("d")) == [
        "d/two.yaml:6: Pod shop/a is there twice, first in d/one.yaml:1 "
        "(keep one of them, or pass a file over with --exclude)"
    ]


def test_an_identical_duplicate_is_the_same_object(write: Write) -> None:
    space = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: a}}\n---\n"
    write(space + pod("a"), "d/one.yaml")
    write(space + pod("b"), "d/two.yaml")
    loaded = load_manifests([Path("d")])
    assert (list(loaded.snapshot.namespaces), loaded.warnings) == (["shop"], ())
    assert str(loaded.snapshot.origins[Ref("Namespace", "", "shop")]) == "d/one.yaml:1"


def test_the_same_name_in_another_kind_or_namespace_is_no_duplicate(load: Load) -> None:
    text = (
        pod("a")
        + "---\n"
        + pod("a", "b")
        + "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n"
    )
    assert len(load(text).snapshot.origins) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: b\n", "m.yaml:1: has no apiVersion and kind"),
        ("apiVersion: v1\n", "m.yaml:1: has no kind"),
        ("apiVersion: v1\nkind: 5\n", "m.yaml:2: kind: must be text, not a number (`5`)"),
        (
            "apiVersion: extensions/v1beta1\nkind: NetworkPolicy\n",
            "m.yaml:1: apiVersion: no API server serves the kind NetworkPolicy in "
            "extensions/v1beta1 "
            "(write `apiVersion: networking.k8s.io/v1`)",
        ),
        (
            "apiVersion: v1\nkind: NetworkPolicy\n",
            "m.yaml:1: apiVersion: no API server serves the kind NetworkPolicy in v1",
        ),
        ("apiVersion: apps/v1beta2\nkind: Deployment\n", "(write `apiVersion: apps/v1`)"),
        (
            "apiVersion: discovery.k8s.io/v1beta1\nkind: EndpointSlice\n",
            "(write `apiVersion: discovery.k8s.io/v1`)",
        ),
        (
            "apiVersion: prober.dev/v1\nkind: Lab\n",
            "m.yaml:1: apiVersion: prober has no Lab in prober.dev/v1 "
            "(its kinds are Lab and Scenario, in `apiVersion: prober.dev/v1alpha1`)",
        ),
        (
            "apiVersion: prober.dev/v1alpha1\nkind: Labs\n",
            "m.yaml:2: kind: prober has no Labs in prober.dev/v1alpha1",
        ),
    ],
)
def test_kinds_and_versions_that_do_not_exist(mistakes: Mistakes, text: str, message: str) -> None:
    assert any(message in mistake for mistake in mistakes(text))


def foreign(version: str, kind: str, name: str) -> str:
    return f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: {name}, namespace: shop}}\n"


def test_policies_that_are_not_evaluated_are_named_once_by_kind(load: Load) -> None:
    objects = [
        foreign("security.istio.io/v1", "AuthorizationPolicy", "a"),
        foreign("security.istio.io/v1", "AuthorizationPolicy", "b"),
        foreign("policy.linkerd.io/v1beta3", "Server", "c"),
        foreign("crd.antrea.io/v1beta1", "NetworkPolicy", "d"),
        foreign("policy.networking.k8s.io/v1", "ClusterNetworkPolicy", "e"),
        foreign("example.com/v1", "GalacticNetworkPolicy", "f"),
    ]
    loaded = load("---\n".join([*objects, pod("p")]))
    assert loaded.snapshot.policies == ()
    end = "is not evaluated: predictions that they may change say so"
    assert loaded.warnings == (
        f"m.yaml:1: AuthorizationPolicy shop/a, shop/b (security.istio.io/v1) {end}",
        f"m.yaml:9: Server shop/c (policy.linkerd.io/v1beta3) {end}",
        f"m.yaml:13: NetworkPolicy shop/d (crd.antrea.io/v1beta1) {end}",
        f"m.yaml:17: ClusterNetworkPolicy shop/e (policy.networking.k8s.io/v1) {end}",
        f"m.yaml:21: GalacticNetworkPolicy shop/f (example.com/v1) {end}",
    )
    assert len(loaded.snapshot.left_out) == len(objects)


def test_unknown_kinds_are_counted_and_everyday_ones_are_not(load: Load) -> None:
    other = [
        "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: a}\n",
        "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: b}\n",
        "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: c}\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: d}\ndata: {on: 1}\n",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: e}\n",
        "apiVersion: prober.dev/v1alpha1\nkind: Scenario\nchecks: nonsense\n",
    ]
    loaded = load("---\n".join([*other, pod("p")]))
    assert loaded.snapshot.services == {}
    assert loaded.warnings == (
        "left out, as kinds that prober does not know: 2 × GitRepository "
        "(source.toolkit.fluxcd.io/v1), "
        "1 × Service (serving.knative.dev/v1)",
    )
