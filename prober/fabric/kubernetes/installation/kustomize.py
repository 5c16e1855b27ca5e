"""PURE. The files of `manifests/`, for kustomize.

- `default`               agents without rights; runs in the cluster make nothing
- `enter-pods`            agents that enter pods; runs in the cluster make nothing
- `probe-pods`            runs may make probe pods in one namespace: apply it with -n NAMESPACE, for
  each
- `probe-pods-everywhere` runs may make probe pods in all namespaces
- `operator`              what runs Scenario objects: apply it beside one of the first two
- `operator-probe-pods`   the operator may make probe pods in one namespace, as `probe-pods`
- `page`                  the page over the operator's runs: apply it beside `operator`
- `runs`                  a Job and a CronJob, to be changed and applied beside one of the first two
- `network-policies`      what prober's own pods may reach, and who may reach them
- `monitoring`            for the Prometheus operator and Grafana
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Any

from prober.fabric.kubernetes.installation import (
    bundle,
    monitoring,
    network_policies,
    runs,
)
from prober.fabric.kubernetes.installation.agents import daemon_set
from prober.fabric.kubernetes.installation.names import Choices

_HEADER = "# Written by `prober manifests --kustomize DIR`. Change it in an overlay of your own.\n"
_SCENARIO = "scenario.yaml"


def tree(choices: Choices) -> Mapping[str, str]:
    """Every file, by its path below `manifests/`."""
    plain, entering = replace(choices, enters_pods=False), replace(choices, enters_pods=True)
    parts: dict[str, dict[str, str]] = {
        "base": _by_kind(bundle.base(choices)),
        "probe-pods": _by_kind(_in_one_namespace(plain, bundle.probe_pods)),
        "probe-pods-everywhere": _by_kind(
            bundle.probe_pods(replace(plain, probe_pods_in=(), probe_pods_everywhere=True))
        ),
        "operator": _by_kind(bundle.operator(choices)),
        "page": _by_kind(bundle.page(choices)),
        "operator-probe-pods": _by_kind(_in_one_namespace(plain, bundle.operator_probe_pods)),
        "agents": _by_kind([daemon_set(plain)]),
        "agents-enter-pods": _by_kind([daemon_set(entering)]),
        "network-policies": _by_kind(network_policies.network_policies(choices)),
    }
    texts = {
        f"{part}/{name}": text for part, content in parts.items() for name, text in content.items()
    }
    texts |= {
        f"{part}/kustomization.yaml": _kustomization(sorted(content))
        for part, content in parts.items()
    }
    texts |= _monitoring(choices)
    texts["default/kustomization.yaml"] = _kustomization(["../base", "../agents"])
    texts["enter-pods/kustomization.yaml"] = _kustomization(["../base", "../agents-enter-pods"])
    return dict(sorted((texts | _runs(choices)).items()))


def _in_one_namespace(
    choices: Choices, bound: Callable[[Choices], Sequence[Mapping[str, Any]]]
) -> list[Mapping[str, Any]]:
    """The right to make probe pods, in the namespace that kubectl is told."""
    role, binding = bound(replace(choices, probe_pods_in=("some",)))
    metadata = {key: value for key, value in binding["metadata"].items() if key != "namespace"}
    return [role, {**binding, "metadata": metadata}]


def to_yaml(manifests: Iterable[Mapping[str, Any]]) -> str:
    """Several objects as one file."""
    import yaml

    return "---\n".join(
        yaml.safe_dump(_plain(manifest), sort_keys=False, width=120) for manifest in manifests
    )


def _runs(choices: Choices) -> dict[str, str]:
    content = {
        "job.yaml": to_yaml([runs.job(choices, (_SCENARIO,))]),
        "cronjob.yaml": to_yaml([runs.cron_job(choices, (_SCENARIO,))]),
    }
    generator = {
        "namespace": choices.runs_namespace,
        "configMapGenerator": [{"name": runs.SCENARIOS, "files": [_SCENARIO]}],
        "generatorOptions": {"disableNameSuffixHash": True},
    }
    texts = {f"runs/{name}": _HEADER + text for name, text in content.items()}
    texts["runs/kustomization.yaml"] = _kustomization(sorted(content), **generator)
    texts[f"runs/{_SCENARIO}"] = files(__package__).joinpath(_SCENARIO).read_text(encoding="utf-8")
    return texts


def _monitoring(choices: Choices) -> dict[str, str]:
    """The dashboard is a file, for people to import, and a ConfigMap that kustomize makes of it."""
    content = _by_kind(monitoring.monitors(choices))
    metadata = monitoring.dashboard_config_map(choices)["metadata"]
    generated = {
        "name": metadata["name"],
        "namespace": metadata["namespace"],
        "files": [monitoring.DASHBOARD],
        "options": {"labels": metadata["labels"], "disableNameSuffixHash": True},
    }
    texts = {
        **content,
        monitoring.DASHBOARD: monitoring.dashboard_text(),
        "kustomization.yaml": _kustomization(sorted(content), configMapGenerator=[generated]),
    }
    return {f"monitoring/{name}": text for name, text in texts.items()}


def _by_kind(manifests: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for manifest in manifests:
        name = "rbac" if "Role" in manifest["kind"] else manifest["kind"].lower()
        grouped.setdefault(f"{name}.yaml", []).append(manifest)
    return {name: _HEADER + to_yaml(group) for name, group in grouped.items()}


def _kustomization(resources: Sequence[str], **more: Any) -> str:
    content = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": list(resources),
    }
    return _HEADER + to_yaml([{**content, **more}])


def _plain(value: Any) -> Any:
    """Without shared parts, which YAML would write as anchors."""
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value
