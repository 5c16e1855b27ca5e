"""Writes charts/prober, the Helm chart, from the manifests that `prober install` applies.

    python scripts/chart.py

The objects are made with marks where a value belongs, and the marks become Helm's actions. So there
is nothing to keep in step: tests hold the chart to this script, and what Helm renders of it with
its default values to the manifests.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from prober import __version__
from prober.fabric.kubernetes.installation import (
    Choices,
    bundle,
    network_policies,
    operator,
    runs,
    to_yaml,
)
from prober.fabric.kubernetes.installation.agents import daemon_set
from prober.fabric.kubernetes.installation.kinds import kinds
from prober.fabric.kubernetes.installation.monitoring import (
    DASHBOARD,
    dashboard_config_map,
    dashboard_text,
    monitors,
)
from prober.fabric.kubernetes.installation.names import OPERATOR, PageChoices
from prober.fabric.kubernetes.installation.space import service_account

sys.path.insert(0, str(Path(__file__).parent))
from chart_options import template
from chart_values import Part, schema, values

CHART = Path(__file__).parents[1] / "charts" / "prober"
_HEADER = "# Written by scripts/chart.py.\n"
_NAMESPACE = "markednamespace"
_AGENT, _COORDINATOR = "markedagentimage", "markedcoordinatorimage"
_TEMPLATE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
"""An action of another program's, which YAML may have folded into two lines."""
_EACH, _HOST, _SETTINGS = "markedeachnamespace", "markedhost", "markedsettings"
_AGENT_SECRET, _OPERATOR_SECRET = "markedagentsecret", "markedoperatorsecret"
_PAGE_SECRET = "markedpagesecret"  # noqa: S105 - stands for the name of one
_VALUE = re.compile(r"^( *)([\w.]+): markedvalue ([\w.]+)$", re.MULTILINE)
_ACTIONS = {
    _AGENT: '{{ include "prober.image" .Values.agents.image }}',
    _COORDINATOR: '{{ include "prober.image" .Values.runs.image }}',
    _NAMESPACE: "{{ .Values.namespace }}",
    _EACH: "{{ . }}",
    _AGENT_SECRET: "{{ .Values.agents.metricsSecret | quote }}",
    _OPERATOR_SECRET: "{{ .Values.operator.metricsSecret | quote }}",
    _PAGE_SECRET: "{{ .Values.page.secret | quote }}",
    _SETTINGS: "{{ .Values.settings | quote }}",
}
_PAGE = PageChoices(secret=_PAGE_SECRET, hosts=(_HOST,))
_CHOICES = Choices(namespace=_NAMESPACE, image=_AGENT, coordinator_image=_COORDINATOR, page=_PAGE)
_MESH, _ENTER = "agents.mesh", "agents.enterPods"
_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    _ENTER: {"enters_pods": True},
    _MESH: {"mesh": True},
    "agents.metricsSecret": {"metrics_secret": _AGENT_SECRET},
    "operator.metricsSecret": {"operator_metrics_secret": _OPERATOR_SECRET},
    "settings": {"settings": _SETTINGS},
    "page.tls": {"page": replace(_PAGE, tls=True)},
}
"""The values that change objects, and what they are in `Choices`."""


def chart() -> Mapping[str, str]:
    """Every file of the chart, by its path below it."""
    every = replace(_CHOICES, probe_pods_everywhere=True)
    each = replace(_CHOICES, probe_pods_in=(_EACH,))
    texts = {
        "namespaces": _when("createNamespaces", _only(bundle.base(_CHOICES), "Namespace")),
        "base": _text(_but(bundle.base(_CHOICES), "Namespace")),
        "agents": _agents(),
        "probe-pods": _probe_pods(bundle.probe_pods, each, every),
        "operator": _when_text("operator.enabled", _operator()),
        "page": _when_text("page.enabled", _page()),
        "operator-probe-pods": _when_text(
            "operator.enabled", _probe_pods(bundle.operator_probe_pods, each, every, bound=True)
        ),
        "runs": _runs(),
        "network-policies": _when(
            "networkPolicies.enabled", network_policies.network_policies(_CHOICES)
        ),
        "monitoring": _monitoring(),
    }
    files = {f"templates/{name}.yaml": _HEADER + text for name, text in texts.items()}
    return dict(
        sorted(
            {
                **files,
                "Chart.yaml": _HEADER + _dumped(_about()),
                "values.yaml": _HEADER + _VALUES_HEAD + _dumped(values()),
                "values.schema.json": json.dumps(schema(), indent=2) + "\n",
                "crds/scenarios.yaml": _HEADER + to_yaml(kinds()),
                "dashboard.json": dashboard_text(),
                "templates/_helpers.tpl": _HELPERS,
                "templates/NOTES.txt": _NOTES,
            }.items()
        )
    )


_VALUES_HEAD = """\
# The defaults are what `prober manifests` prints: agents without rights, and runs that make
# nothing. values.schema.json says what each value may be.
"""
_HELPERS = """\
{{- define "prober.image" -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag }}
{{- end -}}
{{- end -}}
"""
_NOTES = """\
Agents are on every node of the cluster, in {{ .Values.namespace }}.

    kubectl -n {{ .Values.namespace }} rollout status daemonset/prober-agent
    prober doctor
{{- if .Values.operator.enabled }}

The operator runs Scenario objects: kubectl get scenarios -A
{{- end }}
"""


def _about() -> Part:
    return {
        "apiVersion": "v2",
        "name": "prober",
        "description": "Does the network of a cluster do what its policies say, and if not, why.",
        "type": "application",
        "version": __version__,
        "appVersion": __version__,
        "kubeVersion": ">=1.27.0-0",
        "keywords": ["networkpolicy", "connectivity", "monitoring"],
    }


def _optional(make: Callable[[Choices], Sequence[Part]], *options: str) -> str:
    """What is made, as the options have it."""
    text = {name: _text(make(replace(_CHOICES, **_OPTIONS[name]))) for name in options}
    every = {key: value for name in options for key, value in _OPTIONS[name].items()}
    return template(_text(make(_CHOICES)), text, _text(make(replace(_CHOICES, **every))))


def _agents() -> str:
    def make(choices: Choices) -> Sequence[Part]:
        return [_marked(daemon_set(choices), "agents")]

    return _optional(make, _ENTER, _MESH, "agents.metricsSecret")


def _probe_pods(
    make: Callable[[Choices], Sequence[Part]], each: Choices, every: Choices, *, bound: bool = False
) -> str:
    """The role, and its binding everywhere or in each namespace; for the operator the binding
    alone, whose role is there already."""
    role, everywhere = make(every)
    (_, single) = make(each)
    return (
        "{{- if and (not .Values.agents.enterPods) (or .Values.probePods.everywhere "
        ".Values.probePods.namespaces) }}\n"
        + ("" if bound else f"{_text([role])}---\n")
        + "{{- if .Values.probePods.everywhere }}\n"
        + _text([everywhere])
        + "{{- else }}\n{{- range .Values.probePods.namespaces }}\n---\n"
        + _text([single]).replace("{{ .Values", "{{ $.Values")
        + "{{- end }}\n{{- end }}\n{{- end }}\n"
    )


def _operator() -> str:
    def make(choices: Choices) -> Sequence[Part]:
        account = service_account(OPERATOR, choices.runs_namespace)
        deployment = [_marked(part, "runs") for part in operator.operator_manifests(choices)]
        assigning = bundle.assigning(choices) if choices.mesh else []
        return [account, *bundle.operating(choices), *assigning, *deployment]

    return _optional(make, _MESH, "operator.metricsSecret", "settings")


def _page() -> str:
    def make(choices: Choices) -> Sequence[Part]:
        return [_marked(part, "runs") for part in bundle.page(choices)]

    return re.sub(
        rf"( *)- --host\n\1- {_HOST}\n",
        r"{{- range .Values.page.hosts }}\n\1- --host\n\1- {{ . | quote }}\n{{- end }}\n",
        _optional(make, "page.tls"),
    )


def _runs() -> str:
    """The scenarios as they are given, the settings, and what runs them."""
    files = "markedfiles"

    def make(choices: Choices) -> Sequence[Part]:
        return [_marked(runs.cron_job(choices, (files,), "markedschedule"), "runs")]

    config = runs.config_map(_CHOICES, {})
    text = _text([{key: value for key, value in config.items() if key != "data"}])
    text += "data:\n{{- range $name, $text := .Values.runs.scenarios }}\n"
    text += "  {{ $name | quote }}: {{ $text | quote }}\n{{- end }}\n"
    settings = f"  {runs.SETTINGS}: {{{{ . | quote }}}}\n"
    text += f"{{{{- with .Values.settings }}}}\n{settings}{{{{- end }}}}\n"
    command = re.compile(rf"^( *)- /scenarios/{files}$", re.MULTILINE)
    told = command.sub(
        r"{{- range $name, $_ := .Values.runs.scenarios }}\n\1- {{ printf "
        r'"/scenarios/%s" $name | quote }}\n{{- end }}',
        _optional(make, "settings"),
    )
    text += "---\n" + told.replace("markedschedule", "{{ .Values.runs.schedule | quote }}")
    return _when_text("runs.scenarios", text)


def _monitoring() -> str:
    """The dashboard is a file of the chart."""
    config = {**dashboard_config_map(_CHOICES), "data": {DASHBOARD: "markeddashboard"}}
    text = _text([config]).replace("markeddashboard", f'{{{{ .Files.Get "{DASHBOARD}" | quote }}}}')
    watched = _optional(monitors, "agents.metricsSecret", "operator.metricsSecret")
    return _when_text("monitoring.enabled", f"{watched}---\n{text}")


def _marked(manifest: Part, section: str) -> Part:
    """The manifest with marks where the pods' settings belong."""
    if "template" not in str(manifest.get("spec", {})):
        return manifest
    made = json.loads(json.dumps(manifest))
    spec = made["spec"]
    spec = spec.get("jobTemplate", {}).get("spec", spec)["template"]["spec"]
    for key in ("nodeSelector", "tolerations", "imagePullSecrets"):
        spec[key] = f"markedvalue {section}.{key}"
    for container in spec["containers"]:
        container["imagePullPolicy"] = f"markedvalue {section}.pullPolicy"
        container["resources"] = f"markedvalue {section}.resources"
    return made


def _only(parts: Iterable[Part], kind: str) -> list[Part]:
    return [part for part in parts if part["kind"] == kind]


def _but(parts: Iterable[Part], kind: str) -> list[Part]:
    return [part for part in parts if part["kind"] != kind]


def _when(value: str, parts: Sequence[Part]) -> str:
    return _when_text(value, _text(parts))


def _when_text(value: str, text: str) -> str:
    return f"{{{{- if .Values.{value} }}}}\n{text}{{{{- end }}}}\n"


def _text(parts: Sequence[Part]) -> str:
    """The objects as YAML, with actions for marks. What is in them already that Helm would take for
    an action (the templates of alerts) is said to Helm as text."""
    text = _TEMPLATE.sub(lambda found: "{{ `" + " ".join(found[0].split()) + "` }}", to_yaml(parts))
    text = _VALUE.sub(r"{{- with .Values.\3 }}\n\1\2: {{ toJson . }}\n{{- end }}", text)
    for mark, action in _ACTIONS.items():
        text = text.replace(mark, action)
    return text


def _dumped(data: Any) -> str:
    return str(yaml.safe_dump(data, sort_keys=False, width=120))


def main() -> None:
    """Write the chart."""
    from prober.files import write_tree

    write_tree(CHART, chart(), what="the chart in")


if __name__ == "__main__":
    main()
