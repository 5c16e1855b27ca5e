"""The named targets and the checks of one scenario file, with its defaults filled in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from prober.manifest import Document, FieldPath, format_path
from prober.model.check import Expectation
from prober.model.errors import UsageError
from prober.scenario.hints import did_you_mean, suggest
from prober.scenario.reading.mistakes import Findings
from prober.scenario.refs import TargetRef
from prober.scenario.spec import CheckSpec
from prober.scenario.text.duration import parse_duration
from prober.scenario.text.longform import source_of, target_of
from prober.scenario.text.source import parse_source
from prober.scenario.text.target import parse_target

_TEXT_FORM = re.compile(
    r"(?P<source>.*?)\s+(?:->|→)\s+(?P<target>.*?)(?:\s+=\s+(?P<expect>\S+))?\s*", re.DOTALL
)
"""FROM -> TO = EXPECTATION. Blanks around the arrow and the sign are required: selectors have signs
of their own."""

_TEXT_HINT = "write FROM -> TO, or FROM -> TO = EXPECTATION"

_FIELDS = ("name", "attempts", "pods", "endpoints", "hops", "banner")
"""The fields of a check that need no translation."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What the references of one file may use, and where mistakes go."""

    document: Document
    findings: Findings
    namespace: str
    targets: Mapping[str, TargetRef | None]
    """Own and included ones; None for those that are wrong, so that using them is not a mistake as
    well."""
    complete: bool = True
    """Are these all; not so where an included file could not be read."""


def read_targets(
    document: Document, namespace: str, findings: Findings
) -> dict[str, TargetRef | None]:
    """The `targets:` of a file; None for those that are wrong."""
    targets: dict[str, TargetRef | None] = {}
    written = document.value.get("targets")
    for name, value in written.items() if isinstance(written, dict) else ():
        path = ("targets", name)
        targets[name] = None
        if findings.sound(document, path):
            with findings.noting(document, path):
                targets[name] = _inline(value, namespace)
    return targets


def read_checks(scope: Scope) -> Iterator[CheckSpec]:
    """The `checks:` of a file, without those that are wrong."""
    defaults = _defaults(scope)
    written = scope.document.value.get("checks")
    for index, value in enumerate(written if isinstance(written, list) else ()):
        path: FieldPath = ("checks", index)
        if isinstance(value, Mapping) and not scope.findings.sound(scope.document, path):
            _note_the_rest(scope, path, value)
        elif scope.findings.sound(scope.document, path):
            spec = _check(scope, path, value, defaults)
            if spec is not None:
                yield spec


def _note_the_rest(scope: Scope, path: FieldPath, value: Mapping[str, Any]) -> None:
    """A check that breaks the schema in one field may be wrong in others too: all mistakes come at
    once."""
    readers: Mapping[str, Callable[[Any], object]] = {
        "from": lambda written: _source(written, scope.namespace),
        "to": lambda written: _target(written, scope),
        "timeout": parse_duration,
    }
    for field, read in readers.items():
        if field in value and scope.findings.sound(scope.document, (*path, field)):
            with scope.findings.noting(scope.document, (*path, field)):
                read(value[field])


def _defaults(scope: Scope) -> dict[str, Any]:
    written = scope.document.value.get("defaults")
    if not isinstance(written, dict):
        return {}
    sound = {
        key: value
        for key, value in written.items()
        if scope.findings.sound(scope.document, ("defaults", key))
    }
    return _settings(scope, ("defaults",), sound)


def _settings(scope: Scope, path: FieldPath, written: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of `CheckSpec` from a check's or the defaults' plain fields."""
    settings = {key: written[key] for key in _FIELDS if key in written}
    if "expect" in written:
        settings["expect"] = Expectation(written["expect"])
    if "timeout" in written:
        with scope.findings.noting(scope.document, (*path, "timeout")):
            settings["timeout"] = parse_duration(written["timeout"])
    return settings


def _check(
    scope: Scope, path: FieldPath, value: Any, defaults: Mapping[str, Any]
) -> CheckSpec | None:
    if isinstance(value, str):
        value = _from_text(scope, path, value)
        if value is None:
            return None
        source_path = target_path = path
    else:
        source_path, target_path = (*path, "from"), (*path, "to")
    settings = {**defaults, **_settings(scope, path, value)}
    settings["namespace"] = scope.namespace
    settings["origin"] = scope.document.location(path)
    settings["where"] = format_path(path)
    with scope.findings.noting(scope.document, source_path):
        settings["source"] = _source(value["from"], scope.namespace)
    with scope.findings.noting(scope.document, target_path):
        settings["target"] = _target(value["to"], scope)
    complete = settings.get("source") is not None and settings.get("target") is not None
    return CheckSpec(**settings) if complete else None


def _from_text(scope: Scope, path: FieldPath, text: str) -> dict[str, Any] | None:
    match = _TEXT_FORM.fullmatch(text.strip())
    if match is None:
        scope.findings.add(scope.document, path, f"`{text}` is not a check", _TEXT_HINT)
        return None
    value = {"from": match["source"], "to": match["target"]}
    if match["expect"]:
        if match["expect"] not in list(Expectation):
            hint = (
                did_you_mean(match["expect"], list(Expectation))
                or f"there is {', '.join(Expectation)}"
            )
            scope.findings.add(
                scope.document, path, f"`{match['expect']}` is not an expectation", hint
            )
            return None
        value["expect"] = match["expect"]
    return value


def _source(value: str | Mapping[str, Any], namespace: str) -> Any:
    return parse_source(value, namespace) if isinstance(value, str) else source_of(value, namespace)


def _inline(value: str | Mapping[str, Any], namespace: str) -> TargetRef:
    return parse_target(value, namespace) if isinstance(value, str) else target_of(value, namespace)


def _target(value: str | Mapping[str, Any], scope: Scope) -> TargetRef | None:
    if not isinstance(value, str) or "://" in value:
        return _inline(value, scope.namespace)
    name = value.strip()
    if name in scope.targets:
        return scope.targets[name]
    if ":" in name or "/" in name:  # as reports write a flow's end: no name of a target has either
        return parse_target(name, scope.namespace)
    if not scope.complete:
        return None
    hint = suggest(
        name, scope.targets, otherwise="write tcp://HOST:PORT, or name it under `targets`"
    )
    raise UsageError(f"there is no target named `{name}`", hint=hint)
