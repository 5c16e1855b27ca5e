"""From complaints to checks: each connection once, the worst first, at most so many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from prober.model.check import Check, Expectation, Flow, Vantage
from prober.model.errors import ProberError
from prober.model.snapshot import Snapshot
from prober.model.testimony import StatementKind
from prober.scenario import CheckSpec, ObjectRef, Scenario, resolve
from prober.scenario.refs import TargetRef
from prober.why.complaints import Complaint, is_unsigned, together
from prober.why.dialling import Dialler
from prober.why.targets import (
    Unchecked,
    beneath,
    dialled_by_others,
    is_itself,
    target_of,
)

CHECKS_AT_MOST = 24
SEVERAL = "*"
"""As the namespace that names leave out: none, because sources are of several."""


@dataclass(frozen=True, slots=True)
class CheckKey:
    """One check as a complaint knows it: by where it starts, what flows and how it is probed."""

    vantage: Vantage
    flow: Flow
    scheme: str


@dataclass(slots=True)
class Investigation:
    """What is checked for which complaint."""

    checks: list[Check] = field(default_factory=list)
    keys: dict[Complaint, tuple[CheckKey, ...]] = field(default_factory=dict)
    """The complaints that are checked, in order."""
    unchecked: dict[Complaint, str] = field(default_factory=dict)
    """The others, with the reason in words."""
    gone: dict[Complaint, str] = field(default_factory=dict)
    """Those whose pod is gone, and with it the failure."""
    left_out: list[Complaint] = field(default_factory=list)
    """Those beyond the largest number of checks."""
    api_server_is_elsewhere: bool = False
    """It runs on no node, so a node stood for it."""


def investigate(
    complaints: Iterable[Complaint],
    snapshot: Snapshot,
    namespace: str,
    *,
    outside: tuple[str, ...] = (),
    addresses: Mapping[str, str] | None = None,
    at_most: int = CHECKS_AT_MOST,
) -> Investigation:
    """The checks that reproduce the complaints.

    `outside`: hosts that can be probed from; `addresses`: since when somebody has them.
    """
    investigation, dialler = Investigation(), Dialler(snapshot, namespace)
    investigation.api_server_is_elsewhere = not dialler.api_servers()
    known: dict[CheckKey, Check] = {}
    complaints = tuple(complaints)
    understood = _left_out_of_names(complaints, dialler)
    for complaint in complaints:
        if dialler.is_gone(complaint):
            investigation.gone[complaint] = "its pod is gone"
            continue
        if _was_anothers(complaint, addresses or {}):
            investigation.gone[complaint] = "its address was another pod's then, which is gone"
            continue
        made = _made(complaint, dialler, snapshot, outside, understood)
        if isinstance(made, str):
            investigation.unchecked[complaint] = made
            continue
        # A complaint whose checks are all known costs nothing more: hundreds of pods of one
        # Deployment complain about one database.
        fresh = [check for check in made if key_of(check) not in known]
        # All checks of a complaint or none: half of them would give half an answer, and say "it
        # works" about the other half.
        if len(known) + len(fresh) > at_most:
            investigation.left_out.append(complaint)
            continue
        known.update({key_of(check): check for check in fresh})
        _told(investigation, complaint, tuple(key_of(check) for check in made))
    investigation.checks = list(known.values())
    return investigation


def _was_anothers(complaint: Complaint, addresses: Mapping[str, str]) -> bool:
    """Only its address is known, and whoever has that now came after it was told."""
    symptom = complaint.symptom
    since = "" if symptom.host else addresses.get(symptom.address, "")
    return bool(since and complaint.last and complaint.last < since)


def _told(investigation: Investigation, complaint: Complaint, keys: tuple[CheckKey, ...]) -> None:
    """Pods of one workload that tell of the same connection suffer once."""
    place = complaint.symptom.host or complaint.symptom.address
    reported = {key for others in investigation.keys.values() for key in others}
    if complaint.statement.kind is StatementKind.CONFIGURED and reported.issuperset(keys):
        return  # somebody complains about just that
    for known, others in investigation.keys.items():
        same = place == (known.symptom.host or known.symptom.address)
        if same and others == keys and known.statement.kind is complaint.statement.kind:
            del investigation.keys[known]
            investigation.keys[together(known, complaint)] = keys
            return
    investigation.keys[complaint] = keys


def key_of(check: Check) -> CheckKey:
    """What a check is known by, whatever its id became in the run."""
    return CheckKey(check.vantage, check.flow, f"{check.probe.kind} {check.probe.host}")


def _left_out_of_names(complaints: Iterable[Complaint], dialler: Dialler) -> str:
    """The namespace that goes without saying: that of all who dial, or the one asked about. Three
    workloads `api` of three namespaces have to be told apart."""
    homes = {
        source.namespace
        for complaint in complaints
        for source in dialler.sources(complaint)
        if source.namespace
    }
    return homes.pop() if len(homes) == 1 else dialler.namespace or SEVERAL


def _made(
    complaint: Complaint,
    dialler: Dialler,
    snapshot: Snapshot,
    outside: tuple[str, ...],
    understood: str,
) -> list[Check] | str:
    if is_itself(complaint.symptom.host or complaint.symptom.address):
        return "it dialled itself"
    sources = dialler.sources(complaint)
    if not sources:
        unsigned = is_unsigned(complaint)
        return f"nobody is known who could dial it now{': name the writer with --from' * unsigned}"
    checks: list[Check] = []
    problem = ""
    for source in sources:
        home = source.namespace or dialler.namespace
        target = dialled_by_others(complaint, snapshot) or target_of(
            complaint.symptom, snapshot, home
        )
        if isinstance(target, Unchecked):
            return target.reason
        for wanted in (target, beneath(complaint.symptom, snapshot, home)):
            if wanted is None:
                continue
            try:
                checks += _resolved(source, wanted, (home, understood), snapshot, outside)
            except ProberError as error:
                problem = problem or str(error).partition(": ")[2] or str(error)
    return checks or problem or "it cannot be probed from there"


def _resolved(
    source: ObjectRef,
    target: TargetRef,
    namespaces: tuple[str, str],
    snapshot: Snapshot,
    outside: tuple[str, ...],
) -> tuple[Check, ...]:
    """The checks; `namespaces` are that of names without one, and the one left out of labels."""
    home, understood = namespaces
    spec = CheckSpec(source, target, expect=Expectation.OK, namespace=home, pods="one")
    scenario = Scenario("why", (spec,), namespace=understood)
    return tuple(resolve(scenario, snapshot, outside=outside))
