"""Scenario files in, scenarios out; or every mistake in them at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from prober.manifest.reading.document import Document
from prober.model.check import Expectation
from prober.model.errors import InputError, Location, Mistake
from prober.scenario.reading.checks import Scope, read_checks, read_targets
from prober.scenario.reading.include import Part, Reader
from prober.scenario.reading.mistakes import Findings
from prober.scenario.refs import TargetRef
from prober.scenario.spec import CheckSpec, Scenario
from prober.scenario.text.source import parse_source
from prober.scenario.text.target import parse_target
from prober.scenario.timing import Timing, check_schedule, parse_interval


def load_scenario(path: Path, *, namespace: str = "") -> Scenario:
    """The scenario in a file, with everything that it includes. `namespace` stands in for a file's
    own where its metadata has none.

    Raises `InputError` with every mistake found in all of the files: what is no YAML, breaks the
    schema, refers to what does not exist, or is named twice. Whether the objects exist in a cluster
    is asked later, by `resolve`.
    """
    scenario, mistakes = read_scenario(path, namespace=namespace)
    if mistakes:
        raise InputError(mistakes)
    assert scenario is not None  # noqa: S101 - a file that gives no scenario has given a mistake
    return scenario


def read_scenario(
    path: Path, *, namespace: str = ""
) -> tuple[Scenario | None, tuple[Mistake, ...]]:
    """What a file says as far as it is sound, and every mistake in it and in what it includes.

    For those who want to find more mistakes, in the names of the checks that are sound: nothing of
    it is to be run.
    """
    findings = Findings()
    root = Reader(findings).read(path)
    scenario = _scenario(root, findings, namespace) if root else None
    return scenario, findings.in_order()


def read_object(name: str, value: dict[str, Any]) -> tuple[Scenario | None, tuple[Mistake, ...]]:
    """As `read_scenario`, for an object of a cluster: `name` is what mistakes call it, `value` has
    what the author wrote (no status, and of the metadata what the schema has)."""
    findings = Findings()
    root = Reader(findings).read_object(Document(name, 0, value, lambda: None))
    scenario = _scenario(replace(root, document=_without_lab(root)), findings, "") if root else None
    return scenario and replace(scenario, path=None), findings.in_order()


def _without_lab(root: Part) -> Document:
    """A lab's manifests are files, and an object has none beside it."""
    value = {key: part for key, part in root.document.value.items() if key != "lab"}
    return replace(root.document, value=value)


def one_check(
    source: str, target: str, *, namespace: str = "", expect: Expectation = Expectation.PREDICTED
) -> Scenario:
    """A scenario of one check, as a command line gives it. Raises `BadReference`."""
    spec = CheckSpec(
        parse_source(source, namespace),
        parse_target(target, namespace),
        expect=expect,
        namespace=namespace,
    )
    return Scenario("check", (spec,), namespace=namespace)


def _scenario(root: Part, findings: Findings, default: str) -> Scenario:
    targets: dict[Path, dict[str, TargetRef | None]] = {}
    checks: list[CheckSpec] = []
    for part in root.all():
        home = _namespace(part) or default
        targets[part.path] = _targets(part, home, targets, findings)
        checks += read_checks(
            Scope(part.document, findings, home, targets[part.path], part.complete)
        )
    _check_names(checks, findings)
    manifests = _lab_manifests(root, findings)
    if not checks and not findings.mistakes:
        findings.add(
            root.document,
            ("checks",),
            "there are no checks",
            "add one, as in `- deploy/web.shop -> tcp://github.com:443`",
        )
    metadata = root.document.value.get("metadata")
    return Scenario(
        name=str(metadata.get("name", "")) if isinstance(metadata, dict) else "",
        checks=tuple(checks),
        description=str(root.document.value.get("description", "")),
        namespace=_namespace(root) or default,
        targets={name: target for name, target in targets[root.path].items() if target is not None},
        lab_manifests=manifests,
        path=root.path,
        timing=_timing(root.document, findings),
    )


def _timing(document: Document, findings: Findings) -> Timing:
    """When the operator runs it; the default where what is written is wrong."""
    value, timing = document.value, Timing(suspended=document.value.get("suspend") is True)
    if "every" in value and "schedule" in value:
        findings.add(document, ("schedule",), "stands beside `every`", "keep one of them")
    elif "every" in value and findings.sound(document, ("every",)):
        with findings.noting(document, ("every",)):
            timing = replace(timing, interval=parse_interval(value["every"]))
    elif "schedule" in value and findings.sound(document, ("schedule",)):
        with findings.noting(document, ("schedule",)):
            timing = replace(timing, schedule=check_schedule(value["schedule"]))
    return timing


def _namespace(part: Part) -> str:
    metadata = part.document.value.get("metadata")
    namespace = metadata.get("namespace", "") if isinstance(metadata, dict) else ""
    return namespace if isinstance(namespace, str) else ""


def _targets(
    part: Part, home: str, known: dict[Path, dict[str, TargetRef | None]], findings: Findings
) -> dict[str, TargetRef | None]:
    """The named targets that a file can use: its own, which win, and those of the files that it
    includes."""
    own = read_targets(part.document, home, findings)
    merged: dict[str, TargetRef | None] = {}
    for index, included in enumerate(part.includes):
        for name, target in known[included.path].items():
            if name in merged and name not in own and merged[name] != target:
                hint = "name it under `targets` of this file, which wins"
                findings.add(
                    part.document, ("include", index), f"has another target named `{name}`", hint
                )
            merged[name] = target
    return {**merged, **own}


def _check_names(checks: Iterable[CheckSpec], findings: Findings) -> None:
    first: dict[str, CheckSpec] = {}
    for spec in checks:
        known = first.setdefault(spec.title, spec)
        if known is not spec:
            place = f"{known.where} ({_place(known.origin, spec.origin)})"
            message = f"is named like {place}: `{spec.title}`"
            findings.extend(
                [
                    Mistake(
                        spec.origin,
                        spec.where,
                        message,
                        "take one out, or give it a `name` of its own",
                    )
                ]
            )


def _place(there: Location, here: Location) -> str:
    return f"line {there.line}" if there.file == here.file else str(there)


def _lab_manifests(root: Part, findings: Findings) -> tuple[Path, ...]:
    lab = root.document.value.get("lab")
    written = lab.get("manifests") if isinstance(lab, dict) else None
    paths: list[Path] = []
    for index, name in enumerate(written if isinstance(written, list) else ()):
        field = ("lab", "manifests", index)
        if not findings.sound(root.document, field):
            continue
        paths.append(root.path.parent / name)
        if not paths[-1].exists():
            hint = "paths are relative to this file"
            findings.add(root.document, field, f"there is no file or directory `{name}`", hint)
    return tuple(paths)
