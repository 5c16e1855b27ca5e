"""PURE. What the Scenarios of a namespace may name beyond their own namespace.

Whoever may create a Scenario has the operator act for them, with rights that they need not have.
So by default a Scenario starts from pods of its own namespace only, and what it names elsewhere is
what any pod may dial: Services and hosts. Pods, workloads and selectors of other namespaces, and
nodes, are for those whom the cluster's administrator lets (`operator.grants` of the settings
file).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from prober.model.errors import Location, Mistake
from prober.scenario.refs import ObjectRef, RefKind
from prober.scenario.spec import CheckSpec

NODES = "node/*"
_ANY = "ns/*"
_HINT = (
    "put the Scenario into that namespace, or have its administrator grant it: `operator.grants` "
    "of prober's settings"
)


@dataclass(frozen=True, slots=True)
class Grants:
    """For each namespace of Scenarios what they may name: `ns/NAME`, `ns/*` and `node/*`."""

    by_namespace: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def allows(self, home: str, reference: ObjectRef) -> bool:
        """May Scenarios of `home` name this object."""
        granted = self.by_namespace.get(home, ())
        if reference.kind is RefKind.NODE:
            return NODES in granted
        if reference.kind is RefKind.OUTSIDE:
            return True  # resolving says that no such host is there
        space = reference.namespace or home
        return space == home or _ANY in granted or f"ns/{space}" in granted


def trespasses(home: str, checks: Sequence[CheckSpec], grants: Grants) -> tuple[Mistake, ...]:
    """A mistake for each reference that Scenarios of `home` may not make."""
    return tuple(mistake for check in checks for mistake in _of(home, check, grants))


def _of(home: str, check: CheckSpec, grants: Grants) -> Iterator[Mistake]:
    if not grants.allows(home, check.source):
        yield _mistake(home, check, "from", check.source)
    target = check.target.place.object
    if target and target.kind is not RefKind.SERVICE and not grants.allows(home, target):
        yield _mistake(home, check, "to", target)


def _mistake(home: str, check: CheckSpec, end: str, reference: ObjectRef) -> Mistake:
    about = f"`{reference}` is not for Scenarios of namespace {home}"
    return Mistake(Location(check.origin.file), f"{check.where}.{end}", about, _HINT)
