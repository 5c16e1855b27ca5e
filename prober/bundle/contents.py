"""A run's record and what was collected, as the parts of a bundle. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from prober.bundle.redact import redact_data, redact_object, redact_text
from prober.model.bundle import Collection, Gap, Part
from prober.report.yaml_ import dump

README = "README.md"


def bundle(
    run: Mapping[str, Any], report: str, collections: Iterable[Collection]
) -> dict[str, str]:
    """The text of each file by its path, everything redacted, with a README first.

    `run` is the record as the JSON report has it, `report` the same as text for people.
    """
    found = list(collections)
    parts = [
        Part(
            "run.json",
            "the whole run, as `prober run -o json` writes it: checks, predictions, findings",
            json_text(run),
        ),
        Part("report.txt", "the same for people", report),
        Part("wire.txt", "what the wire said, check by check", wire_text(run)),
        *(part for one in found for part in one.parts),
    ]
    gaps = [gap for one in found for gap in one.gaps]
    texts = {part.path: _text(part) for part in parts}
    return {README: _readme(run, parts, texts, gaps), **texts}


def json_text(run: Mapping[str, Any]) -> str:
    """The record without what nobody should hand around."""
    return json.dumps(redact_data(run), indent=2, ensure_ascii=False)


def wire_text(run: Mapping[str, Any]) -> str:
    """Evidence of every check and its controls: sockets, ICMP, DNS, hops."""
    lines: list[str] = []
    for check in run.get("checks") or ():
        observation = check.get("observation") or {}
        lines.append(
            f"{check['name']}: {observation.get('outcome')} ({check.get('verdict')}, "
            f"{check.get('result')})"
        )
        lines += _evidence(observation, "  ")
        for control in check.get("controls") or ():
            lines.append(
                f"  control {control['name']}: {(control.get('observation') or {}).get('outcome')}"
            )
            lines += _evidence(control.get("observation") or {}, "    ")
    return "\n".join(lines) + "\n"


def _evidence(observation: Mapping[str, Any], indent: str) -> list[str]:
    evidence = observation.get("evidence") or {}
    said = {key: value for key, value in evidence.items() if value not in (None, "", [], {})}
    return [
        f"{indent}{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in said.items()
    ]


def _text(part: Part) -> str:
    if isinstance(part.content, str):
        return _ended(redact_text(part.content))
    objects = (one for one in part.content if isinstance(one, Mapping))
    kept = (redact_object(one) for one in objects)
    return "---\n".join(_ended(dump(one)) for one in kept if one is not None) or "# none\n"


def _ended(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"


def _readme(
    run: Mapping[str, Any], parts: Sequence[Part], texts: Mapping[str, str], gaps: Sequence[Gap]
) -> str:
    fabric = run.get("fabric") or {}
    summary = run.get("summary") or {}
    lines = [
        f"# Evidence of run {run.get('id')}",
        "",
        f"`{run.get('scenario')}` on {fabric.get('kind')} `{fabric.get('name')}` "
        f"{fabric.get('version')}, started "
        f"{run.get('startedAt')}, by prober {run.get('proberVersion')}: "
        f"{summary.get('passed')} ok, "
        f"{summary.get('failed')} failed, {summary.get('inconclusive')} inconclusive.",
        "",
        "## What is in it",
        "",
        "| file | what it is | SHA-256 |",
        "| --- | --- | --- |",
        *(f"| `{one.path}` | {one.what} | `{_digest(texts[one.path])}` |" for one in parts),
        "",
        "## What was left out",
        "",
        "- Secrets; the data of ConfigMaps; annotations; the values of environment "
        "variables, but for proxies without "
        "their credentials.",
        "- In all text: what looks like a token, a key, a password or credentials in a URL. "
        "Names, labels and "
        "addresses are in it: read it before you give it to strangers.",
        *(f"- {gap.what}: {gap.why}" for gap in gaps),
    ]
    return "\n".join(lines) + "\n"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
