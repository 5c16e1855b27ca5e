"""The fixes of a run together: each is made in the world after those before it. Pure.

A rule makes its fix for the world that the run found. Two things may be wrong at once, in different
layers: a Service that sends to the wrong port, and a policy that does not allow the right one. The
policy's fix has to name the port that the Service's fix makes it, and may be needed at all only
then. So the rule of each finding is asked again in the world as the fixes before it leave it, and
when all are made, what they leave closed is diagnosed once more, by prediction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from prober.diagnosis.concluding import diagnose
from prober.diagnosis.facts.case import Case
from prober.diagnosis.fixes.hypothetical import MENDED_BY_HAND, fixed, mended_by_hand
from prober.diagnosis.fixes.keeping import choose, flow_of
from prober.diagnosis.fixes.vetting import vet
from prober.diagnosis.rules import RULES
from prober.model.check import Expectation
from prober.model.outcome import Evidence, Observation, Outcome
from prober.model.prediction import Ruling
from prober.model.run import CheckRecord, Confidence, Finding, Fix, Result, Verdict
from prober.model.snapshot import Snapshot
from prober.policy import Predictor

TRANSLATED = ("peer-on-node-network", "client-address-translated")
"""Causes of a reading of the API that nearly every engine shares: a node's address is no pod's. It
is named although nothing of this run has shown it yet."""
MOST_ROUNDS = 3
"""Of looking at what the fixes leave: each may bring one more to light."""


def planned(
    findings: Iterable[Finding], records: Sequence[CheckRecord], predictor: Predictor
) -> tuple[Finding, ...]:
    """The findings with fixes that can be made one after the other, and after which the checks get
    what they want, as far as a change of an object can do that. What the fixes alone would leave
    closed has a finding of its own."""
    # Order matters and is that of the findings, lower layers first: a Service that sends to the
    # wrong port is corrected before a policy for the right port is written. The other way round
    # the policy would open a port that nobody uses.
    plan = _Plan(records, predictor)
    for finding in findings:
        plan.take(finding)
    # What several fixes leave closed can only be known by predicting in the resulting world. Two
    # policies that isolate the same pod, each lacking the same port, look like one cause as long
    # as the first is there.
    for _ in range(MOST_ROUNDS):
        more = tuple(plan.left_over())
        for finding in more:
            plan.take(finding)
        if not more:
            break
    # Vetting comes last, on the final list: what a fix opens depends on the fixes that were made
    # before it.
    return _together(vet(plan.findings, records, predictor.world.snapshot))


class _Plan:
    """The findings so far, and the world after their fixes."""

    def __init__(self, records: Sequence[CheckRecord], predictor: Predictor) -> None:
        self._records, self._first = tuple(records), predictor
        self._case = self._in(predictor.world.snapshot)
        self._makers: list[tuple[Finding, Snapshot]] = []
        self.findings: list[Finding] = []

    def take(self, finding: Finding) -> None:
        """The finding with a fix for the world as it is now, which is made then."""
        fix = finding.fix
        # Advice without a target (restart kube-proxy, raise the MTU) changes no object, so there
        # is no world after it to predict.
        if fix is not None and fix.target is not None:
            fix = self._sound(self._again(finding), finding)
        finding = replace(finding, fix=fix)
        self.findings.append(finding)
        after = fixed(self._case.snapshot, fix) if fix else None
        after = after or mended_by_hand(self._case.snapshot, finding)
        if after is not None:
            self._makers.append((finding, after))
            self._case = self._in(after)

    def left_over(self) -> Iterator[Finding]:
        """What is wrong with the checks that ought to pass after all fixes and would not."""
        hopeful = [record for record in self._records if self._is_closed(record)]
        if not hopeful:
            return
        stand_ins = tuple(self._imagined(record) for record in hopeful)
        known = {(finding.id, check) for finding in self.findings for check in finding.checks}
        diagnosis = diagnose(stand_ins, self._case.snapshot, self._case.predictor)
        left = {record.check.id: record for record in hopeful}
        for finding in diagnosis.findings:
            new = any((finding.id, check) not in known for check in finding.checks)
            sure = all(self._is_denied(check, hopeful) for check in finding.checks)
            if not sure and finding.id not in TRANSLATED:
                continue
            if new and finding.fix is not None and finding.fix.target is not None:
                certain = sure and self._policies_are_enforced()
                likely = Confidence.LIKELY if sure else Confidence.POSSIBLE
                yield replace(
                    finding,
                    confidence=Confidence.CERTAIN if certain else likely,
                    evidence=(
                        "it shows when the fixes before it are made: then "
                        f"{self._case.predictor.predict(flow_of(left[finding.checks[0]])).reason}",
                    ),
                )

    def _in(self, snapshot: Snapshot) -> Case:
        """The run as it would be predicted in another world."""
        if snapshot is self._first.world.snapshot:
            return Case(self._records, {}, snapshot, self._first)
        predictor = self._first.over(snapshot)
        records = tuple(
            replace(record, prediction=predictor.predict(flow_of(record)))
            for record in self._records
        )
        return Case(records, {}, snapshot, predictor)

    def _again(self, finding: Finding) -> Fix | None:
        """The fix that the finding's rule makes of the world as it is now; the finding's own where
        nothing has changed, or where the rule sees nothing any more."""
        # As long as no fix was made, the world is the one that the rule has seen, and asking again
        # would give the same fix for twice the time.
        if not self._makers:
            return finding.fix
        rule = next((rule for rule in RULES if rule.id == finding.id), None)
        # The same rule, the same question, another world. A fix is a patch of a particular object;
        # computing it again is simpler and safer than rewriting a patch that was made for an older
        # state.
        again = [finding for _, finding in rule.look(self._case)] if rule else []
        mine = [candidate for candidate in again if set(candidate.checks) & set(finding.checks)]
        # In the new world the rule may see other causes as well. Ours is the one about the same
        # checks, and best about the same objects.
        same = [candidate for candidate in mine if candidate.objects == finding.objects] or mine
        if same:
            best = max(same, key=lambda candidate: len(set(candidate.checks) & set(finding.checks)))
            return best.fix
        # The rule sees nothing any more: usually because an earlier fix did its work as a side
        # effect. That is said, instead of offering a second change that does nothing.
        done = self._fixed_by(finding)
        return Fix(f"the fix of {done} covers this, too") if done else finding.fix

    def _fixed_by(self, finding: Finding) -> str:
        """The earlier finding after whose fix all of these checks are predicted to pass."""
        mine = [record for record in self._case.records if record.check.id in finding.checks]
        for maker, after in self._makers:
            predictor = self._first.over(after)
            verdicts = {predictor.rulings(flow_of(record)).verdict for record in mine}
            if verdicts == {Ruling.ALLOWED} and set(maker.checks) & set(finding.checks):
                return maker.id
        return ""

    def _sound(self, fix: Fix | None, finding: Finding) -> Fix | None:
        """The fix, completed where it would close what a check needs; else what to do by hand."""
        if fix is None or fix.target is None:
            return fix
        # A fix that was harmless in the world of the run may close something in this one: an
        # earlier fix can have made the pod isolated in a direction that it was not before.
        kept = choose(self._case, [fix], own=finding.checks)
        if kept is not None:
            return kept
        rule = next((rule for rule in RULES if rule.id == finding.id), None)
        advice = rule.advice if rule else fix.summary
        return Fix(f"{advice}; one change alone would close what another check of this run needs")

    def _is_closed(self, record: CheckRecord) -> bool:
        """Whether it has a cause with a change for all of them, and stays denied nevertheless."""
        # A check counts as hopeful only if every one of its causes has a change. If one of them is
        # for a person, a flow that stays closed is no surprise.
        mine = [finding for finding in self.findings if record.check.id in finding.checks]
        fixable = bool(mine) and all(map(_changes_something, mine))
        wanted = record.check.expected is Expectation.OK
        ruling = self._case.predictor.rulings(flow_of(record)).verdict
        # What went to a Service without endpoints has met no policy yet, so nothing that was seen
        # says which reading of the API holds here.
        unseen = ruling is Ruling.UNDEFINED and not record.prediction.backends
        return fixable and wanted and (ruling is Ruling.DENIED or unseen)

    def _policies_are_enforced(self) -> bool:
        """Whether the run has shown a denial that policies alone explain: then what they deny after
        the fixes is sure to be denied."""
        return any(
            finding.confidence is Confidence.CERTAIN
            and any(ref.kind == "NetworkPolicy" for ref in finding.objects)
            for finding in self.findings
        )

    def _is_denied(self, check: str, records: Sequence[CheckRecord]) -> bool:
        """Whether a check is denied in the world as it is now, in every reading."""
        flows = [flow_of(record) for record in records if record.check.id == check]
        rulings = [self._case.predictor.rulings(flow).verdict for flow in flows]
        return all(ruling is Ruling.DENIED for ruling in rulings)

    def _imagined(self, record: CheckRecord) -> CheckRecord:
        """The check as it would come out after the fixes: denied."""
        return replace(
            record,
            prediction=self._case.predictor.predict(flow_of(record)),
            # No packet was sent in this world, so the stand-in claims the least: a timeout without
            # evidence. No rule may conclude anything from the wire here, only from the prediction.
            observation=Observation(
                record.check.id,
                Outcome.TIMEOUT,
                address=record.observation.address,
                evidence=Evidence(),
            ),
            verdict=Verdict.AS_PREDICTED,
            result=Result.FAIL,
            reasons=(),
            controls=(),
        )


def _changes_something(finding: Finding) -> bool:
    """Whether there is a world after it: its fix is a patch, or what a person does can be told."""
    return bool(finding.fix and finding.fix.target) or finding.id in MENDED_BY_HAND


def _together(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Where a check has several causes, each fix says that it is not enough alone."""
    return tuple(_with_others(finding, findings) for finding in findings)


def _with_others(finding: Finding, findings: Sequence[Finding]) -> Finding:
    fix = finding.fix
    if fix is None or " as well" in fix.summary or " covers this, too" in fix.summary:
        return finding
    others = dict.fromkeys(
        other.id
        for other in findings
        if other is not finding
        and other.id != finding.id
        and set(other.checks) & set(finding.checks)
    )
    if not others:
        return finding
    said = (
        f"{fix.summary}; alone it fixes nothing: it needs the fix of {' and '.join(others)} as well"
    )
    return replace(finding, fix=replace(fix, summary=said))
