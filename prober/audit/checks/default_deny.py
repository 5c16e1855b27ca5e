"""Namespaces without a default deny."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.view import DIRECTIONS, View
from prober.model.languages import Language
from prober.model.objects import Ref


def find(view: View) -> Iterator[Spot]:
    for name in view.applications:
        open_in = [direction for direction in DIRECTIONS if not view.default_deny(name, direction)]
        if open_in:
            yield Spot(
                Ref("Namespace", "", name),
                f"namespace {name} has no default deny for {' and '.join(open_in)}",
                hint="first the rules for what is needed, then a NetworkPolicy with `podSelector: "
                "{}` and these "
                "policyTypes",
            )


CHECK = Check(
    id="default-deny-missing",
    severity=Severity.WARNING,
    title="A namespace has no default deny",
    why="A pod that no policy selects is open to everyone. Only a policy that selects every pod "
    "also covers those to "
    "come.",
    find=find,
    languages=tuple(Language),
)
