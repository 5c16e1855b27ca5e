"""A baseline as a file: for people to read, for git to compare, for `baseline diff` to start from.

One flow a line, everything in a stable order, nothing in it that differs from one run to the next
but the time and what really changed. The shape's one home is `baseline.schema.json`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from prober.manifest.decoding.convert import convert
from prober.manifest.decoding.decode import decode_policy
from prober.manifest.languages.decoded import decode_object
from prober.manifest.languages.object_checks import check_object
from prober.manifest.reading.cursor import Cursor, Report
from prober.manifest.reading.document import Document, load_documents
from prober.manifest.reading.kinds import Handling
from prober.manifest.reading.objects import Manifest
from prober.manifest.validate import validate
from prober.manifest.writing.dump import dumper
from prober.manifest.writing.encode import policy_manifest
from prober.model.baseline import Baseline
from prober.model.codec import decode_baseline, encode_baseline
from prober.model.errors import UsageError
from prober.model.languages.kinds import BY_KIND, PolicyObject
from prober.model.objects import NetworkPolicy, Ref
from prober.scenario.reading.mistakes import Findings
from prober.scenario.reading.schema import check_shape, is_kind

KIND = "Baseline"
SCHEMA = Path(__file__).with_name("baseline.schema.json")
SUFFIXES = (".yaml", ".yml", ".json")
_HEAD = """\
# What was reachable between workloads, written by `prober baseline save`.
# `prober baseline diff` with this file says what has changed since.
"""


def check_suffix(path: Path) -> None:
    """Raises `UsageError` for a file name that does not say in which form to write."""
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(
            f"baseline {path} ends in no known suffix", hint=f"name it with {', '.join(SUFFIXES)}"
        )


def baseline_text(baseline: Baseline, suffix: str) -> str:
    """The content of a file with this suffix. Equal baselines give equal text."""
    data = baseline_data(baseline)
    if suffix.lower() == ".json":
        return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    return _HEAD + _yaml(data)


def baseline_data(baseline: Baseline) -> dict[str, Any]:
    """The baseline as plain data, in the shape of the schema."""
    return encode_baseline(baseline, policy_manifest)


def load_baseline(path: Path) -> Baseline:
    """The baseline in a file. Raises `InputError` with every mistake in it."""
    findings = Findings()
    document, *more = load_documents(path)
    if more:
        findings.add(more[0], (), "is a second document in a baseline file", "keep one of them")
    if is_kind(document, KIND, findings, "`prober baseline save` writes such a file"):
        check_shape(document, SCHEMA, findings)
    findings.raise_if_any()
    baseline = decode_baseline(
        document.value,
        lambda values: _policies(document, values, findings),
        lambda values: tuple(_others(document, values, findings)),
    )
    findings.raise_if_any()
    return baseline


def _policies(
    document: Document, values: Iterable[Any], findings: Findings
) -> tuple[NetworkPolicy, ...]:
    """The policies, held to the same rules as those of a manifest."""
    report = Report()
    manifests: dict[Ref, Manifest] = {}
    for index, value in enumerate(values):
        cursor = Cursor(document, ("policies", index), value, report)
        manifest = Manifest("networking.k8s.io/v1", "NetworkPolicy", cursor, Handling.READ)
        ref = Ref("NetworkPolicy", value["metadata"]["namespace"], value["metadata"]["name"])
        if ref in manifests:
            cursor.wrong(f"NetworkPolicy {ref} is there twice", "keep one of them")
        elif validate(manifest):
            manifests[ref] = manifest
    objects = convert(manifests, report)
    findings.extend(report.mistakes)
    return tuple(decode_policy(policy) for policy in objects.policies)


def _others(
    document: Document, values: Iterable[Any], findings: Findings
) -> Iterator[PolicyObject]:
    """Those of the other languages, likewise."""
    report = Report()
    for index, value in enumerate(values):
        cursor = Cursor(document, ("otherPolicies", index), value, report)
        kind = BY_KIND.get((str(value.get("apiVersion")), str(value.get("kind"))))
        if kind is None:
            cursor.field("kind").wrong("is no kind of a policy language", "save the baseline anew")
            continue
        check_object(cursor, kind)
        try:
            yield decode_object(kind, value["apiVersion"], value)
        except (msgspec.ValidationError, AttributeError, TypeError) as error:
            cursor.wrong(f"cannot be read: {error}", "save the baseline anew")
    findings.extend(report.mistakes)


class _Line(dict[str, Any]):
    """A mapping that is written in one line."""


def _yaml(data: Mapping[str, Any]) -> str:
    """Block style down to single flows and sets of labels, which take a line each."""
    import yaml

    one_line_dumper = dumper()
    one_line_dumper.add_representer(
        _Line,
        lambda dumper, line: dumper.represent_mapping(
            "tag:yaml.org,2002:map", line.items(), flow_style=True
        ),
    )
    flows = {
        source: {
            target: {port: _Line(cell) for port, cell in ports.items()}
            for target, ports in targets.items()
        }
        for source, targets in data["flows"].items()
    }
    one_line = {
        key: {name: _Line(labels) for name, labels in data[key].items()}
        for key in ("namespaces", "workloads")
    }
    shaped = {
        **data,
        "scope": _Line(data["scope"]),
        "fabric": _Line(data["fabric"]),
        **one_line,
        "flows": flows,
    }
    text: str = yaml.dump(
        shaped,
        Dumper=one_line_dumper,
        sort_keys=False,
        default_flow_style=False,
        allow_unicode=True,
        width=10_000,
    )
    return text
