"""Small packets get through and full-size ones vanish without a word."""

from __future__ import annotations

from collections.abc import Iterable

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.followups import LOST, echo
from prober.diagnosis.facts.reasons import destination_node, source_node
from prober.model.listing import listed
from prober.model.outcome import Outcome
from prober.model.probe import ProbeKind
from prober.model.run import CheckRecord, Confidence, Finding

ID = "mtu-black-hole"
SMALL, FULL = 500, 1372
"""Bytes of an echo. 1372 and 28 of headers make 1400, which common tunnels still carry (Geneve and
VXLAN over 1500)."""


def find(case: Case) -> Iterable[Finding]:
    groups: dict[str, list[CheckRecord]] = {}
    for record in case.troubled:
        if _hangs(record) and _swallows(record, case):
            way = destination_node(record, case.snapshot) or str(record.check.flow.destination)
            groups.setdefault(way, []).append(record)
    for way, records in groups.items():
        nodes = listed(
            sorted(
                {source_node(record.check.vantage, case.snapshot) for record in records} - {"", way}
            )
        )
        yield Finding(
            id=ID,
            cause=f"the way from {nodes or 'here'} to {way} swallows large packets: its MTU is "
            "lower than what the "
            "ends use, and nobody says so (a black hole)",
            confidence=Confidence.LIKELY,
            evidence=(
                (
                    f"an echo of {SMALL} bytes is answered, one of {FULL} is lost, and no ICMP "
                    "says fragmentation needed"
                ),
                *(f"{record.check.name}: {_said(record)}" for record in records[:3]),
            ),
            checks=tuple(record.check.id for record in records),
        )


def _hangs(record: CheckRecord) -> bool:
    """It connected, or it was large by itself, and then nothing came."""
    connected = record.observation.connected
    large = record.check.probe.kind is ProbeKind.ICMP and record.check.probe.size > SMALL
    return record.observation.outcome in LOST and (connected or large)


def _swallows(record: CheckRecord, case: Case) -> bool:
    """A small echo is answered and a full-size one is not. An echo to a Service's address would
    show nothing."""
    address = record.observation.address
    pods = [backend.pod for backend in record.prediction.backends if backend.pod]
    if pods:
        pod = case.snapshot.pods.get((pods[0].namespace, pods[0].name))
        address = pod.ips[0] if pod and pod.ips else address
    if not address:
        return False
    small, full = (
        case.ask(record.check.vantage, echo(address, record.check.probe.timeout, size))
        for size in (SMALL, FULL)
    )
    answered = small is not None and small.outcome is Outcome.OK
    return answered and full is not None and full.outcome in LOST and not full.evidence.icmp


def _said(record: CheckRecord) -> str:
    phases = ", ".join(record.observation.phases)
    return (
        f"{record.observation.outcome} after {phases}"
        if phases
        else str(record.observation.outcome)
    )


RULE = Rule(
    id=ID,
    concludes=(
        "Packets above some size vanish on the way and no ICMP says so: an MTU that the ends do "
        "not know of."
    ),
    advice="lower the pods' MTU to what the path carries, or let ICMP `fragmentation needed` pass",
    needs="a connection that was made and then hung, or a large echo that was lost",
    asks="from the same place: a small and a full-size echo",
    find=find,
)
