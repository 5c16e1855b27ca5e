"""PURE. What counts of one vantage's stream: the one place where an agent's lines are believed, for
every transport.

A stream is read from where others may write as well: a container's log, the output of a command in
somebody's pod. So a line counts only when all of this holds, and whatever else comes makes the
whole stream the vantage's failure:

- it carries the nonce of the plan that this very vantage was given (`sealed`), which no other
  stream can know;
- it is an observation of a probe in that plan, and the first one;
- what it claims is possible for that probe (`prober.fabric.plausible`);
- nothing follows the end line, which comes once, after an observation of every probe.

A stream that breaks one of these rules is not half true: somebody else writes to it, and could have
written the rest. Observations are handed on as they come, so that nothing has to wait for the
slowest probe; the `Failure` that follows takes them back (see `prober.fabric.base.Fabric.run`).
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import replace

from agent.wire import End, FailureLine, UnreadableLineError, decode_line
from prober.fabric.plausible import contradiction
from prober.model.bounds import LONGEST_LINE, bounded, plain
from prober.model.errors import FabricError
from prober.model.outcome import Observation
from prober.model.probe import Plan

_NONCE_BYTES = 8
"""64 random bits: nobody guesses them within the minutes that a plan lives."""
_MOST_FOREIGN = 64
"""Lines that are read after the first that is not the agent's: the last of a traceback says
most."""
_CHUNK = 65_536
_KEPT = LONGEST_LINE + 16
"""Bytes of a line that are kept: too many for it to count, also without a visit's number before
it."""
_AFTERWARDS = 2.0
"""Seconds from the end line to the end of the stream: the agent has nothing left to do but to
end."""
_HINT = (
    "something else writes where the agent's output is read (docs/security.md says who can), "
    "or the image is not prober's agent of this release"
)


class BrokenStreamError(FabricError):
    """A stream that breaks the protocol."""


class AgentFailureError(FabricError):
    """The agent itself said that it could not run its plan."""


def sealed(plan: Plan) -> Plan:
    """The plan with a nonce of its own, by which the lines that answer it are known."""
    return replace(plan, nonce=secrets.token_hex(_NONCE_BYTES))


class Ledger:
    """The account of one stream, line by line. `plan` is the one that its agent was given, with its
    nonce."""

    def __init__(self, plan: Plan) -> None:
        self._nonce = plan.nonce
        self._probes = {probe.id: probe for probe in plan.probes}
        self._counted: set[str] = set()
        self._foreign = 0
        self.ended = False
        """The end line has come, and was right."""
        self.words = ""
        """The last that was said which is no line of an agent's: of a traceback, most likely."""

    @property
    def counted(self) -> int:
        """Observations so far."""
        return len(self._counted)

    def take(self, line: bytes) -> Observation | None:
        """The observation that this line adds, if it adds one.

        Raises `BrokenStreamError` when the line may not be there, and `AgentFailureError` when the
        agent gives up. A line that is not an agent's is remembered instead, and `close` raises:
        what follows it may say what it is.
        """
        # The order of these questions is part of the rule. What stands after the end line is wrong
        # whatever it is; a line that is too long is not decoded, because decoding it is what its
        # writer may want.
        if self.ended:
            raise _broken(f"it goes on after its end line: {_shown(line)}")
        if len(line) > LONGEST_LINE:
            raise _broken(f"it has a line of more than {LONGEST_LINE} bytes")
        try:
            said = decode_line(line, self._nonce)
        except UnreadableLineError:
            self._remember(line)
            return None
        # Counted even among foreign lines: an agent that cannot start says why, and a traceback
        # before it does not make that less true. It can only make the vantage fail, so forging it
        # gains nothing that killing the process would not.
        if isinstance(said, FailureLine):
            raise AgentFailureError(plain(said.message), hint=plain(said.hint))
        # Lines of the agent after a foreign one are no longer looked at: the stream is lost
        # already, and goes on being read only for the end of a traceback.
        if self._foreign:
            return None
        if isinstance(said, End):
            self._end(said)
            return None
        # Bounded again, although every agent does it: who wrote this line is not known, and what is
        # kept of it goes into reports, terminals and files.
        return self._count(bounded(said))

    def close(self) -> None:
        """Call it at the end of the stream. Raises `BrokenStreamError` when something in it was not
        the agent's.

        A stream that merely ends too soon has `ended` unset: only who read it can say why.
        """
        if self._foreign:
            raise _broken(f"it has lines that no agent writes, the last of them: {self.words}")

    def _count(self, observation: Observation) -> Observation:
        probe = self._probes.get(observation.probe)
        if probe is None:
            raise _broken(
                f"it speaks of probe {plain(observation.probe, 80)!r}, which this vantage "
                "was not given"
            )
        if observation.probe in self._counted:
            raise _broken(f"it has two observations of probe {plain(observation.probe, 80)!r}")
        # What was considered and not done is to sign each line. A key that the agent can use,
        # whoever has entered its pod can use as well; the nonce already keeps out everybody who can
        # only write to the log. What is left is an owner of the vantage itself, and nothing that
        # runs in his pod can be believed about his pod.
        if wrong := contradiction(probe, observation):
            raise _broken(
                f"what it says of probe {plain(observation.probe, 80)!r} cannot be: {wrong}"
            )
        self._counted.add(observation.probe)
        return observation

    def _end(self, end: End) -> None:
        # Twice, because they are two claims: the agent's own count, and that all were asked for. A
        # stream cut and glued together in the middle breaks the first, an agent of another plan the
        # second.
        if end.probes != self.counted or self.counted != len(self._probes):
            raise _broken(
                f"it ends after {self.counted} of {len(self._probes)} observations, and "
                f"counts {end.probes}"
            )
        self.ended = True

    def _remember(self, line: bytes) -> None:
        self._foreign += 1
        self.words = _shown(line) if line.strip() else self.words
        if self._foreign > _MOST_FOREIGN:
            self.close()


async def hear(chunks: AsyncIterable[bytes], ledger: Ledger) -> AsyncIterator[Observation]:
    """The observations of a stream, as they come, to its end. Raises what the ledger raises.

    After the end line it listens for a moment, for what may not come any more; a stream that is
    merely held open then counts as ended.
    """
    # An exec that goes on after its command ended, and a log that is followed, do not close by
    # themselves. To wait for their end would be to wait for a timeout in each of thousands of
    # vantages; not to listen at all after the end line would let a second end line pass unnoticed.
    lines = lines_of(chunks)
    while (line := await _next(lines, _AFTERWARDS if ledger.ended else None)) is not None:
        if observation := ledger.take(line):
            yield observation
    ledger.close()


async def _next(lines: AsyncIterator[bytes], seconds: float | None) -> bytes | None:
    try:
        return await asyncio.wait_for(anext(lines), seconds)
    except StopAsyncIteration:
        return None
    except TimeoutError:
        if seconds is None:
            raise
        return None


async def lines_of(chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The lines in a stream of bytes, without their newlines; what follows the last newline is a
    line as well.

    A line that is too long is given as its beginning, still too long, and the rest of it is thrown
    away: a stream without newlines takes no more memory than one line.
    """
    rest, dropping = b"", False
    async for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if not dropping:
                yield line[:_KEPT]
            dropping = False
        # `rest` is compared with the limit at every chunk, so at most one chunk more than a line is
        # ever in memory, whatever the stream does.
        if len(rest) >= _KEPT:
            if not dropping:
                yield rest[:_KEPT]
            rest, dropping = b"", True
    if rest and not dropping:
        yield rest


async def chunks_of(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """What comes out of a pipe, as it comes."""
    while chunk := await reader.read(_CHUNK):
        yield chunk


def _broken(what: str) -> BrokenStreamError:
    return BrokenStreamError(
        f"its stream breaks the protocol, so nothing that it said counts: {what}", hint=_HINT
    )


def _shown(line: bytes) -> str:
    return plain(line[:1200].decode("utf-8", "replace").strip(), 300)
