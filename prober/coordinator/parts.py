"""PURE. The causes of a divided run, over all of its parts: those of the undivided run.

A part sees its own vantages only. "This works from elsewhere", which excludes most causes, may
stand in another part, and what no rule explains is one finding a part instead of one. So each part
brings along what it was diagnosed with, the snapshot and the answers to its questions, and whoever
has the parts diagnoses once more: nothing is asked again, because the id of a question's probe
follows from what is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prober.coordinator.telling import telling
from prober.model.errors import UsageError
from prober.model.outcome import Observation
from prober.model.packed import packed, unpacked
from prober.model.run import CheckRecord, Finding, RunPart, RunRecord
from prober.model.snapshot import Snapshot


def part_of(
    snapshot: Snapshot, hosts: Mapping[str, Sequence[str]], answers: Mapping[str, Observation]
) -> RunPart:
    """What a part is to bring along."""
    known = {name: tuple(addresses) for name, addresses in hosts.items()}
    return RunPart(packed(snapshot), known, dict(answers))


def causes_of(
    records: Sequence[RunRecord], checks: Sequence[CheckRecord]
) -> tuple[Finding, ...] | None:
    """The causes of these checks, which are those of the parts, in the world of the part that began
    last; None where a part brings nothing along. Raises `UsageError` for what no part can have."""
    from prober.diagnosis import diagnose
    from prober.diagnosis.planning import planned
    from prober.policy import Predictor

    last = max(records, key=lambda record: record.started)
    parts = [record.part for record in records if record.part is not None]
    if last.part is None or len(parts) < len(records):
        return None
    answers = {probe: said for part in parts for probe, said in part.answers.items()}
    told = telling(checks)
    try:
        snapshot = unpacked(last.part.world)
        predictor = Predictor(snapshot, hosts=last.part.hosts)
        findings = diagnose(told, snapshot, predictor, answers=answers).findings
        return planned(findings, told, predictor)
    # LookupError: checks and a snapshot that do not belong together.
    except (ValueError, LookupError) as error:
        raise UsageError(
            f"part {last.id} is damaged or forged: {error}",
            hint="run this part again, or get its record anew",
        ) from error
