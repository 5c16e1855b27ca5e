"""The manifests: those of the repository, the rights in them, and what installing does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from kube_fakes import Answer, FakeClient, status

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.connection import Connection
from prober.fabric.kubernetes.client.rights import Purpose, rights_for
from prober.fabric.kubernetes.installation import lifecycle as module
from prober.fabric.kubernetes.installation.bundle import everything
from prober.fabric.kubernetes.installation.kustomize import to_yaml, tree
from prober.fabric.kubernetes.installation.lifecycle import Left, install, start, uninstall
from prober.fabric.kubernetes.installation.monitoring import monitors
from prober.fabric.kubernetes.installation.names import Choices, PageChoices
from prober.fabric.kubernetes.installation.runs import every_run, run_manifests
from prober.fabric.kubernetes.settings import Settings
from prober.model.errors import FabricError

ROOT = Path(__file__).parents[4]
PLAIN, ENTERING = Choices(), Choices(enters_pods=True)
SHOP = Choices(probe_pods_in=("shop",))
WIDE = Choices(probe_pods_everywhere=True)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAUSE", 0.0)
    monkeypatch.setattr(module, "_PATIENCE", 0.0)


def granted(choices: Choices) -> set[tuple[str, str, str]]:
    """Group, resource and verb of every rule that is bound."""
    found = list(everything(choices))
    bound = {one["roleRef"]["name"] for one in found if one["kind"].endswith("Binding")}
    rules = [
        rule
        for one in found
        if "rules" in one and one["metadata"]["name"] in bound
        for rule in one["rules"]
    ]
    return {
        (group, what, verb)
        for rule in rules
        for group in rule["apiGroups"]
        for what in rule["resources"]
        for verb in rule["verbs"]
    }


def listed(*purposes: Purpose) -> set[tuple[str, str, str]]:
    return {
        (right.group, right.what, verb) for right in rights_for(*purposes) for verb in right.verbs
    }


def daemon_set(choices: Choices) -> dict[str, Any]:
    return dict(next(one for one in everything(choices) if one["kind"] == "DaemonSet"))["spec"][
        "template"
    ]["spec"]


def test_the_manifests_of_the_repository_are_these() -> None:
    wanted = tree(Choices())
    folder = ROOT / "manifests"
    found = {str(one.relative_to(folder)): one.read_text() for one in folder.rglob("*.*")}
    assert found == dict(wanted), "prober manifests --kustomize manifests"


def test_roles_grant_the_table_and_nothing_else() -> None:
    for choices in (SHOP, WIDE):
        assert granted(choices) == listed(Purpose.READ, Purpose.AGENTS, Purpose.PROBE_PODS)
    for choices in (PLAIN, ENTERING):
        assert granted(choices) == listed(Purpose.READ, Purpose.AGENTS)


def bindings(choices: Choices) -> dict[tuple[str, str], str]:
    """Kind and namespace of each binding, and the role that it gives."""
    return {
        (one["kind"], one["metadata"].get("namespace", "")): one["roleRef"]["name"]
        for one in everything(choices)
        if one["kind"].endswith("Binding") and one["roleRef"]["name"] != "prober-read"
    }


def test_probe_pods_are_a_matter_of_single_namespaces() -> None:
    agents = {("RoleBinding", "prober"): "prober-agents"}
    assert bindings(PLAIN) == agents
    assert bindings(SHOP) == {**agents, ("RoleBinding", "shop"): "prober-probe-pods"}
    assert bindings(WIDE) == {**agents, ("ClusterRoleBinding", ""): "prober-probe-pods"}
    assert bindings(Choices(enters_pods=True, probe_pods_in=("shop",))) == agents


def test_runs_have_a_token_and_so_a_namespace_apart_from_the_agents() -> None:
    """Exec in the agents' namespace must not be exec into a pod with a token."""
    for choices in (SHOP, ENTERING):
        objects = [*everything(choices), *run_manifests(choices, {"a.yaml": "…"})]
        spaces = {
            (one["kind"], one["metadata"]["name"]): one["metadata"].get("namespace")
            for one in objects
        }
        assert spaces["DaemonSet", "prober-agent"] == "prober"
        assert spaces["ServiceAccount", "prober-agent"] == "prober"
        assert spaces["ServiceAccount", "prober"] == spaces["Job", "prober-run"] == "prober-runs"
        subjects = [one for made in objects for one in made.get("subjects", ())]
        assert {(one["name"], one["namespace"]) for one in subjects} == {("prober", "prober-runs")}


def test_the_namespace_of_runs_admits_nothing_but_restricted_pods() -> None:
    levels = {
        one["metadata"]["name"]: one["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]
        for one in everything(PLAIN)
        if one["kind"] == "Namespace"
    }
    assert levels == {"prober": "privileged", "prober-runs": "restricted"}
    pod = run_manifests(PLAIN, {"a.yaml": "…"})[1]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert container["securityContext"]["allowPrivilegeEscalation"] is False


def test_a_divided_run_is_an_indexed_job() -> None:
    _, run = run_manifests(PLAIN, {"a.yaml": "…"}, shards=8)
    spec = run["spec"]
    assert (spec["completionMode"], spec["completions"]) == ("Indexed", 8)
    assert "backoffLimit" not in spec  # the limit is each part's own
    (container,) = spec["template"]["spec"]["containers"]
    assert container["command"][-4:] == ["--shard", "$(JOB_COMPLETION_INDEX)/8", "-o", "json"]
    actions = {
        rule["action"]: rule.get("onExitCodes", {}).get("values")
        for rule in spec["podFailurePolicy"]["rules"]
    }
    assert actions == {"Ignore": None, "FailIndex": [1], "FailJob": [2]}


def test_agents_have_no_rights_unless_they_are_asked_to_enter_pods() -> None:
    plain = daemon_set(PLAIN)
    (container,) = plain["containers"]
    assert plain["securityContext"]["runAsNonRoot"] is True
    assert "hostPID" not in plain
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    entering = daemon_set(ENTERING)
    (container,) = entering["containers"]
    assert entering["hostPID"] is True
    assert container["securityContext"]["capabilities"]["add"] == [
        "SYS_ADMIN",
        "SYS_PTRACE",
        "NET_RAW",
        "SETPCAP",
    ]
    assert "privileged" not in container["securityContext"]
    for one in (plain, entering):
        assert one["automountServiceAccountToken"] is False


def test_what_is_printed_is_what_is_applied() -> None:
    printed = list(yaml.safe_load_all(to_yaml(everything(PLAIN))))
    assert printed == [dict(one) for one in everything(PLAIN)]


def test_a_run_fails_visibly_and_is_not_repeated() -> None:
    for schedule in ("", "0 * * * *"):
        _, run = run_manifests(PLAIN, {"a.yaml": "…"}, schedule)
        spec = run["spec"]["jobTemplate"]["spec"] if schedule else run["spec"]
        pod = spec["template"]["spec"]
        assert (spec["backoffLimit"], pod["restartPolicy"]) == (0, "Never")
        assert pod["containers"][0]["terminationMessagePolicy"] == "FallbackToLogsOnError"


class Cluster:
    """Takes what is applied, and has agents as `state` says."""

    def __init__(
        self, state: dict[str, Any] | None = None, namespace: dict[str, Any] | None = None
    ) -> None:
        ready = {"desiredNumberScheduled": 2, "numberReady": 2, "updatedNumberScheduled": 2}
        self.state = ready if state is None else state
        self.namespaces = {} if namespace is None else {"prober": namespace}
        self.bindings: list[dict[str, Any]] = []
        self.pods: list[dict[str, Any]] = []
        self.scenarios: list[dict[str, Any]] = []
        self.client = FakeClient(self.answer)

    def answer(self, method: str, url: str) -> Answer:
        path = url.partition("?")[0]
        folder, _, name = path.rpartition("/")
        if folder.endswith("/namespaces") and method == "GET":
            there = self.namespaces.get(name)
            return status(404) if there is None else Answer(body={"metadata": there})
        if folder.endswith("/namespaces") and method == "DELETE":
            self.namespaces.pop(name, None)
        if name == "scenarios":
            return Answer(body={"items": self.scenarios, "metadata": {}})
        if path.endswith("/deployments/prober-operator") and method == "GET":
            counts = {"updatedReplicas": 2, "availableReplicas": 2}
            return Answer(body={"metadata": {}, "spec": {"replicas": 2}, "status": counts})
        if name == "rolebindings" and method == "GET":
            return Answer(body={"items": self.bindings, "metadata": {}})
        if path.endswith("/daemonsets/prober-agent") and method == "GET":
            return Answer(body={"metadata": {}, "status": self.state})
        return Answer(body={"items": self.pods, "metadata": {}})

    def api(self) -> Api:
        return Api(Connection(self.client, "test", "https://203.0.113.1"), Settings(""))

    def calls(self, method: str) -> list[str]:
        return [
            url.partition("?")[0].rpartition("/")[2]
            for verb, url in self.client.calls
            if verb == method
        ]


async def test_installing_applies_everything_and_waits() -> None:
    cluster = Cluster()
    assert await install(cluster.api(), PLAIN, 5) == 2
    assert cluster.calls("PATCH") == [one["metadata"]["name"] for one in everything(PLAIN)]
    # An earlier installation may have had the right to make probe pods.
    assert set(cluster.calls("DELETE")) == {"prober-probe-pods"}


async def test_probe_pods_are_allowed_where_they_are_chosen_and_nowhere_else_any_more() -> None:
    cluster = Cluster()
    ours = {"labels": {"app.kubernetes.io/part-of": "prober"}, "uid": "u"}
    cluster.bindings = [
        {"metadata": {**ours, "name": "prober-probe-pods", "namespace": "shop"}},
        {"metadata": {**ours, "name": "prober-probe-pods", "namespace": "post"}},
        {"metadata": {**ours, "name": "admins", "namespace": "post"}},
    ]
    await install(cluster.api(), SHOP, 5)
    gone = [url.partition("?")[0] for verb, url in cluster.client.calls if verb == "DELETE"]
    folder = "/apis/rbac.authorization.k8s.io/v1"
    assert gone == [
        f"{folder}/clusterrolebindings/prober-probe-pods",
        f"{folder}/namespaces/post/rolebindings/prober-probe-pods",
    ]


async def test_what_the_other_kind_of_installation_had_is_taken_away() -> None:
    cluster = Cluster()
    await install(cluster.api(), ENTERING, 5)
    assert cluster.calls("DELETE") == ["prober-probe-pods", "prober-probe-pods"]


async def test_a_namespace_of_somebody_else_is_neither_changed_nor_deleted() -> None:
    cluster = Cluster(namespace={"name": "prober", "labels": {"team": "net"}})
    await install(cluster.api(), PLAIN, 5)
    assert (await uninstall(cluster.api(), PLAIN, 5)).namespaces == ["prober"]
    paths = [
        url.partition("?")[0] for verb, url in cluster.client.calls if verb in ("PATCH", "DELETE")
    ]
    assert "/api/v1/namespaces/prober" not in paths


async def test_uninstalling_deletes_everything_and_waits() -> None:
    cluster = Cluster(
        namespace={"name": "prober", "labels": {"app.kubernetes.io/part-of": "prober"}}
    )
    assert await uninstall(cluster.api(), PLAIN, 5) == Left([], 0)
    widest = replace(WIDE, operator=True, mesh=True, page=PageChoices())
    installed = [*everything(widest), *every_run(PLAIN)]
    assert set(cluster.calls("DELETE")) == {one["metadata"]["name"] for one in installed}


async def test_the_kind_stays_while_there_are_scenarios() -> None:
    cluster = Cluster(
        namespace={"name": "prober", "labels": {"app.kubernetes.io/part-of": "prober"}}
    )
    cluster.scenarios = [{"metadata": {"name": "shop", "namespace": "shop"}}]
    assert await uninstall(cluster.api(), PLAIN, 5) == Left([], 1)
    assert "scenarios.prober.dev" not in cluster.calls("DELETE")


async def test_the_operator_is_installed_when_it_is_asked_for() -> None:
    cluster = Cluster()
    chosen = Choices(operator=True, probe_pods_in=("shop",))
    assert await install(cluster.api(), chosen, 5) == 2
    made = {one["kind"] for one in everything(chosen)} - {one["kind"] for one in everything(PLAIN)}
    assert made == {"CustomResourceDefinition", "Deployment"}
    assert "prober-operator" in cluster.calls("PATCH")
    # Those of the operator alone: nobody else may write a status, and it may not do more.
    assert granted(chosen) == listed(*_OPERATING)
    owners = {
        (one["roleRef"]["name"], subject["name"])
        for one in everything(chosen)
        for subject in one.get("subjects", ())
    }
    assert owners == {
        ("prober-read", "prober"),
        ("prober-read", "prober-operator"),
        ("prober-agents", "prober"),
        ("prober-agents", "prober-operator"),
        ("prober-probe-pods", "prober"),
        ("prober-probe-pods", "prober-operator"),
        ("prober-operator", "prober-operator"),
        ("prober-operator-leader", "prober-operator"),
    }


def test_the_operator_may_write_one_object_of_the_agents_namespace() -> None:
    """And no other, and only where agents probe by themselves: who may make ConfigMaps there could
    leave there what only looks like a run's."""
    chosen = Choices(operator=True, mesh=True)
    (role,) = (
        one
        for one in everything(chosen)
        if (one["kind"], one["metadata"]["name"]) == ("Role", "prober-operator-mesh")
    )
    assert role["rules"] == [
        {
            "apiGroups": [""],
            "resources": ["configmaps"],
            "verbs": ["get", "patch"],
            "resourceNames": ["prober-assignment"],
        }
    ]
    made = [one for one in everything(chosen) if one["metadata"]["name"] == "prober-assignment"]
    assert [(one["kind"], "data" in one) for one in made] == [("ConfigMap", False)]
    without = everything(Choices(operator=True))
    assert not [one for one in without if one["metadata"]["name"] == "prober-operator-mesh"]


_OPERATING = (
    Purpose.READ,
    Purpose.AGENTS,
    Purpose.PROBE_PODS,
    Purpose.OPERATOR,
    Purpose.LEADER,
)


def test_the_operator_meets_the_restricted_standard_and_has_a_replica_to_spare() -> None:
    (deployment,) = (
        one for one in everything(Choices(operator=True)) if one["kind"] == "Deployment"
    )
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert deployment["spec"]["replicas"] == 2
    assert deployment["metadata"]["namespace"] == "prober-runs"
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert container["securityContext"]["readOnlyRootFilesystem"] is True


@pytest.mark.parametrize(
    ("schedule", "gone", "made"),
    [
        ("", ["cronjobs", "jobs"], ["configmaps", "jobs"]),
        ("@hourly", ["jobs"], ["configmaps", "cronjobs"]),
    ],
)
async def test_a_run_takes_the_place_of_the_one_before(
    schedule: str, gone: list[str], made: list[str]
) -> None:
    cluster = Cluster()
    await start(cluster.api(), PLAIN, {"a.yaml": "…"}, schedule)
    calls = [(method, url.partition("?")[0].split("/")[-2]) for method, url in cluster.client.calls]
    assert calls == [*(("DELETE", one) for one in gone), *(("PATCH", one) for one in made)]


async def test_installing_again_leaves_the_runs_alone() -> None:
    cluster = Cluster()
    await install(cluster.api(), ENTERING, 5)
    assert not [
        url for method, url in cluster.client.calls if method == "DELETE" and "/batch/" in url
    ]


async def test_an_agent_without_its_image_is_not_waited_for() -> None:
    cluster = Cluster({"desiredNumberScheduled": 1, "numberReady": 0, "updatedNumberScheduled": 1})
    waiting = {"waiting": {"reason": "ErrImagePull", "message": "no such host"}}
    cluster.pods = [
        {
            "metadata": {"name": "prober-agent-x", "namespace": "prober"},
            "spec": {"nodeName": "n1"},
            "status": {
                "containerStatuses": [{"name": "agent", "image": "absent:1", "state": waiting}]
            },
        }
    ]
    with pytest.raises(
        FabricError, match="the agent on node n1 is not ready: the agent's image absent:1"
    ) as caught:
        await install(cluster.api(), PLAIN, 3600)
    assert "--image" in caught.value.hint


async def test_no_pod_of_the_agents_at_all() -> None:
    cluster = Cluster({"desiredNumberScheduled": 2})
    with pytest.raises(FabricError, match="no agent's pod could be made") as caught:
        await install(cluster.api(), PLAIN, 0.01)
    assert "kubectl describe daemonset prober-agent -n prober" in caught.value.hint


def test_metrics_behind_a_secret_are_asked_for_over_tls() -> None:
    spec = daemon_set(Choices(metrics_secret="prober-metrics"))
    (container,) = spec["containers"]
    assert spec["volumes"][1]["secret"] == {"secretName": "prober-metrics"}
    assert container["volumeMounts"][1]["readOnly"] is True
    assert container["livenessProbe"]["httpGet"]["scheme"] == "HTTPS"
    assert container["command"][-2:] == ["--secret", container["volumeMounts"][1]["mountPath"]]


def test_the_page_may_look_at_runs_and_nothing_else() -> None:
    choices = Choices(operator=True, page=PageChoices())
    assert granted(choices) - granted(Choices(operator=True)) == listed(Purpose.HISTORY) - listed(
        Purpose.OPERATOR
    )
    assert {verb for _, _, verb in listed(Purpose.HISTORY)} == {"list"}
    bindings = [
        part["roleRef"]["name"]
        for part in everything(choices)
        if {"kind": "ServiceAccount", "name": "prober-page", "namespace": "prober-runs"}
        in part.get("subjects", ())
    ]
    assert bindings == ["prober-history"]


def test_the_page_asks_for_a_secret_and_is_restricted() -> None:
    page = PageChoices("looks", tls=True, hosts=("prober.example.org",))
    (deployment,) = (
        part
        for part in everything(Choices(operator=True, page=page))
        if part["metadata"]["name"] == "prober-page" and part["kind"] == "Deployment"
    )
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    command = " ".join(container["command"])
    assert "--credentials /run/prober-page/credentials" in command
    assert "--tls-cert /run/prober-page/tls.crt --tls-key /run/prober-page/tls.key" in command
    assert "--host prober.example.org" in command
    assert container["readinessProbe"]["httpGet"]["scheme"] == "HTTPS"
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["volumes"] == [{"name": "secret", "secret": {"secretName": "looks"}}]


def test_metrics_are_guarded_where_a_secret_is_named() -> None:
    choices = Choices(operator=True, metrics_secret="a", operator_metrics_secret="b")
    agents, operator, _ = monitors(choices)
    for monitor, secret, name in (
        (agents, "a", "prober-agent"),
        (operator, "b", "prober-operator"),
    ):
        (asked,) = monitor["spec"]["podMetricsEndpoints"]
        assert asked["scheme"] == "https"
        assert asked["authorization"]["credentials"] == {"name": secret, "key": "credentials"}
        assert asked["tlsConfig"]["serverName"] == name
    plain = [monitor["spec"]["podMetricsEndpoints"][0] for monitor in monitors(Choices())[:2]]
    assert all("authorization" not in asked for asked in plain)
    for name in ("prober-agent", "prober-operator"):
        (part,) = (
            part
            for part in everything(choices)
            if part["metadata"]["name"] == name and part["kind"] in ("DaemonSet", "Deployment")
        )
        (container,) = part["spec"]["template"]["spec"]["containers"]
        assert container["command"][-2:] == ["--secret", "/run/prober-metrics"]
        assert container["readinessProbe"]["httpGet"]["scheme"] == "HTTPS"
