"""Verdicts, results, findings and the run record: what every report is written from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from prober.model.check import Check, Flow
from prober.model.errors import ExitCode
from prober.model.objects import Ref
from prober.model.outcome import Observation, Outcome
from prober.model.prediction import Prediction, Ruling
from prober.model.probe import Failure
from prober.model.text.shell import kubectl, piped


class Verdict(StrEnum):
    """Prediction × observation."""

    AS_PREDICTED = "as-predicted"
    BLOCKED = "blocked"
    """Should pass, does not."""
    LEAK = "leak"
    """Should not pass, does."""
    INCONCLUSIVE = "inconclusive"
    """A control failed, so the probe proves nothing."""


class Result(StrEnum):
    """Did the check meet what was expected of it."""

    PASS = "pass"  # noqa: S105 - the word of a test result, not a secret
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"


class Confidence(StrEnum):
    CERTAIN = "certain"
    """The evidence leaves no other explanation."""
    LIKELY = "likely"
    POSSIBLE = "possible"


class Shows(StrEnum):
    """What a control shows. `prober.coordinator.controls` has the table of them, and why each is
    needed."""

    TARGET = "target"
    """The target answers this very probe when it comes from where no policy applies."""
    ELSEWHERE = "elsewhere"
    """It also answers somebody away from its own node whom the policies allow."""
    SOURCE = "source"
    """The vantage has a network: something that the policies allow it answers."""
    PATH = "path"
    """Packets from the source's node arrive at the target's node."""
    RETURN = "return"
    """Packets from the target's node arrive at the source's node."""
    TRANSLATION = "translation"
    """The source's node translates the Service's address."""
    SIZE = "size"
    """Packets as large as the check's pass between the nodes."""
    ADDRESS = "address"
    """The name led to an address that is the target's."""


@dataclass(frozen=True, slots=True)
class Control:
    """A probe that must succeed for a denial to be believed.

    Of the controls that show the same about the same part, one that passed is enough.
    """

    name: str
    """What it shows, as in `from its own node n2, 9090/tcp answers`."""
    vantage: str
    """Empty where nobody can make this control."""
    probe: str
    """The id of the probe in the run; empty where nobody can make this control."""
    observation: Observation | None
    passed: bool
    shows: Shows = Shows.TARGET
    part: str = ""
    """Which of several: the backend that answers, the node that packets arrive at. Empty: there is
    only one."""


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """Everything known about one check at the end."""

    check: Check
    prediction: Prediction
    observation: Observation
    verdict: Verdict
    result: Result
    reasons: tuple[str, ...] = ()
    """Sentences for people, under a surprise: what decided, and what the wire said."""
    controls: tuple[Control, ...] = ()
    doubts: tuple[str, ...] = ()
    """Of a way that is closed and no denial: why not, each with what to do. Empty: it is believed,
    or it is open."""

    @property
    def target_controls(self) -> tuple[Control, ...]:
        """Those that say whether the target itself is alive."""
        return tuple(control for control in self.controls if control.shows is Shows.TARGET)

    @property
    def as_expected(self) -> bool:
        """All is as it should be: the check got what it expected, and the network does what the
        policies say."""
        return self.result is Result.PASS and self.verdict is Verdict.AS_PREDICTED


@dataclass(frozen=True, slots=True)
class Fix:
    """The smallest change that fixes a cause."""

    summary: str
    """One sentence, as in `allow 22/TCP to anywhere in flux-system/allow-egress`."""
    target: Ref | None = None
    patch: tuple[Mapping[str, Any], ...] = ()
    """A JSON patch (RFC 6902) of the target, on top of the fixes of the same object before it in
    the run."""
    manifest: Mapping[str, Any] | None = None
    """The whole object after the change, as plain JSON."""
    opens: tuple[str, ...] = ()
    """What the change would open, as prediction says: the wanted flows first."""
    wanted: tuple[Flow, ...] = ()
    """What it is for; empty: the flows of the finding's checks."""
    supplements: Ref | None = None
    """Of a target that does not exist yet, whose manifest is to be created: the object that it
    supplements. None: the target is patched."""

    @property
    def creates(self) -> bool:
        """Whether the target is a new object."""
        return self.supplements is not None

    @property
    def command(self) -> str:
        """The change as a command that makes it in a cluster; empty where it is for a person to
        make."""
        if self.target is None:
            return ""
        if self.creates:
            return piped(json.dumps(self.manifest, separators=(",", ":")), "kubectl create -f -")
        if not self.patch:
            return ""
        patch = json.dumps(list(self.patch), separators=(",", ":"))
        return kubectl("patch", self.target, "--type=json", "-p", patch)


@dataclass(frozen=True, slots=True)
class Finding:
    """A cause, not a symptom."""

    id: str
    """The rule's stable id, as in `egress-policy-missing-port`."""
    cause: str
    """One sentence."""
    confidence: Confidence
    evidence: tuple[str, ...] = ()
    fix: Fix | None = None
    checks: tuple[str, ...] = ()
    """Ids of the checks that it explains."""
    objects: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class FabricInfo:
    """What the run ran on, for the first line of a report."""

    kind: str
    """`lab` or `kubernetes`."""
    name: str
    """`lab`, or the context."""
    version: str = ""
    enforcement: str = ""
    """As in `kube-router, rejects`; empty when not known."""
    nodes: int = 0
    pods: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a pod belongs: what people know it by, and the node that it was on."""

    workload: str = ""
    """As in `deploy/web`; empty: nothing owns the pod, or it is not known."""
    node: str = ""


@dataclass(frozen=True, slots=True)
class PredictedOnly:
    """What the policies say about a pod and those who are in no check. Nobody probed it, so it is
    in no summary and changes no exit code."""

    pod: str
    """`NAMESPACE/NAME`."""
    from_any_other_namespace: tuple[Ruling, ...]
    """The different answers for a pod without labels in another namespace, over the ports that this
    pod declares; empty: it declares none."""
    to_outside: tuple[Ruling, ...]
    """The different answers for a host of unknown address, over the usual ports and those that the
    policies of the namespace name."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over all checks."""

    total: int
    passed: int
    failed: int
    inconclusive: int
    leaks: int
    blocked: int
    flaky: int


@dataclass(frozen=True, slots=True)
class RunPart:
    """What a part of a divided run knows beside its checks: whoever puts the parts together looks
    for the causes over all of them, as the undivided run does, and nothing is asked again."""

    world: str
    """The snapshot, as `prober.model.packed` writes it."""
    hosts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The hosts outside that could be probed from, with their addresses."""
    answers: Mapping[str, Observation] = field(default_factory=dict)
    """To the questions of the part's own diagnosis, by the id of the question's probe."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run. Every report is a function of this and nothing else."""

    id: str
    scenario: str
    """The scenario's name, or what the command was (`check`, `matrix`)."""
    fabric: FabricInfo
    started: str
    """RFC 3339, UTC."""
    duration_ms: float
    checks: Sequence[CheckRecord] = ()
    """In the order in which they were asked for."""
    findings: tuple[Finding, ...] = ()
    failures: tuple[Failure, ...] = ()
    """Vantages that could not run their plan."""
    warnings: tuple[str, ...] = ()
    version: str = ""
    """Of prober."""
    notes: Mapping[str, str] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)
    """Who has an address, for people who read evidence: `198.51.100.11` → `n1`. Nodes at least."""
    places: Mapping[str, Place] = field(default_factory=dict)
    """Of the pods that checks are about, by `NAMESPACE/NAME`; who is missing was not known."""
    predicted_only: tuple[PredictedOnly, ...] = ()
    """Of a matrix: its pods and strangers."""
    part: RunPart | None = None
    """Of a shard only."""

    @property
    def summary(self) -> Summary:
        results = [record.result for record in self.checks]
        verdicts = [record.verdict for record in self.checks]
        return Summary(
            total=len(results),
            passed=results.count(Result.PASS),
            failed=results.count(Result.FAIL),
            inconclusive=results.count(Result.INCONCLUSIVE),
            leaks=verdicts.count(Verdict.LEAK),
            blocked=verdicts.count(Verdict.BLOCKED),
            flaky=sum(record.observation.flaky for record in self.checks),
        )

    @property
    def exit_code(self) -> ExitCode:
        """A failure outranks what could not be found out; a run without a single check is never
        green."""
        summary = self.summary
        if summary.failed or summary.leaks or summary.blocked:
            return ExitCode.FAILED
        errors = any(record.observation.outcome is Outcome.ERROR for record in self.checks)
        if summary.inconclusive or self.failures or errors:
            return ExitCode.UNKNOWN
        if not self.checks and "shard" not in self.notes:  # a part of a run may have none
            return ExitCode.UNKNOWN
        return ExitCode.OK
