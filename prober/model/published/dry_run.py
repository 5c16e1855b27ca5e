"""The plan that `prober run --dry-run` prints: which probes would start where, and why.

These types are all that a plan is: it is made once, shown, and never run, so there is no object of
the model behind them."""

from __future__ import annotations

from typing import Literal

import msgspec

from prober.model.check import Expectation
from prober.model.probe import ProbeKind
from prober.model.published.run import API_VERSION, SCHEMA_VERSION
from prober.model.published.shape import Count, Seconds


class PlannedCheck(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """A check of the scenario."""

    id: str
    name: str
    vantage: str
    expected: Expectation
    skip_reason: str = msgspec.field(name="untestable")
    """Why it has no probe; empty where it has."""


class PlannedProbe(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """A probe of a check, or a control, which belongs to no check alone."""

    id: str
    role: Literal["check", "control"]
    check: str | None
    kind: ProbeKind
    target: str
    """As a person would type it: `tcp://github.com:22`."""
    timeout_seconds: Seconds
    attempts: Count


class PlannedVantage(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """Where probes start, all at once."""

    id: str
    probes: tuple[PlannedProbe, ...]


class DryRun(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """The whole plan."""

    api_version: Literal["prober.dev/v1alpha1"] = API_VERSION
    kind: Literal["Plan"] = "Plan"
    schema_version: Literal[1] = SCHEMA_VERSION
    checks: tuple[PlannedCheck, ...]
    vantages: tuple[PlannedVantage, ...]
