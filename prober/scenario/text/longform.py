"""The long form of references: mappings, whose shape the schema has already checked.

Each mapping is written as text and that text is parsed, so that there is one home for the rules
about names and ports.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from prober.model.kubernetes import SHORT_KINDS
from prober.model.objects import LabelSelector, Requirement
from prober.model.protocol import Scheme
from prober.policy.deciding import describe
from prober.scenario.errors import BadReference
from prober.scenario.protocols import TABLE
from prober.scenario.refs import (
    DEFAULT_PORTS,
    ObjectRef,
    Place,
    RefKind,
    SourceRef,
    TargetRef,
)
from prober.scenario.text.options import parse_options
from prober.scenario.text.selector import parse_selector
from prober.scenario.text.source import parse_source
from prober.scenario.text.target import parse_target

_WORKLOADS = {kind.lower(): kind for kind in SHORT_KINDS}
_NAMESPACED = (*_WORKLOADS, "pod", "service", "selector")


def source_of(value: Mapping[str, Any], default_namespace: str) -> SourceRef:
    """The source that a mapping such as `{deployment: web, namespace: shop}` names. Raises
    `BadReference`."""
    written = _object(value, default_namespace)
    if written.kind is RefKind.SELECTOR:
        return _checked_selector(written)
    return parse_source(str(written), default_namespace)


def target_of(value: Mapping[str, Any], default_namespace: str) -> TargetRef:
    """The target that a mapping such as `{tcp: {service: web, namespace: shop, port: 80}}` names.
    Raises `BadReference`."""
    [(word, fields)] = value.items()
    scheme = Scheme(word)
    if TABLE[scheme].grammar == "question":
        return _question(scheme, fields, default_namespace)
    place = _place(fields, scheme, default_namespace)
    options = _options(fields, scheme)
    written = TargetRef(scheme, place, path=fields.get("path", ""), **options)
    if place.object is not None and place.object.kind is RefKind.SELECTOR:
        return replace(written, place=replace(place, object=_checked_selector(place.object)))
    # The path is left out of the text: a query in it may look like options, and here it is the
    # server's own.
    parsed = parse_target(str(replace(written, path="")), default_namespace)
    return replace(parsed, path=_path(written.path))


def _question(scheme: Scheme, fields: Mapping[str, Any], default_namespace: str) -> TargetRef:
    server = f"@{fields['server']}" if "server" in fields else ""
    parsed = parse_target(f"{scheme}://{fields['name']}{server}", default_namespace)
    return replace(parsed, **_options(fields, scheme))


def _place(fields: Mapping[str, Any], scheme: Scheme, default_namespace: str) -> Place:
    port = fields.get("port", DEFAULT_PORTS.get(scheme))
    if "host" not in fields:
        return Place(_object(fields, default_namespace), port=port)
    _no_namespace(fields, fields["host"])
    return Place(host=fields["host"], port=port)


_OPTION_FIELDS = ("payload", "method", "verify", "sni", "size", "transport", "family")


def _options(fields: Mapping[str, Any], scheme: Scheme) -> dict[str, Any]:
    options = {key: fields[key] for key in _OPTION_FIELDS if key in fields}
    if "type" in fields:
        options["record"] = fields["type"]
    if "status" in fields:
        status = fields["status"]
        options["status"] = tuple(status) if isinstance(status, list) else (status,)
    if "sni" in fields:
        parse_options(f"sni={fields['sni']}", 0, scheme)
    return options


def _path(path: str) -> str:
    if path:
        parse_target(f"http://host{path.partition('?')[0]}")
    return path


def _object(value: Mapping[str, Any], default_namespace: str) -> ObjectRef:
    for word, kind in (("node", RefKind.NODE), ("outside", RefKind.OUTSIDE)):
        if word in value:
            _no_namespace(value, f"{word}/{value[word]}")
            return ObjectRef(kind, value[word])
    namespace = value.get("namespace", default_namespace)
    if not namespace:
        named = next(f"{key} {name}" for key, name in value.items() if key in _NAMESPACED)
        raise BadReference(
            named,
            0,
            "says no namespace",
            hint="add `namespace`, or metadata.namespace for all checks",
        )
    for key, workload in _WORKLOADS.items():
        if key in value:
            return ObjectRef(RefKind.WORKLOAD, value[key], namespace, workload)
    for word, kind in (("pod", RefKind.POD), ("service", RefKind.SERVICE)):
        if word in value:
            return ObjectRef(kind, value[word], namespace)
    if "selector" in value:
        return ObjectRef(
            RefKind.SELECTOR, namespace=namespace, selector=_selector(value["selector"])
        )
    return ObjectRef(RefKind.NAMESPACE, namespace=namespace)


def _no_namespace(value: Mapping[str, Any], name: str) -> None:
    if "namespace" in value:
        raise BadReference(name, 0, "is in no namespace", hint="leave `namespace` out")


def _selector(value: str | Mapping[str, Any]) -> LabelSelector:
    if isinstance(value, str):
        return parse_selector(value)
    expressions = tuple(
        Requirement(item["key"], item["operator"], tuple(item.get("values", ())))
        for item in value.get("matchExpressions", ())
    )
    for item in expressions:
        if (item.operator in ("In", "NotIn")) != bool(item.values):
            problem = "needs values" if not item.values else "takes no values"
            raise BadReference(item.key, 0, f"the operator {item.operator} {problem}")
    return LabelSelector(dict(value.get("matchLabels", {})), expressions)


def _checked_selector(ref: ObjectRef) -> ObjectRef:
    """The reference, once its labels could be written as text. One that selects every pod is the
    namespace itself."""
    selector = ref.selector or LabelSelector()
    if selector.empty:
        return ObjectRef(RefKind.NAMESPACE, namespace=ref.namespace)
    parse_selector(describe(selector))
    return ref
