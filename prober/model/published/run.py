"""The whole run. `run.schema.json` of `prober.report` describes exactly this, and is tested against
it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Literal

import msgspec
from msgspec import UNSET, UnsetType

from prober.model.prediction import Ruling
from prober.model.probe import Failure
from prober.model.published.check import CheckShape
from prober.model.published.finding import FindingShape
from prober.model.published.observation import ObservationShape
from prober.model.published.shape import Count, Milliseconds, Shape, derived
from prober.model.run import FabricInfo, Place, PredictedOnly, RunPart, RunRecord, Summary

API_VERSION: Literal["prober.dev/v1alpha1"] = "prober.dev/v1alpha1"
SCHEMA_VERSION: Literal[1] = 1
"""Raised when a member changes its meaning or goes away; a new member alone does not raise it."""


class PlaceShape(Shape[Place], kw_only=True):
    model_type: ClassVar = Place
    workload: str = ""
    node: str = ""


class FabricShape(Shape[FabricInfo], kw_only=True):
    """What it ran on, who has an address there, and where the pods of the checks belong."""

    model_type: ClassVar = FabricInfo
    kind: str
    name: str
    version: str = ""
    enforcement: str = ""
    nodes: Count = 0
    pods: Count = 0
    addresses: dict[str, str] = msgspec.field(default_factory=dict)
    places: dict[str, PlaceShape] = msgspec.field(default_factory=dict)

    @classmethod
    def of_run(cls, record: RunRecord) -> FabricShape:
        fabric = record.fabric
        return cls(
            kind=fabric.kind,
            name=fabric.name,
            version=fabric.version,
            enforcement=fabric.enforcement,
            nodes=fabric.nodes,
            pods=fabric.pods,
            addresses=dict(sorted(record.addresses.items())),
            places={name: PlaceShape.of(place) for name, place in sorted(record.places.items())},
        )

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        del given["addresses"], given["places"]
        return given


class SummaryShape(Shape[Summary], kw_only=True):
    model_type: ClassVar = Summary
    total: Count
    passed: Count
    failed: Count
    inconclusive: Count
    leaks: Count
    blocked: Count
    flaky: Count


class PredictedOnlyShape(Shape[PredictedOnly], kw_only=True):
    model_type: ClassVar = PredictedOnly
    pod: str
    from_any_other_namespace: tuple[Ruling, ...]
    to_outside: tuple[Ruling, ...]


class FailureShape(Shape[Failure], kw_only=True):
    model_type: ClassVar = Failure
    vantage: str
    message: str
    hint: str = ""


class PartShape(Shape[RunPart], kw_only=True):
    model_type: ClassVar = RunPart
    world: str
    hosts: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    answers: dict[str, ObservationShape] = msgspec.field(default_factory=dict)

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        answers = {probe: replace(said, probe=probe) for probe, said in given["answers"].items()}
        return {**given, "answers": answers}


class Run(Shape[RunRecord], kw_only=True):
    """The record of a run."""

    model_type: ClassVar = RunRecord
    api_version: Literal["prober.dev/v1alpha1"] = API_VERSION
    kind: Literal["Run"] = "Run"
    schema_version: Literal[1] = SCHEMA_VERSION
    prober_version: str = ""
    id: str
    scenario: str = ""
    started_at: str = ""
    duration_ms: Milliseconds = 0.0
    exit_code: Literal[0, 1, 2, 3, 130] | None = derived()
    fabric: FabricShape
    summary: SummaryShape | None = derived()
    checks: tuple[CheckShape, ...] = ()
    findings: tuple[FindingShape, ...]
    failures: tuple[FailureShape, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: dict[str, str] = msgspec.field(default_factory=dict)
    predicted_only: tuple[PredictedOnlyShape, ...] | UnsetType = UNSET
    part: PartShape | UnsetType = UNSET

    @classmethod
    def attributes(cls, model: RunRecord) -> dict[str, Any]:
        findings = enumerate(model.findings, start=1)
        return {
            "api_version": API_VERSION,
            "kind": "Run",
            "schema_version": SCHEMA_VERSION,
            "prober_version": model.version,
            "started_at": model.started,
            "exit_code": int(model.exit_code),
            "fabric": FabricShape.of_run(model),
            "findings": tuple(
                FindingShape.numbered(number, finding) for number, finding in findings
            ),
            "notes": dict(sorted(model.notes.items())),
        }

    def model(self) -> RunRecord:
        record = RunRecord(
            id=self.id,
            scenario=self.scenario,
            fabric=self.fabric.model(),
            started=self.started_at,
            duration_ms=self.duration_ms,
            checks=tuple(check.model() for check in self.checks),
            findings=tuple(finding.model() for finding in self.findings),
            failures=tuple(failure.model() for failure in self.failures),
            warnings=self.warnings,
            version=self.prober_version,
            notes=self.notes,
            addresses=self.fabric.addresses,
            places={name: place.model() for name, place in self.fabric.places.items()},
            predicted_only=tuple(row.model() for row in self.predicted_only or ()),
            part=self.part.model() if self.part else None,
        )
        self._hold_against(record)
        return record

    def _hold_against(self, record: RunRecord) -> None:
        """Refuse a record whose derived members say something else than the rest: a forger changes
        the one that is looked at."""
        if self.exit_code not in (None, int(record.exit_code)):
            said = f"its exitCode is {self.exit_code}, and its checks make it {record.exit_code:d}"
            raise ValueError(said)
        if self.summary is not None and self.summary.model() != record.summary:
            raise ValueError("its summary does not count its checks")
        numbers = [finding.number for finding in self.findings]
        if numbers != sorted(set(numbers)):
            raise ValueError("its findings are not in the order of their numbers")
