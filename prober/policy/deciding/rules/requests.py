"""Requests on layer 7, as rules limit them."""

from __future__ import annotations

from typing import Protocol

from prober.model.check import Request
from prober.policy.deciding.rules.levels import Level
from prober.policy.deciding.rules.policy_endpoints import Target


class Requests(Protocol):
    """Which requests a rule lets through a connection that it allows."""

    def says(self, target: Target) -> tuple[str, ...]:
        """Those of a port in a person's words; nothing: all of them."""

    def level(self, request: Request, target: Target) -> Level:
        """Does it let a request through."""
