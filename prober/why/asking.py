"""Asking a fabric: what is written in it, then the same run as ever, then the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from prober.coordinator.plan import wave_of
from prober.coordinator.run import Request, execute
from prober.fabric.base import Fabric, Interrogator, Witness
from prober.model.check import Check
from prober.model.engine_word import EngineTestimony
from prober.model.outcome import Outcome
from prober.model.run import CheckRecord, Result, RunRecord
from prober.model.snapshot import Snapshot
from prober.model.testimony import SearchScope, Statement, Testimony
from prober.report.progress import Progress
from prober.report.text import plural
from prober.why.answer import Answer, conclude
from prober.why.complaints import complaints_of
from prober.why.configured import from_environment
from prober.why.existence import check_existence
from prober.why.investigation import CHECKS_AT_MOST, Investigation, investigate
from prober.why.links import expanded

ASKED_AT_MOST = 4
"""Failed checks that engines are asked about."""


@dataclass(slots=True)
class WhyQuestion:
    """What is asked."""

    scope: SearchScope | None = None
    """What is looked at; None: nothing but the lines."""
    lines: Sequence[Statement] = ()
    """What whoever asks brought along."""
    namespace: str = ""
    """Of whoever wrote those."""
    at_most: int = CHECKS_AT_MOST
    timeout: float | None = None
    """Seconds for each probe; None: the usual."""
    warnings: tuple[str, ...] = ()
    ask_engine: bool = False
    """Whether those are asked, too, who drop packets."""
    investigation: Investigation = field(default_factory=Investigation)


async def ask(fabric: Fabric, question: WhyQuestion, progress: Progress | None = None) -> Answer:
    """Look, check, conclude."""
    testimony, snapshot = await _read(fabric, question)

    def checks(snapshot: Snapshot) -> Sequence[Check]:
        if question.scope:
            check_existence(question.scope, snapshot, testimony)
        configured = from_environment(snapshot, question.scope) if question.scope else ()
        told = (*question.lines, *testimony.statements, *configured)
        statements = expanded(told, snapshot)
        question.investigation = investigate(
            complaints_of(statements),
            snapshot,
            question.namespace,
            outside=tuple(fabric.hosts),
            addresses=testimony.addresses,
            at_most=question.at_most,
        )
        return _timed(question.investigation, question.timeout)

    request = Request("why", checks, question.warnings, snapshot=snapshot)
    record = await execute(fabric, request, progress)
    engines = await _engines(fabric, record) if question.ask_engine else EngineTestimony()
    return conclude(question.investigation, record, testimony, engines)


async def _engines(fabric: Fabric, record: RunRecord) -> EngineTestimony:
    """What policy engines and kernels say of the checks that failed, which are made once more."""
    failed = [check for check in record.checks if _may_be_dropped(check)][:ASKED_AT_MOST]
    if not failed:
        return EngineTestimony()
    if not isinstance(fabric, Interrogator):
        return EngineTestimony(unasked=("there is no policy engine to ask in a lab",))
    probes = (
        (check.check.vantage, replace(check.check.probe, id=f"again-{number}"))
        for number, check in enumerate(failed)
    )
    return await fabric.ask_engines(failed, wave_of(probes).plans)


def _may_be_dropped(check: CheckRecord) -> bool:
    outcome = check.observation.outcome
    lost = outcome.closed or outcome in (Outcome.SILENT, Outcome.DNS_TIMEOUT)
    return check.result is not Result.PASS and lost and not check.check.skip_reason


async def _read(fabric: Fabric, question: WhyQuestion) -> tuple[Testimony, Snapshot]:
    """What is written in the cluster and how it is, at once: neither needs the other."""
    hearing = asyncio.ensure_future(_heard(fabric, question))
    try:
        snapshot = await fabric.snapshot()
        return await hearing, snapshot
    finally:
        hearing.cancel()


async def _heard(fabric: Fabric, question: WhyQuestion) -> Testimony:
    if question.scope is None or not isinstance(fabric, Witness):
        return Testimony(looked_at=(f"{plural(len(question.lines), 'given line')}",))
    return await fabric.testimony(question.scope)


def _timed(investigation: Investigation, timeout: float | None) -> Sequence[Check]:
    if timeout is None:
        return investigation.checks
    return [
        replace(check, probe=replace(check.probe, timeout=timeout))
        for check in investigation.checks
    ]
