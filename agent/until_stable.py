"""The runner for a fresh pod: repeats its plan until the answers are stable.

    python -m agent.until_stable --plan plan.json.gz

A new pod is not yet enforced: some networks let it through for a second or two, others give it
nothing at all. So nothing that its first moments say is believed. The answers of the last round are
written, when they are those of the round before it; where the first round said something else, a
note tells what, and when it changed.

Two rounds of silence agree as well. So where the plan names probes that must be answered in a pod
that has a network, no round counts before one of them is.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from agent import wire
from agent.output import be_quiet
from agent.runner import run_plan
from prober.model.errors import ExitCode, ProberError
from prober.model.outcome import Observation, Outcome
from prober.model.probe import Plan

QUIET = 1.5
"""Seconds between two rounds that must agree. Nodes limit the ICMP errors they send to about one a
second."""
LIMIT = 12.0
"""Seconds after which the answers are written although they still change."""

_ANSWERED = frozenset(
    (Outcome.OK, Outcome.REFUSED, Outcome.RESET, Outcome.DNS_NXDOMAIN, Outcome.DNS_SERVFAIL)
)
"""What comes from a target, and so through a network."""

Round = Mapping[str, Observation]


async def run_until_stable(
    plan: Plan, *, quiet: float = QUIET, limit: float = LIMIT
) -> Sequence[Observation]:
    """Run the plan again and again until two rounds agree, or the limit is over; what the last one
    says."""
    started = time.monotonic()
    # What the CNIs do in the first moments differs, and nothing of it is promised: a pod may be
    # started unprotected where its policies have not been handled yet, and may be isolated where
    # only some of them have (Kubernetes documentation, network policies, "Pod lifecycle"). So the
    # runner does not wait for a fixed time, which would be too long on most clusters and too short
    # on some: it waits for two rounds that agree.
    first = before = await _round(plan)
    while True:
        await asyncio.sleep(quiet)
        now = time.monotonic() - started
        after = await _round(plan)
        # `quiet` lies between the rounds, so two that agree are at least that far apart. A rule
        # that is loaded in between shows in the later of them, which then disagrees and is compared
        # with a further one.
        settled = all(_agree(before[probe], answer) for probe, answer in after.items())
        # The two agree, so what holds of one holds of the other: asking either is enough.
        if (settled and _has_network(before, plan)) or now > limit:
            break
        before = after
    return [
        _noted(first[probe], _clearer(before[probe], observation), now)
        for probe, observation in after.items()
    ]


async def _round(plan: Plan) -> Round:
    observations: list[Observation] = []
    await run_plan(plan, observations.append)
    return {observation.probe: observation for observation in observations}


def _has_network(answers: Round, plan: Plan) -> bool:
    """Whether one of the probes that are awaited was answered, if this plan has any."""
    awaited = [answers[probe] for probe in plan.awaited if probe in answers]
    return not awaited or any(answer.outcome in _ANSWERED for answer in awaited)


def _agree(first: Observation, other: Observation) -> bool:
    """The same answer. All that a denial can look like is one answer: of many rejected probes some
    time out, because nodes limit the ICMP errors they send."""
    return first.outcome is other.outcome or (first.outcome.closed and other.outcome.closed)


def _clearer(before: Observation, after: Observation) -> Observation:
    """The later of two that agree, unless only the earlier one was told who closed the way."""
    told = before.evidence.icmp and not after.evidence.icmp
    return before if told and _agree(before, after) else after


def _noted(first: Observation, last: Observation, seconds: float) -> Observation:
    if _agree(first, last):
        return last
    note = f"the fresh pod's first answer was {first.outcome}; it changed within {seconds:.1f} s"
    return replace(last, evidence=replace(last.evidence, notes=(*last.evidence.notes, note)))


def main(argv: Sequence[str] | None = None) -> int:
    """Read a gzipped plan, run it until it is stable, and return the exit code, as `agent.runner`
    does.

    The lines are written at the end, all at once: until then none of them is known to be true. A
    process that is ended before writes none, and no end line.
    """
    be_quiet()
    parser = argparse.ArgumentParser(
        prog="agent.until_stable", description="Runs a plan until its answers are stable."
    )
    parser.add_argument(
        "--plan", metavar="FILE", type=Path, required=True, help="the plan, gzipped"
    )
    code = ExitCode.OK
    try:
        plan = wire.decode_plan(gzip.decompress(parser.parse_args(argv).plan.read_bytes()))
        observations = asyncio.run(run_until_stable(plan))
        lines = [wire.encode_observation(observation, plan.nonce) for observation in observations]
        lines.append(wire.encode_end(len(lines), plan.nonce))
    except ProberError as error:
        lines, code = [wire.encode_failure(str(error), error.hint)], error.exit_code
    sys.stdout.buffer.write(b"".join(line + b"\n" for line in lines))
    sys.stdout.buffer.flush()
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
