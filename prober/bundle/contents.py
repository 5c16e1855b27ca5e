"""A run's record and what was collected, as the files of a bundle. Pure.

Everything passes here on its way out, so this is where everything is redacted: the record
(`record`), objects field by field (`shareable`), text by what it looks like
(`prober.model.text.secrets`)."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from prober.bundle.lab import shareable_lab
from prober.bundle.record import redacted
from prober.files import file_name
from prober.manifest.reading.kinds import LAB
from prober.manifest.writing.shareable import shareable
from prober.model.bundle import Collection, Gap, Part
from prober.model.outcome import Observation
from prober.model.published.observation import EvidenceShape
from prober.model.run import RunRecord
from prober.model.text.secrets import redact_text
from prober.report import render
from prober.report.text import printable
from prober.report.yaml_ import dump

README = "README.md"
_SECRETS = frozenset(("Secret", "SecretList"))


def bundle(record: RunRecord, collections: Iterable[Collection]) -> dict[str, str]:
    """The text of each file by its path, everything redacted, with a README first."""
    collected = list(collections)
    run = redacted(record)
    parts = [
        Part(
            "run.json",
            "the whole run, as `prober run -o json` writes it: checks, predictions, findings",
            render(run, "json"),
        ),
        Part("report.txt", "the same for people", render(run, "wide")),
        Part("wire.txt", "what the wire said, check by check", wire_text(run)),
        *_named(part for collection in collected for part in collection.parts),
    ]
    gaps = [gap for collection in collected for gap in collection.gaps]
    texts = {part.path: _text(part) for part in parts}
    return {README: _readme(run, parts, texts, gaps), **texts}


def _named(parts: Iterable[Part]) -> Iterator[Part]:
    """The parts under paths that are names of files, whatever the objects are called that they are
    named after, and each under one of its own."""
    taken: Counter[str] = Counter()
    for part in parts:
        path = "/".join(file_name(step) for step in part.path.split("/"))
        taken[path] += 1
        yield replace(part, path=path if taken[path] == 1 else f"{path}.{taken[path]}")


def wire_text(record: RunRecord) -> str:
    """Evidence of every check and its controls: sockets, ICMP, DNS, hops."""
    lines: list[str] = []
    for check in record.checks:
        seen = check.observation
        judged = f"{seen.outcome.value} ({check.verdict.value}, {check.result.value})"
        lines += [f"{check.check.name}: {judged}", *_evidence(seen, "  ")]
        for control in check.controls:
            outcome = control.observation.outcome.value if control.observation else "did not run"
            lines.append(f"  control {control.name}: {outcome}")
            lines += _evidence(control.observation, "    ") if control.observation else ()
    return "".join(f"{printable(line)}\n" for line in lines) or "no check was made\n"


def _evidence(observation: Observation, indent: str) -> list[str]:
    evidence = msgspec.to_builtins(EvidenceShape.of(observation.evidence))
    said = {key: value for key, value in evidence.items() if value}
    return [
        f"{indent}{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in said.items()
    ]


def _text(part: Part) -> str:
    if isinstance(part.content, str):
        return _ended(redact_text(part.content))
    objects = (item for item in part.content if isinstance(item, Mapping))
    kept = [item for value in objects for item in _objects(value)]
    return "---\n".join(_ended(dump(item)) for item in kept) or "# none\n"


def _objects(value: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    kind, items = str(value.get("kind") or ""), value.get("items")
    if kind in _SECRETS:
        return
    if kind.endswith("List") and isinstance(items, list):
        for item in items:
            if isinstance(item, Mapping):
                yield from _objects({"kind": kind.removesuffix("List"), **item})
    else:
        yield shareable_lab(value) if kind == LAB else shareable(value)


def _ended(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"


def _readme(
    record: RunRecord, parts: Sequence[Part], texts: Mapping[str, str], gaps: Sequence[Gap]
) -> str:
    fabric, summary = record.fabric, record.summary
    lines = [
        f"# Evidence of run {record.id}",
        "",
        f"`{record.scenario}` on {fabric.kind} `{fabric.name}` {fabric.version}, started "
        f"{record.started}, by prober {record.version}: {summary.passed} ok, "
        f"{summary.failed} failed, {summary.inconclusive} inconclusive.",
        "",
        "## What is in it",
        "",
        "| file | what it is | SHA-256 |",
        "| --- | --- | --- |",
        *(f"| `{part.path}` | {part.what} | `{_digest(texts[part.path])}` |" for part in parts),
        "",
        "## What was left out",
        "",
        "- Of objects: every kind and every field that does not decide about connectivity, such as "
        "Secrets, the data of ConfigMaps, annotations, arguments, environment variables (but for "
        "proxies, without their credentials), messages in a status, and custom resources.",
        "- In all text: what looks like a token, a key, a password or credentials in a URL. Names, "
        "labels and addresses are in it: read it before you give it to strangers.",
        *(redact_text(f"- {gap.what}: {gap.why}") for gap in gaps),
    ]
    return "".join(f"{printable(line)}\n" for line in lines)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
