"""PURE. What the Scenarios of a namespace may name beyond their own namespace.

Whoever may create a Scenario has the operator act for them, with rights that they need not have.
So by default a Scenario starts from pods of its own namespace only, and what it names elsewhere is
what any pod may dial: Services and hosts. Pods, workloads and selectors of other namespaces, and
nodes, are for those whom the cluster's administrator lets (`operator.grants` of the settings
file).

And to believe a denial the same probe is made by others whom the policies let pass: from the
target's node, and from pods of other namespaces. So what may change something there (an HTTP
method that is not safe, a datagram of one's own) is for targets in one's own namespace, and for
those that are granted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from prober.model.errors import Location, Mistake
from prober.scenario import CheckSpec, ObjectRef, RefKind
from prober.scenario.refs import TargetRef

NODES = "node/*"
_ANY = "ns/*"
SAFE = ("GET", "HEAD", "OPTIONS")
"""RFC 9110, section 9.2.1, but for TRACE."""
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
        yield _mistake(home, check, "from", f"`{check.source}`")
    target = check.target.place.object
    if _acts(check.target) and not (target and grants.allows(home, target)):
        yield _mistake(home, check, "to", f"a {_acts(check.target)} to {check.target.place}")
    if target and target.kind is not RefKind.SERVICE and not grants.allows(home, target):
        yield _mistake(home, check, "to", f"`{target}`")


def _acts(target: TargetRef) -> str:
    """What it may change there; empty where it only asks."""
    if target.scheme.value in ("http", "https") and target.method not in SAFE:
        return f"{target.method} request"
    return "datagram of one's own" if target.payload else ""


def _mistake(home: str, check: CheckSpec, end: str, what: str) -> Mistake:
    about = f"{what} is not for Scenarios of namespace {home}"
    return Mistake(Location(check.origin.file), f"{check.where}.{end}", about, _HINT)
