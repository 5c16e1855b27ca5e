"""PURE. The last runs of a Scenario, as an object beside it.

An object of an own kind, not a ConfigMap: so the operator needs no right to write ConfigMaps in
other people's namespaces, and who may read the records (which name pods and addresses) is a right
of its own. It belongs to its Scenario, and goes with it.

A stretch of runs that all say the same is kept as its first and its last run, so that a bounded
number of runs reaches back over changes, not over minutes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from prober.fabric.kubernetes.client import SCENARIO_HISTORIES
from prober.history.packing import pack
from prober.history.summary import summary_of
from prober.model.run import RunRecord
from prober.operator.objects import ScenarioObject, owner_reference, time_text_of

MOST_RUNS = 20
MOST_BYTES = 600_000
"""Of all records together, as they are stored; etcd takes 1.5 MiB, and an API server rewrites it
all with each run."""
MOST_OF_ONE = 200_000
"""Of one; what is larger is kept without the checks that passed."""
_LEFT_OUT = "passed"
Entry = Mapping[str, Any]


def with_run(item: ScenarioObject, before: Sequence[Entry], record: RunRecord) -> Mapping[str, Any]:
    """The object with this run, given the entries that it had, the newest first."""
    return {
        "apiVersion": SCENARIO_HISTORIES.api_version,
        "kind": SCENARIO_HISTORIES.kind,
        "metadata": {
            "name": item.name,
            "namespace": item.namespace,
            "ownerReferences": [owner_reference(item)],
        },
        "runs": _bounded([_entry(record), *_without_middle(before, record)]),
    }


def _entry(record: RunRecord) -> dict[str, Any]:
    packed = pack(record)
    if len(packed) > MOST_OF_ONE:
        packed = pack(_of_what_is_wrong(record))
    return {
        "id": record.id,
        "started": time_text_of(record.started),
        "outcome": record.exit_code.name.capitalize(),
        "digest": digest_of(record),
        "record": packed if len(packed) <= MOST_OF_ONE else "",
    }


def digest_of(record: RunRecord) -> str:
    """A word for what the run says of each check: the same for runs that say the same."""
    marks = sorted(summary_of(record).marks.items())
    return hashlib.sha256(
        repr([(subject, mark.value) for subject, mark in marks]).encode()
    ).hexdigest()[:12]


def _without_middle(before: Sequence[Entry], record: RunRecord) -> Sequence[Entry]:
    """Without the last of a stretch that this run goes on with, but with its first."""
    digest = digest_of(record)
    same = [entry.get("digest") == digest for entry in before[:2]]
    return before[1:] if same == [True, True] else before


def _bounded(entries: Sequence[Entry]) -> list[Entry]:
    kept: list[Entry] = []
    total = 0
    for entry in entries[:MOST_RUNS]:
        total += len(str(entry.get("record") or ""))
        kept.append(entry if total <= MOST_BYTES else {**entry, "record": ""})
    return kept


def _of_what_is_wrong(record: RunRecord) -> RunRecord:
    wrong = tuple(check for check in record.checks if not check.as_expected)
    ids = {check.check.id for check in wrong}
    findings = tuple(
        replace(finding, checks=tuple(one for one in finding.checks if one in ids))
        for finding in record.findings
    )
    left_out = str(len(record.checks) - len(wrong))
    notes = {**record.notes, _LEFT_OUT: f"{left_out} checks that passed were left out"}
    return replace(record, checks=wrong, findings=findings, notes=notes)
