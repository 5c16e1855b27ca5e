"""One decoder, many inputs: what came of each, and how long the slowest took."""

from __future__ import annotations

import hashlib
import resource
import signal
import time
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from tests.fuzz.decoders import Decoder
from tests.fuzz.mutation import mutated

CORPUS = Path(__file__).parent / "corpus"
SLOW = 1.0
"""Seconds of processor time for one input. Not of a wall clock: other work of the machine is not
the decoder's."""
_STUCK = 20.0
"""Seconds of processor time after which an input is given up."""
MOST_MEMORY = 1 << 30
"""Bytes by which a process may grow over all inputs of a decoder."""


class StuckError(BaseException):
    """An input took so long that it was given up. No `Exception`: decoders catch those."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that is wrong with a decoder."""

    decoder: str
    what: str
    """The error with the place that raised it, or `slow`, or `memory`."""
    number: int
    """Of the input; negative: a file of the corpus, counted from the end."""
    data: bytes

    @property
    def name(self) -> str:
        """What its file in the corpus is called."""
        return f"found-{hashlib.sha256(self.data).hexdigest()[:12]}"


@dataclass(slots=True)
class Outcome:
    """What came of some inputs."""

    decoder: str
    inputs: int = 0
    accepted: int = 0
    """Inputs that were decoded without an error."""
    slowest: float = 0.0
    """Seconds of processor time."""
    grown: int = 0
    """Bytes by which the process's largest size grew."""
    found: dict[str, Found] = field(default_factory=dict)
    """The first of each kind."""


def examples(name: str) -> list[bytes]:
    """The corpus of a decoder, in the order of its files' names."""
    return [file.read_bytes() for file in sorted((CORPUS / name).iterdir())]


def run(
    decoder: Decoder, *, seed: int, first: int = 0, inputs: int, seconds: float = 1e9
) -> Outcome:
    """Try the corpus and then the inputs from `first` on, until they or the seconds are over."""
    warnings.simplefilter("ignore")  # what libraries say about odd inputs is not asked for
    corpus = examples(decoder.corpus)
    outcome = Outcome(decoder.name)
    before, until = _largest(), time.monotonic() + seconds
    for index, data in enumerate(corpus):
        attempt(decoder, data, index - len(corpus), outcome)
    for number in range(first, first + inputs):
        if number % 64 == 0 and time.monotonic() > until:
            break
        data = mutated(seed, number, corpus, structured=decoder.structured)
        attempt(decoder, data, number, outcome)
    outcome.grown = _largest() - before
    if outcome.grown > MOST_MEMORY:
        _note(outcome, Found(decoder.name, f"memory: {outcome.grown >> 20} MiB", 0, b""))
    return outcome


def attempt(decoder: Decoder, data: bytes, number: int, outcome: Outcome) -> None:
    """One input."""
    outcome.inputs += 1
    took = _decode(decoder, data, number, outcome)
    if took > SLOW:
        # What the input itself takes comes again. A first import, a collection of garbage and what
        # the other processes of a busy machine cost this one do not.
        took = min(took, _decode(decoder, data, number, outcome))
    outcome.slowest = max(outcome.slowest, took)
    if took > SLOW:
        _note(outcome, Found(decoder.name, "slow", number, data))


def _decode(decoder: Decoder, data: bytes, number: int, outcome: Outcome) -> float:
    """The seconds of processor time that decoding takes."""
    started = time.process_time()
    try:
        with _given_up():
            decoder.decode(data)
        outcome.accepted += 1
    except decoder.declared:
        pass
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - what it is that was not declared is what is looked for
        what = f"{type(error).__name__} at {_place(error)}: {str(error)[:80]!r}"
        _note(outcome, Found(decoder.name, what, number, data))
    return time.process_time() - started


def _note(outcome: Outcome, failure: Found) -> None:
    outcome.found.setdefault(failure.what.partition(": ")[0], failure)


def _place(error: BaseException) -> str:
    """The deepest line of ours in its traceback."""
    frames: Sequence[traceback.FrameSummary] = traceback.extract_tb(error.__traceback__)
    ours = [
        frame for frame in frames if "/prober/" in frame.filename or "/agent/" in frame.filename
    ]
    ours = [frame for frame in ours if "site-packages" not in frame.filename] or list(frames)
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"


@contextmanager
def _given_up() -> Iterator[None]:
    def stuck(number: int, frame: FrameType | None) -> None:
        raise StuckError(f"more than {_STUCK:.0f} s")

    signal.signal(signal.SIGVTALRM, stuck)
    signal.setitimer(signal.ITIMER_VIRTUAL, _STUCK)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _largest() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
