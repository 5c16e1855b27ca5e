"""The values of the Helm chart: their defaults, and what each may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prober.fabric.kubernetes.installation import Choices, PageChoices, runs
from prober.fabric.kubernetes.settings import PodSettings

Part = Mapping[str, Any]


def values() -> dict[str, Any]:
    """The defaults of the chart."""
    defaults = Choices()
    return {
        "namespace": defaults.namespace,
        "createNamespaces": True,
        "agents": {
            "image": _image(defaults.image),
            "enterPods": False,
            "mesh": False,
            "metricsSecret": "",
            **_pods(defaults.agents),
        },
        "probePods": {"everywhere": False, "namespaces": []},
        "runs": {
            "image": _image(defaults.coordinator_image),
            "schedule": runs.EVERY_QUARTER,
            "scenarios": {},
            **_pods(defaults.runs),
        },
        "operator": {"enabled": False, "metricsSecret": ""},
        "page": {"enabled": False, "secret": PageChoices().secret, "tls": False, "hosts": []},
        "settings": "",
        "networkPolicies": {"enabled": True},
        "monitoring": {"enabled": False},
    }


def _image(reference: str) -> Part:
    repository, _, tag = reference.partition(":")
    return {"repository": repository, "tag": tag, "digest": ""}


def _pods(settings: PodSettings) -> Part:
    return {
        "pullPolicy": settings.pull_policy,
        "resources": settings.resources,
        "nodeSelector": dict(settings.node_selector),
        "tolerations": [dict(toleration) for toleration in settings.tolerations],
        "imagePullSecrets": [],
    }


_NAME: Part = {"type": "string", "pattern": "^[a-z]([-a-z0-9]{0,56}[a-z0-9])?$"}
_SECRET = "[a-z0-9]([-a-z0-9.]{0,250}[a-z0-9])?"  # noqa: S105 - what the name of one may be
_SWITCH: Part = {"type": "boolean"}
_TEXT: Part = {"type": "string"}


def schema() -> dict[str, Any]:
    """What each value may be."""
    optional_secret = {"type": "string", "pattern": f"^({_SECRET})?$"}
    members = {
        "global": {"type": "object"},
        "namespace": _NAME,
        "createNamespaces": _SWITCH,
        "agents": _closed(
            enterPods=_SWITCH, mesh=_SWITCH, metricsSecret=optional_secret, **_pods_schema()
        ),
        "probePods": _closed(everywhere=_SWITCH, namespaces={"type": "array", "items": _NAME}),
        "runs": _closed(
            schedule={"type": "string", "minLength": 9},
            scenarios={
                "type": "object",
                "propertyNames": {"pattern": "^[a-zA-Z0-9][-._a-zA-Z0-9]*\\.ya?ml$"},
                "additionalProperties": _TEXT,
            },
            **_pods_schema(),
        ),
        "operator": _closed(enabled=_SWITCH, metricsSecret=optional_secret),
        "page": _closed(
            enabled=_SWITCH,
            secret={"type": "string", "pattern": f"^{_SECRET}$"},
            tls=_SWITCH,
            hosts={"type": "array", "items": {"type": "string", "pattern": f"^{_SECRET}$"}},
        ),
        "settings": _TEXT,
        "networkPolicies": _closed(enabled=_SWITCH),
        "monitoring": _closed(enabled=_SWITCH),
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        **_closed(**members),
        "allOf": [_needs("page", "enabled"), _needs("agents", "mesh")],
    }


def _needs(section: str, switch: str) -> Part:
    """What the operator does is not there without it."""
    turned_on = {"required": [switch], "properties": {switch: {"const": True}}}
    operator = {"properties": {"enabled": {"const": True}}}
    return {
        "if": {"properties": {section: turned_on}, "required": [section]},
        "then": {"properties": {"operator": operator}},
    }


def _pods_schema() -> dict[str, Part]:
    quantity = {
        "type": ["string", "number"],
        "pattern": "^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$",
    }
    quantities = {"type": "object", "additionalProperties": quantity}
    return {
        "image": _closed(
            repository={"type": "string", "pattern": "^[^\\s@]+$"},
            tag={"type": "string", "pattern": "^([\\w][\\w.-]{0,127})?$"},
            digest={"type": "string", "pattern": "^(sha256:[0-9a-f]{64})?$"},
        ),
        "pullPolicy": {"enum": ["Always", "IfNotPresent", "Never"]},
        "resources": _closed(requests=quantities, limits=quantities),
        "nodeSelector": {"type": "object", "additionalProperties": _TEXT},
        "tolerations": {"type": "array", "items": {"type": "object"}},
        "imagePullSecrets": {"type": "array", "items": _closed(name=_TEXT)},
    }


def _closed(**members: Part) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": members}
