"""What Calico's rules with `http` let through: where its application layer policy runs, a rule
matches a request by one of the methods and one of the paths, exact or by their beginning; without a
list every one (source: the documentation of HTTPMatch)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from prober.model.check import Request
from prober.model.languages.calico import HttpMatch, Rule
from prober.policy.deciding.rules.levels import NO, YES, Level
from prober.policy.deciding.rules.policy_endpoints import Target
from prober.policy.deciding.rules.requests import Requests


@dataclass(frozen=True, slots=True)
class CalicoRequests:
    """Those of one rule."""

    http: HttpMatch

    def says(self, target: Target) -> tuple[str, ...]:
        methods = " or ".join(self.http.methods or ("any method",))
        paths = " or ".join(_say(path) for path in _paths(self.http)) or "any path"
        return (f"{methods} {paths}",)

    def level(self, request: Request, target: Target) -> Level:
        if request.tls:
            return NO
        path = request.path.partition("?")[0]
        method = not self.http.methods or request.method in self.http.methods
        paths = list(_paths(self.http))
        meant = not paths or any(_holds(wanted, path) for wanted in paths)
        return YES if method and meant else NO


def requests_of(rule: Rule) -> Requests | None:
    """Which requests of an allowed connection are let through; None: all of them."""
    return CalicoRequests(rule.http) if rule.http is not None else None


def _paths(http: HttpMatch) -> Iterator[dict[str, Any]]:
    for path in http.paths if isinstance(http.paths, list | tuple) else ():
        if isinstance(path, dict):
            yield path


def _holds(wanted: dict[str, Any], path: str) -> bool:
    if "exact" in wanted:
        return bool(path == wanted["exact"])
    return path.startswith(str(wanted.get("prefix", "")))


def _say(path: dict[str, Any]) -> str:
    return str(path["exact"]) if "exact" in path else f"{path.get('prefix', '')}…"
