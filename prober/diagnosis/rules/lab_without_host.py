"""The lab has no such host, because nobody told it: that says nothing about the real one."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.model.check import EndpointKind
from prober.model.run import CheckRecord, Confidence, Finding, Fix
from prober.scenario.resolving.absent import ABSENT

ID = "lab-without-host"


def find(case: Case) -> Iterable[Finding]:
    groups: dict[str, list[CheckRecord]] = {}
    for record in case.untested:
        if record.check.skip_reason.startswith(ABSENT):
            groups.setdefault(record.check.skip_reason, []).append(record)
    for problem, records in groups.items():
        yield Finding(
            id=ID,
            cause=f"{problem}, and what the real one does is not known here",
            confidence=Confidence.CERTAIN,
            evidence=(),
            fix=Fix(f"name it in the lab's manifests: {_snippet(records)}"),
            checks=tuple(record.check.id for record in records),
        )


def _snippet(records: list[CheckRecord]) -> str:
    """A document that gives the lab the host, with the ports that are asked for."""
    name = records[0].check.skip_reason.removeprefix(f"{ABSENT} ").partition(":")[0]
    ports = {
        record.check.flow.port: None
        for record in records
        if record.check.flow.destination.kind is EndpointKind.OUTSIDE
        and isinstance(record.check.flow.port, int)
        and record.check.probe.host.rstrip(".") == name
    }
    listeners = ", ".join(f"{{port: {port}}}" for port in ports if port)
    host = f"{{name: {name}" + (f", listeners: [{listeners}]" if listeners else "") + "}"
    return f"{{apiVersion: prober.dev/v1alpha1, kind: Lab, outside: [{host}]}}"


RULE = Rule(
    id=ID,
    concludes="The lab has no host of this name, since no Lab document gives it one.",
    advice="name the host, and what listens there, under `outside` of a `kind: Lab` document",
    needs="a check in the lab of a host that no Lab document names",
    find=find,
)
