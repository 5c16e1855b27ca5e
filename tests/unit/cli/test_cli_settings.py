"""The settings file: what it changes, and every mistake in it at once."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from prober.cli.main import run
from prober.cli.options.cluster import ClusterOptions, settings_of
from prober.cli.options.settings import load_settings
from prober.fabric.kubernetes.settings import PROBE_PODS
from prober.model.errors import InputError
from prober.model.limits import Limits

HEAD = "apiVersion: prober.dev/v1alpha1\nkind: Settings\n"
FILE = (
    HEAD
    + """\
image: own/agent:1
coordinatorImage: own/prober:1
startTimeout: 3m
pods:
  pullSecrets: [registry]
  labels: {team: network}
  resources: {limits: {cpu: 2}}
probePods:
  pullPolicy: Always
  labels: {cost: probes}
agents:
  nodeSelector: {pool: apps}
  tolerations: [{key: gpu, operator: Exists}]
"""
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "settings.yaml"
    path.write_text(FILE)
    return path


def test_probe_pods_are_made_as_the_file_says(file: Path) -> None:
    settings = settings_of(ClusterOptions(settings=file))
    assert (settings.image, settings.start_timeout) == ("own/agent:1", 180.0)
    pods = settings.pods
    assert (pods.pull_policy, pods.pull_secrets) == ("Always", ("registry",))
    assert pods.labels == {"team": "network", "cost": "probes"}
    assert (pods.limits, pods.requests) == ({"cpu": "2"}, PROBE_PODS.requests)
    assert pods.tolerations == PROBE_PODS.tolerations


def test_the_limits_of_a_run_are_the_files(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text(HEAD + "limits: {vantages: 64, perSecondToTarget: 500}\n")
    assert load_settings(path).limits == Limits(vantages=64, target_rate=500)
    assert load_settings(None).limits == Limits()
    for wrong in ("vantages: 0", "perSecondOfSource: 60000", "pods: 3"):
        path.write_text(HEAD + f"limits: {{{wrong}}}\n")
        with pytest.raises(InputError, match="limits"):
            load_settings(path)


def test_an_image_of_the_command_line_wins(file: Path) -> None:
    assert settings_of(ClusterOptions(image="other:2", settings=file)).image == "other:2"


def test_without_a_file_everything_is_as_usual() -> None:
    assert settings_of(ClusterOptions(image="a:1")).pods == PROBE_PODS


def test_what_is_installed_follows_the_file(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = Path(__file__).parents[3] / "scenarios" / "flux.yaml"
    assert run(["manifests", "--settings", str(file), "--run", str(scenario)]) == 0
    objects = {one["kind"]: one for one in yaml.safe_load_all(capsys.readouterr().out)}
    agent = objects["DaemonSet"]["spec"]["template"]
    assert agent["spec"]["imagePullSecrets"] == [{"name": "registry"}]
    assert agent["spec"]["nodeSelector"] == {"pool": "apps"}
    assert agent["spec"]["tolerations"] == [{"key": "gpu", "operator": "Exists"}]
    assert agent["metadata"]["labels"]["team"] == "network"
    assert "cost" not in agent["metadata"]["labels"]
    job = objects["Job"]["spec"]["template"]["spec"]
    (container,) = job["containers"]
    assert container["image"] == "own/prober:1"
    assert job["imagePullSecrets"] == [{"name": "registry"}]
    # The run in the cluster makes probe pods by the same file.
    (path,) = (one["value"] for one in container["env"] if one["name"] == "PROBER_SETTINGS")
    assert objects["ConfigMap"]["data"][path.rpartition("/")[2]] == FILE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("kind: Scenario\napiVersion: prober.dev/v1alpha1\n", "write kind: Settings"),
        (HEAD + "probepods: {}\n", "did you mean `probePods`?"),
        (HEAD + "startTimeout: 1h\n", "a duration"),
        (HEAD + "startTimeout: 20m\n", "not between 10ms and 5m"),
        (HEAD + "pods: {resources: {limits: {memory: lots}}}\n", "a quantity"),
        (HEAD + "pods: {labels: {team: not a label}}\n", "a label's value"),
        (HEAD + "probePods: {nodeSelector: {a: b}}\n", "a probe pod has the node of the pod"),
        (HEAD + "---\n" + HEAD, "several documents"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        load_settings(path)
    assert said in str(caught.value)
