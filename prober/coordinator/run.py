"""One run: the thin async shell around pure planning, judging and diagnosis.

A run is a stream. Its checks are made in chunks, a chunk's observations are judged when they are
in, and its records go to a log that grows on disk when there are many. So memory is bounded by the
checks in flight, and three checks and three hundred thousand take the same way.
"""

from __future__ import annotations

import asyncio
import datetime
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from prober import __version__
from prober.coordinator import shards
from prober.coordinator.chunk import Chunk, probe, run_chunk
from prober.coordinator.chunks import chunks_of
from prober.coordinator.controls import candidates_of
from prober.coordinator.gathering import Gathered
from prober.coordinator.judging import Ready, failures_of
from prober.coordinator.meanwhile import import_what_concludes
from prober.coordinator.overlapping import Free, overlapping
from prober.coordinator.parts import part_of
from prober.coordinator.places import places_of
from prober.coordinator.plan import Wave, first_wave
from prober.coordinator.record_log import RecordLog
from prober.coordinator.settled import Keep
from prober.coordinator.shards import Shard
from prober.diagnosis.facts.locate import gateway
from prober.fabric.base import Caveat, Fabric, Resident
from prober.model.check import Check
from prober.model.limits import STANDARD, Limits
from prober.model.outcome import Observation
from prober.model.probe import Failure
from prober.model.run import CheckRecord, Finding, Place, PredictedOnly, RunRecord
from prober.model.snapshot import Snapshot
from prober.policy import Predictor
from prober.report import NullProgress, Progress


@dataclass(frozen=True, slots=True)
class Request:
    """What a run is asked to do."""

    name: str
    """The scenario's name, or the command's."""
    checks: Callable[[Snapshot], Sequence[Check]]
    """Resolves the checks once the snapshot is known; raises InputError for names it does not
    have."""
    warnings: tuple[str, ...] = ()
    left_out: Callable[[Snapshot], Sequence[str]] = lambda snapshot: ()
    """More warnings once the snapshot is known: whom the checks leave out."""
    predicted_only: Callable[[Snapshot], tuple[PredictedOnly, ...]] = lambda snapshot: ()
    """What the record is to say that nobody probes."""
    shard: Shard | None = None
    """Which part of the checks to make; None: all of them."""
    id: str = ""
    """The run's; empty: a new one."""
    kept: Sequence[CheckRecord] = ()
    """What an interrupted run of the same checks had come to. A check that is not what it was, such
    as one to a pod with another address, is made again."""
    keep: Callable[[RunRecord], None] = lambda record: None
    """Told of records as they are settled, as a run of their own; not of those of a run that is
    over soon."""
    limits: Limits = STANDARD
    """How much of it is under way at once, and how quickly its probes may start."""
    snapshot: Snapshot | None = None
    """The snapshot, where it has just been read; None: it is read when the run begins."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What all chunks of a run have in common."""

    snapshot: Snapshot
    predictor: Predictor
    checks: Sequence[Check]
    caveats: tuple[Caveat, ...]
    notes: Mapping[str, str]
    """What the record is to say about it."""
    predicted_only: tuple[PredictedOnly, ...]
    limits: Limits


@dataclass(frozen=True, slots=True)
class Prepared:
    """A run before its first packet: what `--dry-run` shows."""

    checks: tuple[Check, ...]
    wave: Wave


@dataclass(slots=True)
class _Course:
    """What a run has come to so far."""

    log: RecordLog = field(default_factory=RecordLog)
    failures: dict[str, Failure] = field(default_factory=dict)
    """By vantage."""
    places: dict[str, Place] = field(default_factory=dict)
    answers: dict[str, Observation] = field(default_factory=dict)
    """To the questions of the diagnosis, by the id of the probe."""


async def prepare(fabric: Fabric, request: Request) -> Prepared:
    """Read the snapshot, resolve the checks, predict and plan, all of it at once."""
    setting = await _set_up(fabric, request)
    checks = tuple(check for chunk in chunks_of(setting.checks) for check in chunk)
    return Prepared(checks, _ready(fabric, setting, checks).wave)


async def execute(fabric: Fabric, request: Request, progress: Progress | None = None) -> RunRecord:
    """Run all checks, ask the follow-up questions, judge and diagnose."""
    progress = progress or NullProgress()
    started, clock = datetime.datetime.now(datetime.UTC), time.monotonic()
    setting, course = await _set_up(fabric, request), _Course()
    progress.started(len(setting.checks))
    about = RunRecord(
        id=request.id or run_id(started),
        scenario=request.name,
        fabric=fabric.info(),
        started=started.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        duration_ms=0,
        version=__version__,
        notes=setting.notes,
        predicted_only=setting.predicted_only,
    )

    def keep(records: Sequence[CheckRecord]) -> None:
        request.keep(replace(about, checks=tuple(records)))

    try:
        missing = _taken_over(setting, request.kept, course, progress)
        imports = asyncio.create_task(import_what_concludes())
        await _run_chunks(fabric, setting, missing, course, progress, keep)
        await imports
        course.log.arrange(check.id for check in setting.checks)
        findings = await _concluded(fabric, setting, course, progress)
    finally:
        progress.finished()
    return replace(
        about,
        duration_ms=(time.monotonic() - clock) * 1000,
        checks=course.log.all_records(),
        findings=findings,
        failures=tuple(course.failures.values()),
        warnings=_warnings(request, setting),
        addresses=_addresses(setting.snapshot),
        places=course.places,
        part=part_of(setting.snapshot, fabric.hosts, course.answers) if request.shard else None,
    )


async def _run_chunks(
    fabric: Fabric,
    setting: Setting,
    checks: Sequence[Check],
    course: _Course,
    progress: Progress,
    keep: Keep,
) -> None:
    """All of these checks; their records go to the log, and nothing else is kept."""

    async def work(checks: Sequence[Check], free: Free) -> Chunk:
        return await run_chunk(fabric, _ready(fabric, setting, checks), progress, keep, free)

    def take(checks: Sequence[Check], chunk: Chunk) -> None:
        course.log.extend(chunk.records)
        course.places |= places_of(checks, setting.snapshot)
        for failure in failures_of(chunk.gathered, chunk.records):
            course.failures.setdefault(failure.vantage, failure)
        rest = [record for record in chunk.records if record.check.id not in chunk.kept]
        if rest and len(checks) < len(setting.checks):
            keep(rest)

    limits = setting.limits
    pieces = chunks_of(checks, most=limits.checks, vantages=limits.vantages)
    await overlapping(pieces, work, take)


async def _concluded(
    fabric: Fabric, setting: Setting, course: _Course, progress: Progress
) -> tuple[Finding, ...]:
    """The causes, with their fixes planned together."""
    from prober.coordinator.follow_ups import conclude
    from prober.diagnosis.planning import planned

    async def ask(wave: Wave) -> Mapping[str, Observation]:
        answers = await _answers(fabric, wave, setting.limits, progress)
        course.answers |= answers
        return answers

    records = course.log.for_diagnosis()
    findings = await conclude(records, setting.snapshot, setting.predictor, fabric.vantages(), ask)
    return planned(findings, records, setting.predictor)


def run_id(started: datetime.datetime) -> str:
    """An id that no other run has, and that sorts by time."""
    return f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def _taken_over(
    setting: Setting, kept: Sequence[CheckRecord], course: _Course, progress: Progress
) -> list[Check]:
    """Keep what an interrupted run had come to; the checks that are still to be made."""
    known = {record.check.id: record for record in kept}
    asked = [(check, known.get(check.id)) for check in setting.checks]
    records = [record for check, record in asked if record and _is_same(check, record.check)]
    for record in records:
        progress.observed(record.check.name, record.observation.outcome)
    course.log.extend(records)
    course.places |= places_of([record.check for record in records], setting.snapshot)
    done = {record.check.id for record in records}
    return [check for check in setting.checks if check.id not in done]


def _is_same(check: Check, before: Check) -> bool:
    """Whether the same is sent from the same place and wanted of it, as far as a record tells."""
    return _told(check) == _told(before)


def _told(check: Check) -> tuple[object, ...]:
    probe = check.probe
    where = probe.kind, probe.host, probe.port, probe.url, probe.timeout, probe.attempts
    return *where, check.vantage, check.expected


async def _set_up(fabric: Fabric, request: Request) -> Setting:
    snapshot = request.snapshot or await fabric.snapshot()
    predictor = Predictor(snapshot, hosts=fabric.hosts)
    checks, notes = request.checks(snapshot), {}
    if request.shard is not None:
        positions, checks = request.shard.part(checks)
        notes = {shards.NOTE: str(request.shard), shards.ORDER_NOTE: shards.written(positions)}
    return Setting(
        snapshot,
        predictor,
        checks,
        tuple(fabric.caveats()),
        notes,
        request.predicted_only(snapshot),
        request.limits,
    )


def _ready(fabric: Fabric, setting: Setting, checks: Sequence[Check]) -> Ready:
    """These checks with their predictions and their first wave."""
    predictions = {check.id: setting.predictor.predict(check.flow) for check in checks}
    inside = fabric.inside() if isinstance(fabric, Resident) else ()
    candidates = candidates_of(
        checks, predictions, setting.snapshot, setting.predictor, fabric.vantages(), inside
    )
    wave = first_wave(checks, predictions, candidates)
    return Ready(tuple(checks), predictions, candidates, wave, setting.caveats, setting.limits)


def _warnings(request: Request, setting: Setting) -> tuple[str, ...]:
    """Everything that anybody warns about, each once."""
    caveats = (caveat.text for caveat in setting.caveats)
    return tuple(dict.fromkeys((*request.warnings, *request.left_out(setting.snapshot), *caveats)))


def _addresses(snapshot: Snapshot) -> dict[str, str]:
    """Whose address is it, for reports: nodes only, since evidence is about who answered on the
    way."""
    own = {address: node.name for node in snapshot.nodes.values() for address in node.addresses}
    gateways = {
        gateway(cidr): node.name for node in snapshot.nodes.values() for cidr in node.pod_cidrs
    }
    # Nodes' own addresses win: a gateway is computed from a CIDR, by what most CNIs do, and an
    # address that a node says it has is a fact.
    return gateways | own


async def _answers(
    fabric: Fabric, wave: Wave, limits: Limits, progress: Progress
) -> Mapping[str, Observation]:
    """What came back for the diagnosis' questions. A vantage that could not answer is no failure of
    the run: its checks are judged already."""
    gathered = Gathered()
    await probe(fabric, wave, gathered, progress, limits)
    return gathered.observations
