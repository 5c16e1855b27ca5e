"""The Helm chart: written from the manifests, and what Helm makes of it is what they are."""

from __future__ import annotations

import copy
import json
import runpy
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from prober.fabric.kubernetes.installation import Choices, PageChoices, everything, run_manifests
from prober.fabric.kubernetes.installation.kinds import KIND
from prober.fabric.kubernetes.installation.monitoring import dashboard_config_map, monitors
from prober.fabric.kubernetes.installation.network_policies import network_policies

ROOT = Path(__file__).parents[3]
CHART = ROOT / "charts" / "prober"
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "chart.py"))
HELM = shutil.which("helm") or shutil.which("helm", path=str(Path.home() / ".cache/prober-tools"))
Objects = dict[tuple[str, str, str], Mapping[str, Any]]


def test_the_chart_is_what_the_script_writes() -> None:
    wanted = dict(SCRIPT["chart"]())
    there = {str(file.relative_to(CHART)): file.read_text() for file in CHART.rglob("*.*")}
    assert there == wanted, "python scripts/chart.py"


def test_the_default_values_are_what_the_schema_asks_for() -> None:
    values, schema = SCRIPT["values"](), SCRIPT["schema"]()
    jsonschema.validate(values, schema)
    assert set(values) <= set(schema["properties"])
    assert values["agents"]["enterPods"] is False
    assert values["probePods"] == {"everywhere": False, "namespaces": []}


@pytest.mark.parametrize(("path", "value"), [
    (("namespace",), "Not A Name"), (("namespace",), 7), (("agents", "image", "digest"), "latest"),
    (("agents", "pullPolicy"), "Sometimes"), (("agents", "enterpods"), True), (("unknown",), {}),
    (("probePods", "namespaces"), ["Shop"]), (("runs", "schedule"), ""), (("operator", "enabled"), "yes"),
    (("agents", "image", "repository"), "registry/agent@sha256:00"), (("agents", "image", "tag"), "a b"),
    (("agents", "resources"), {"limit": {}}), (("agents", "resources"), {"limits": {"cpu": "much"}}),
    (("agents", "metricsSecret"), "../secret"), (("page", "hosts"), ["a b"]), (("page", "secret"), ""),
    (("runs", "scenarios"), {"../a.yaml": ""}), (("settings",), {"operator": {}}),
    (("page", "enabled"), True), (("agents", "mesh"), True),
])  # fmt: skip
def test_wrong_values_are_refused(path: Sequence[str], value: object) -> None:
    values = copy.deepcopy(SCRIPT["values"]())
    into = values
    for key in path[:-1]:
        into = into[key]
    into[path[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(values, SCRIPT["schema"]())


def test_the_page_and_the_mesh_need_the_operator() -> None:
    values = copy.deepcopy(SCRIPT["values"]())
    values["operator"]["enabled"] = values["page"]["enabled"] = values["agents"]["mesh"] = True
    jsonschema.validate(values, SCRIPT["schema"]())


def by_name(parts: Sequence[Mapping[str, Any]]) -> Objects:
    """As JSON has them, by what they are called; kinds of objects come from the chart's `crds`."""
    plain = json.loads(json.dumps(parts))
    return {
        (part["kind"], part["metadata"].get("namespace", ""), part["metadata"]["name"]): part
        for part in plain
        if part["kind"] != KIND
    }


# In CI a skip is a failure: there Helm is asked where it is installed.
if HELM:

    def rendered(tmp_path: Path, **values: Any) -> Objects:
        (tmp_path / "values.yaml").write_text(yaml.safe_dump(values))
        command = [
            HELM,
            "template",
            "release",
            str(CHART),
            "--kube-version",
            "1.34.0",
            "-f",
            "values.yaml",
        ]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return by_name([part for part in yaml.safe_load_all(done.stdout) if part])

    def test_helm_finds_nothing_wrong() -> None:
        done = subprocess.run(
            [HELM, "lint", "--strict", str(CHART)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def test_with_its_defaults_it_is_what_install_applies(tmp_path: Path) -> None:
        wanted = [*everything(Choices()), *network_policies(Choices())]
        assert rendered(tmp_path) == by_name(wanted)

    @pytest.mark.parametrize(("values", "choices"), [
        ({"namespace": "net"}, Choices(namespace="net")),
        ({"agents": {"enterPods": True}}, Choices(enters_pods=True)),
        ({"probePods": {"everywhere": True}}, Choices(probe_pods_everywhere=True)),
        ({"probePods": {"namespaces": ["shop", "flux-system"]}}, Choices(probe_pods_in=("shop", "flux-system"))),
        ({"operator": {"enabled": True}}, Choices(operator=True)),
        ({"operator": {"enabled": True}, "probePods": {"namespaces": ["shop"]}},
         Choices(operator=True, probe_pods_in=("shop",))),
        ({"operator": {"enabled": True}, "probePods": {"everywhere": True}},
         Choices(operator=True, probe_pods_everywhere=True)),
        ({"agents": {"metricsSecret": "scraped"}}, Choices(metrics_secret="scraped")),
        ({"operator": {"enabled": True}, "agents": {"mesh": True}}, Choices(operator=True, mesh=True)),
        ({"operator": {"enabled": True}, "agents": {"mesh": True, "enterPods": True}},
         Choices(operator=True, mesh=True, enters_pods=True)),
        ({"operator": {"enabled": True, "metricsSecret": "a"}, "agents": {"mesh": True, "metricsSecret": "b"}},
         Choices(operator=True, mesh=True, operator_metrics_secret="a", metrics_secret="b")),
        ({"operator": {"enabled": True, "metricsSecret": "a"}, "settings": "kind: Settings\n",
          "agents": {"mesh": True, "metricsSecret": "b", "enterPods": True}},
         Choices(operator=True, mesh=True, enters_pods=True, operator_metrics_secret="a", metrics_secret="b",
                 settings="kind: Settings\n")),
        ({"operator": {"enabled": True}, "page": {"enabled": True}}, Choices(operator=True, page=PageChoices())),
        ({"operator": {"enabled": True}, "page": {"enabled": True, "tls": True, "secret": "looks", "hosts": ["a.b", "c"]}},
         Choices(operator=True, page=PageChoices("looks", tls=True, hosts=("a.b", "c")))),
    ])  # fmt: skip
    def test_values_are_choices(
        tmp_path: Path, values: Mapping[str, Any], choices: Choices
    ) -> None:
        wanted = [*everything(choices), *network_policies(choices)]
        assert rendered(tmp_path, **values) == by_name(wanted)

    def test_runs_monitors_and_images_by_digest(tmp_path: Path) -> None:
        digest = f"sha256:{'0' * 64}"
        image = {"repository": "registry.example.org/prober", "digest": digest}
        made = rendered(
            tmp_path,
            runs={
                "image": image,
                "schedule": "0 * * * *",
                "scenarios": {"a.yaml": "kind: Scenario\n# {{ x }}\n"},
            },
            monitoring={"enabled": True},
            networkPolicies={"enabled": False},
            agents={"metricsSecret": "scraped"},
            settings="kind: Settings\n",
        )
        choices = Choices(
            coordinator_image=f"registry.example.org/prober@{digest}",
            metrics_secret="scraped",
            settings="kind: Settings\n",
        )
        runs = run_manifests(choices, {"a.yaml": "kind: Scenario\n# {{ x }}\n"}, "0 * * * *")
        watched = [*monitors(choices), dashboard_config_map(choices)]
        assert made == by_name([*everything(choices), *watched, *runs])

    def test_a_wrong_value_is_refused_by_helm_too(tmp_path: Path) -> None:
        command = [
            HELM,
            "template",
            "x",
            str(CHART),
            "--kube-version",
            "1.34.0",
            "--set",
            "agent.enterPods=true",
        ]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode != 0
        assert "agent" in done.stderr
