"""Findings and the fixes that they offer."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import field

from prober.model.published.prediction import RefShape
from prober.model.published.shape import Count, Shape, plain
from prober.model.run import Confidence, Finding, Fix
from prober.model.text.naming import is_rule

_OPERATIONS = frozenset(("add", "remove", "replace", "move", "copy", "test"))


class FixShape(Shape[Fix], kw_only=True):
    """The smallest change that mends a cause."""

    model_type: ClassVar = Fix
    summary: str
    target: RefShape | None = None
    patch: tuple[dict[str, Any], ...] = ()
    manifest: dict[str, Any] | None = None
    opens: tuple[str, ...] = ()
    supplements: RefShape | None = field(name="beside", default=None)

    @classmethod
    def attributes(cls, model: Fix) -> dict[str, Any]:
        return {
            "patch": tuple(plain(operation) for operation in model.patch),
            "manifest": plain(model.manifest),
        }

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        for operation in self.patch:
            op, path = operation.get("op"), operation.get("path")
            known = isinstance(op, str) and op in _OPERATIONS
            if not (known and isinstance(path, str) and path.startswith("/")):
                raise ValueError("an operation of its patch is none of RFC 6902")
        if self.manifest is not None:
            _check_manifest(self.manifest)
        return given


def _check_manifest(manifest: dict[str, Any]) -> None:
    """The parts of an object that whoever compares or writes one takes for granted."""
    for member in ("metadata", "spec"):
        if not isinstance(manifest.get(member, {}), dict):
            raise ValueError(f"the {member} of its manifest is no mapping")  # noqa: TRY004 - of a record, not a call
    metadata = manifest.get("metadata", {})
    for member in ("labels", "annotations"):
        if not isinstance(metadata.get(member) or {}, dict):
            raise ValueError(f"the {member} of its manifest are no mapping")  # noqa: TRY004 - as above


class FindingShape(Shape[Finding], kw_only=True):
    """A cause, numbered as people see it."""

    model_type: ClassVar = Finding
    number: Count
    id: str
    cause: str
    confidence: Confidence
    evidence: tuple[str, ...] = ()
    fix: FixShape | None = None
    checks: tuple[str, ...] = ()
    objects: tuple[RefShape, ...] = ()

    @classmethod
    def numbered(cls, number: int, finding: Finding) -> FindingShape:
        return cls(
            number=number,
            id=finding.id,
            cause=finding.cause,
            confidence=finding.confidence,
            evidence=finding.evidence,
            fix=FixShape.of(finding.fix) if finding.fix else None,
            checks=finding.checks,
            objects=tuple(RefShape.of(ref) for ref in finding.objects),
        )

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        if not is_rule(self.id):
            raise ValueError(f"{self.id!r} is the id of no rule")
        del given["number"]
        return given
