"""What a check is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from prober.audit.view import View
from prober.model.languages import Language
from prober.model.objects import Ref

FieldPath = tuple[str | int, ...]
"""Where in an object: mapping keys and list indices (0-based), from its root."""


class Severity(StrEnum):
    """How bad it is, in the words of SARIF's levels."""

    ERROR = "error"
    """Something does not work, or is not protected although somebody meant it to be."""
    WARNING = "warning"
    """Probably not meant."""
    NOTE = "note"
    """Worth knowing; often meant."""

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Spot:
    """One place at which a check complains."""

    object: Ref
    message: str
    """One sentence, which names the object."""
    path: FieldPath = ()
    """The field that is meant, such as `("spec", "ingress", 0)`; empty for the whole object."""
    hint: str = ""
    """What to do next, in one sentence; empty where the message says it."""

    @property
    def space(self) -> str:
        """The namespace it is about; empty for what has none."""
        return self.object.name if self.object.kind == "Namespace" else self.object.namespace


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """A spot, with the check that complains."""

    id: str
    """The check's stable id."""
    severity: Severity
    message: str
    object: Ref
    path: FieldPath = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that an audit looks for."""

    id: str
    """Stable: `--ignore`, scripts and code scanning refer to it."""
    severity: Severity
    title: str
    """What it finds, in a few words."""
    why: str
    """Why that matters, in a sentence or two."""
    find: Callable[[View], Iterable[Spot]]
    needs_pods: bool = True
    """Whether it says nothing of worth about policies without pods."""
    languages: tuple[Language, ...] = (Language.NETWORK_POLICY,)
    """The policy languages that it understands; it is silent about policies in others."""

    def finding(self, spot: Spot) -> AuditFinding:
        """The spot as this check's finding."""
        return AuditFinding(self.id, self.severity, spot.message, spot.object, spot.path, spot.hint)
