"""PURE. What is to be probed from one node, and how often: a member of the ConfigMap that the
operator writes, by the node's name.

    {"version": 2, "interval": 30, "rate": 20, "plan": {"vantage": "node/n1", "probes": […]},
     "about": {"PROBE": ["node", "n2"]},
     "visits": [{"container": "…", "addresses": ["…"], "plan": {…}}],
     "checks": {"PROBE": {"labels": […], "answers": true}}}

`plan` is probed from the node, each of `visits` from a pod on it (`agent.entering.request`): the
checks of Scenarios. It may be anybody's who can write that ConfigMap, so it is bounded here,
whatever it says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec

from agent.entering.request import Visit
from agent.wire import decode_plan, encode_plan
from prober.model.decoding import UNREADABLE
from prober.model.errors import UsageError
from prober.model.probe import Plan, Probe

VERSION = 2
MOST_PROBES = 500
MOST_BYTES = 512_000
SHORTEST, LONGEST = 5.0, 3600.0
"""Seconds between two rounds."""
FASTEST = 100.0
"""Probes that are begun in a second, by all plans together. As no probe takes longer than
`LONGEST_TIMEOUT`, it bounds the connections that are open at once, too."""
LONGEST_TIMEOUT = 5.0
PODS_AT_ONCE = 4
"""Pods that are visited at the same time; each takes a process."""
_LABEL = 120


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a check of a Scenario is about, and what its probe is to show."""

    labels: tuple[str, str, str, str, str, str, str]
    """Those of `prober_agent_check_success`."""
    answers: bool
    """The target is to answer; else it is not to."""


class _Written(msgspec.Struct, forbid_unknown_fields=True):
    plan: msgspec.Raw
    about: dict[str, tuple[str, str]]
    interval: float = 30.0
    rate: float = 20.0
    visits: tuple[Visit, ...] = ()
    checks: dict[str, Expected] = {}
    version: int = VERSION


class _Version(msgspec.Struct):
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class Assignment:
    """What one agent is to do."""

    plan: Plan
    interval: float
    """Seconds from the beginning of a round to that of the next, but for jitter."""
    about: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Of each probe of `plan`, by its id, what it is about: a kind and a target, for metrics."""
    visits: tuple[Visit, ...] = ()
    """From which pods of the node what is probed."""
    checks: Mapping[str, Expected] = field(default_factory=dict)
    """Of each probe of the visits, by its id."""

    @property
    def probes(self) -> int:
        """How many there are in a round."""
        return len(self.plan.probes) + len(self.checks)


def decode(text: bytes) -> Assignment:
    """The assignment in a text. Raises `UsageError`."""
    if len(text) > MOST_BYTES:
        raise UsageError(f"the assignment is larger than {MOST_BYTES >> 10} KiB")
    written = _read(text)
    plan = decode_plan(bytes(written.plan))
    pods = [(visit, decode_plan(bytes(visit.plan))) for visit in written.visits]
    ids = [probe.id for _, visited in pods for probe in visited.probes]
    if len(plan.probes) + len(ids) > MOST_PROBES:
        raise UsageError(f"the assignment has more than {MOST_PROBES} probes")
    if sorted(ids) != sorted(written.checks) or not all(visit.container for visit, _ in pods):
        raise UsageError("the assignment names checks and probes from pods that do not belong")
    rate = min(max(written.rate, 1.0), FASTEST)
    each = rate / min(len(pods) or 1, PODS_AT_ONCE)
    return Assignment(
        _bounded(plan, rate),
        min(max(written.interval, SHORTEST), LONGEST),
        {key: (kind[:_LABEL], target[:_LABEL]) for key, (kind, target) in written.about.items()},
        tuple(
            msgspec.structs.replace(visit, plan=msgspec.Raw(encode_plan(_bounded(visited, each))))
            for visit, visited in pods
        ),
        written.checks,
    )


def _read(text: bytes) -> _Written:
    try:
        version = msgspec.json.decode(text, type=_Version).version
        if version == VERSION:
            return msgspec.json.decode(text, type=_Written)
    except UNREADABLE as error:
        raise UsageError(f"the assignment cannot be read: {error}") from error
    raise UsageError(
        f"the assignment has version {version}, this agent reads {VERSION}",
        hint="use the agent image of the same release as the operator",
    )


def _bounded(plan: Plan, rate: float) -> Plan:
    return replace(plan, probes=tuple(map(_quick, plan.probes)), rate=rate, awaited=())


def _quick(probe: Probe) -> Probe:
    return replace(probe, timeout=min(probe.timeout, LONGEST_TIMEOUT), attempts=1, hops=False)
