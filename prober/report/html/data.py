"""PURE. What the page's script is given: the run in compact columns, a row a check.

A matrix of a thousand workloads is a million checks, and a browser reads a megabyte of JSON in some
ten milliseconds. So what repeats is said once and numbered (ends, ports, reasons), columns that
hardly change are run-length encoded, and a cell is one character. Everything that can be said about
a check (trail, evidence, controls) is there for the checks that went wrong, and for all of a run
that is small enough.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from prober.model.check import Endpoint, EndpointKind, Flow
from prober.model.prediction import Ruling
from prober.model.run import CheckRecord, Place, RunRecord
from prober.policy import OUTSIDE_LEGEND
from prober.report.html.detail import detail_of
from prober.report.matrix import Cell, cell_of
from prober.report.text import printable
from prober.report.words import Mark, mark_of

MOST_DETAILS = 2_000
"""Checks that the page can tell everything about; those that went wrong come first."""
MOST_TIMES = 20_000
"""Checks of which each has its own name and time in the page."""
MARKS: Mapping[Mark, str] = {Mark.OK: "k", Mark.FAIL: "F", Mark.LEAK: "L", Mark.UNSURE: "U"}
RULINGS: Mapping[Ruling, int] = {Ruling.ALLOWED: 1, Ruling.DENIED: 2, Ruling.UNDEFINED: 4}
"""What the script adds up where a pod, or several, have different answers."""
_HARMLESS = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


@dataclass(slots=True)
class _Numbered:
    """Things in the order of their first mention, each once."""

    numbers: dict[Any, int] = field(default_factory=dict)

    def __call__(self, thing: Any) -> int:
        return self.numbers.setdefault(thing, len(self.numbers))


def page_data(record: RunRecord) -> dict[str, Any]:
    """The run as the script reads it."""
    ends, ports, reasons = _Numbered(), _Numbered(), _Numbered()
    columns: dict[str, list[int]] = {name: [] for name in ("from", "to", "port", "why")}
    cells, marks = [], []
    for check in record.checks:
        flow = check.check.flow
        columns["from"].append(ends(_key(flow.source)))
        columns["to"].append(ends(_key(flow.destination)))
        columns["port"].append(ports(_port(flow)))
        columns["why"].append(reasons(check.prediction.reason))
        cells.append(cell_of(check).value)
        marks.append(MARKS[mark_of(check)])
    return {
        "predicted": _predicted(record, ends.numbers),
        "outside": OUTSIDE_LEGEND,
        "scenario": printable(record.scenario),
        "cells": [[cell.value, cell.name.lower(), cell.meaning] for cell in Cell],
        "ends": [_end(end, record.places) for end in ends.numbers],
        "ports": [printable(port) for port in ports.numbers],
        "reasons": [printable(reason) for reason in reasons.numbers],
        **{name: packed(column) for name, column in columns.items()},
        "cell": "".join(cells),
        "mark": "".join(marks),
        **_particulars(record, marks),
    }


def _predicted(record: RunRecord, ends: Mapping[Any, int]) -> list[list[int]]:
    """What nobody probed: the number of a pod's end, the answers for any other namespace to it, and
    for it to hosts outside, as sums of `RULINGS`."""
    of = {row.pod: row for row in record.predicted_only}
    return [
        [number, _sum(row.from_any_other_namespace), _sum(row.to_outside)]
        for (kind, namespace, name, _), number in ends.items()
        if kind == EndpointKind.POD.value and (row := of.get(f"{namespace}/{name}"))
    ]


def _sum(rulings: Iterable[Ruling]) -> int:
    return sum(RULINGS[ruling] for ruling in set(rulings))


def script_text(data: Mapping[str, Any]) -> str:
    """The data as JSON that cannot end the element it stands in, whatever is in it."""
    return json.dumps(data, separators=(",", ":")).translate(_HARMLESS)


def packed(column: Sequence[int]) -> list[int] | dict[str, list[int]]:
    """The column itself, or its runs (value, length, value, length, …) where that is shorter."""
    runs = [number for value, same in groupby(column) for number in (value, sum(1 for _ in same))]
    return {"runs": runs} if len(runs) < len(column) else list(column)


def _particulars(record: RunRecord, marks: Sequence[str]) -> dict[str, Any]:
    """What is said of each check, as far as the page has room for it."""
    causes: dict[str, list[int]] = {}
    for number, finding in enumerate(record.findings, start=1):
        for identity in finding.checks:
            causes.setdefault(identity, []).append(number)
    wanted = set(_worth_telling(marks))
    small = len(marks) <= MOST_TIMES
    names, times, details = [], [], {}
    for index, check in enumerate(record.checks if small or wanted else ()):
        if small:
            names.append(printable(check.check.name))
            times.append(round(check.observation.time_ms, 1))
        if index in wanted:
            details[index] = {
                **detail_of(check, record.addresses),
                "causes": causes.get(check.check.id, []),
            }
    return {"names": names, "ms": times, "details": details}


def _worth_telling(marks: Sequence[str]) -> Iterable[int]:
    calm = MARKS[Mark.OK]
    wrong = [index for index, mark in enumerate(marks) if mark != calm]
    right = (index for index, mark in enumerate(marks) if mark == calm)
    return [*wrong, *right][:MOST_DETAILS] if len(marks) <= MOST_TIMES else wrong[:MOST_DETAILS]


def _key(end: Endpoint) -> tuple[str, str, str, str]:
    return (end.kind.value, end.namespace, end.name, end.label)


def _port(flow: Flow) -> str:
    return f"{flow.protocol}" if flow.port is None else f"{flow.protocol} {flow.port}"


def _end(key: tuple[str, str, str, str], places: Mapping[str, Place]) -> list[str]:
    """Kind, namespace, workload, name and node of an end."""
    kind, namespace, name, label = key
    place = places.get(f"{namespace}/{name}", Place())
    workload = place.workload or label or name
    if kind == "service":
        workload = f"svc/{name}"
    return [printable(text) for text in (kind, namespace, workload, name, place.node)]


def loud_first(checks: Sequence[CheckRecord], most: int) -> list[CheckRecord]:
    """At most so many checks, in their order, what went wrong before what is as it should be."""
    if len(checks) <= most:
        return list(checks)
    wrong = [check for check in checks if mark_of(check) is not Mark.OK]
    if len(wrong) >= most:
        return wrong[:most]
    right = (check for check in checks if mark_of(check) is Mark.OK)
    return [*wrong, *(check for _, check in zip(range(most - len(wrong)), right, strict=False))]
