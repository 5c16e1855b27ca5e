"""What the types of all languages share."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from prober.model.objects import LabelSelector, Operator, Requirement


class Shape(Struct, rename="camel", frozen=True, omit_defaults=True):
    """A part of an object: camelCase names, absent fields None, unknown fields ignored. Manifests
    are checked for those before they come here."""


class SelectorRequirement(Shape, frozen=True):
    """One matchExpressions item."""

    key: str
    operator: Operator
    values: tuple[str, ...] | None = None


class Selector(Shape, frozen=True):
    """A label selector as the API writes it."""

    match_labels: dict[str, str] | None = None
    match_expressions: tuple[SelectorRequirement, ...] | None = None

    @property
    def model(self) -> LabelSelector:
        """The same for matching."""
        return LabelSelector(
            dict(self.match_labels or {}),
            tuple(
                Requirement(requirement.key, requirement.operator, requirement.values or ())
                for requirement in self.match_expressions or ()
            ),
        )


TransportProtocol = Literal["TCP", "UDP", "SCTP"]
