"""What uvloop and numpy would bring, as ratios to what is used: the agent's connects, and the step
of the matrix that turns columns into rows.

    python -m venv /tmp/alternatives && /tmp/alternatives/bin/pip install uvloop numpy msgspec
    PYTHONPATH=/tmp/alternatives/lib/python3.11/site-packages python bench/alternatives.py

Neither is a dependency: install them somewhere else, for Python's own version. Both sides run in
turns, and the least CPU time of several rounds counts, the kernel's included: other work on the
machine then delays both and changes little.
"""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from connects import accept, plan_file

from agent.net.limits import raise_file_limit
from prober.model.probe import Probe, ProbeKind
from prober.policy.matrix.columns import transposed

ROOT = Path(__file__).resolve().parents[1]
CONNECTS = 3_000
PODS, COLUMNS, WANTED = 10_000, 4_000, 600
ROUNDS = 3
UNDER = (
    "import asyncio, runpy, sys; {before}; sys.argv = ['agent', '--plan', {plan!r}]; "
    "runpy.run_module('agent.runner', run_name='__main__')"
)


def main() -> None:
    for name, used, other in (
        ("connects: uvloop", *loops()),
        (f"{COLUMNS} columns to rows: numpy", *transposing()),
    ):
        times = [(used(), other()) for _ in range(ROUNDS)]
        least = [min(side) for side in zip(*times, strict=True)]
        print(f"{name:<32} {least[1] / least[0]:5.2f} × the CPU time of what is used")


def loops() -> tuple[Callable[[], float], Callable[[], float]]:
    """The agent with asyncio's own loop, and with uvloop's."""
    import socket

    raise_file_limit()
    listener = socket.socket()
    listener.bind(("0.0.0.0", 0))  # noqa: S104 - every loopback address is one target
    listener.listen(4096)
    parent = os.getpid()
    if not os.fork():
        os.set_blocking(listener.fileno(), True)
        watch(parent)
        accept(listener)
    port = listener.getsockname()[1]
    probes = tuple(
        Probe(f"p{n}", ProbeKind.TCP, f"127.0.{n % 200}.1", port) for n in range(CONNECTS)
    )
    plan = plan_file(probes)

    def with_(before: str) -> Callable[[], float]:
        code = UNDER.format(before=before, plan=plan)
        return lambda: children([sys.executable, "-c", code])

    return with_("pass"), with_("import uvloop; uvloop.install()")


def watch(parent: int) -> None:
    """End with the parent."""
    import ctypes
    import signal

    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def children(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdout=subprocess.PIPE, cwd=ROOT, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    outcomes = done.stdout.count(b'"outcome":"ok","time_ms"') // 2
    assert outcomes == CONNECTS, (outcomes, done.stdout[:300])
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def transposing() -> tuple[Callable[[], float], Callable[[], float]]:
    """As integers through a string of digits, and as a numpy array of bits that is transposed."""
    import numpy  # type: ignore[import-not-found]  # no dependency: measured only

    draw = random.Random(1)  # noqa: S311 - repeatable, not secret
    columns = [draw.getrandbits(PODS) for _ in range(COLUMNS)]
    rows = sorted(draw.sample(range(PODS), WANTED))

    def with_numpy() -> list[int]:
        size = (PODS + 7) // 8
        raw = b"".join(column.to_bytes(size, "little") for column in columns)
        bits = numpy.unpackbits(
            numpy.frombuffer(raw, numpy.uint8).reshape(COLUMNS, size), axis=1, bitorder="little"
        )
        packed = numpy.packbits(bits[:, rows].T, axis=1, bitorder="little")
        return [int.from_bytes(row.tobytes(), "little") for row in packed]

    assert with_numpy() == transposed(columns, rows)
    return (lambda: timed(lambda: transposed(columns, rows))), (lambda: timed(with_numpy))


def timed(run: Callable[[], object]) -> float:
    start = process_time()
    run()
    return process_time() - start


if __name__ == "__main__":
    main()
