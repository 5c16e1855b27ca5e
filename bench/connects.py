"""Successful connects a second, with evidence and JSON lines, as a ratio to a bare asyncio loop.

    python bench/connects.py [CONNECTS]

The other end is one process that accepts and closes, on a port of every loopback address; probes go
to many addresses, because to one an agent keeps a pace. The yardstick is the least that asyncio can
do: a non-blocking socket, `loop.sock_connect`, close. Both run in turns, on both processors. On a
machine that does other things: `chrt -f 10 python bench/connects.py`.
"""

from __future__ import annotations

import asyncio
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from agent import wire
from agent.net.limits import raise_file_limit
from prober.model.probe import Plan, Probe, ProbeKind

ROOT = Path(__file__).resolve().parents[1]

ADDRESSES = 200
ROUNDS = 3
AT_ONCE = 256
"""Connects that the bare loop has in flight."""


def main() -> None:
    if sys.argv[1:2] == ["--bare"]:
        asyncio.run(bare(int(sys.argv[2]), int(sys.argv[3])))
        return
    count = int((sys.argv[1:] or ["20000"])[0])
    raise_file_limit()
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("0.0.0.0", 0))  # noqa: S104 - every loopback address is one target
        listener.listen(4096)
        child = os.fork()
        if not child:
            accept(listener)
        try:
            measure(count, listener.getsockname()[1])
        finally:
            os.kill(child, 9)
            os.waitpid(child, 0)


def accept(listener: socket.socket) -> None:
    while True:
        listener.accept()[0].close()


def measure(count: int, port: int) -> None:
    probes = tuple(
        Probe(f"p{n}", ProbeKind.TCP, f"127.0.{n % ADDRESSES}.1", port) for n in range(count)
    )
    empty = seconds([sys.executable, "-m", "agent.runner", "--plan", plan_file(probes[:1])])
    idle = seconds([sys.executable, __file__, "--bare", "1", str(port)])
    agent = [sys.executable, "-m", "agent.runner", "--plan", plan_file(probes)]
    loop = [sys.executable, __file__, "--bare", str(count), str(port)]
    rates: dict[str, float] = {"agent": 0.0, "a bare loop": 0.0}
    for _ in range(ROUNDS):
        rates["agent"] = max(rates["agent"], count / (seconds(agent) - empty))
        rates["a bare loop"] = max(rates["a bare loop"], count / (seconds(loop) - idle))
    for name, rate in rates.items():
        print(f"{name:<12} {rate:>8,.0f} connects a second")
    print(f"agent / bare loop {rates['agent'] / rates['a bare loop']:.2f}")
    print(f"largest process {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB")


def plan_file(probes: tuple[Probe, ...]) -> str:
    with tempfile.NamedTemporaryFile(delete=False) as file:
        file.write(wire.encode_plan(Plan("bench", probes)))
    return file.name


def seconds(command: list[str]) -> float:
    """From start to end. An agent's lines are counted: each must be an `ok`."""
    started = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, cwd=ROOT, check=True)
    taken = time.perf_counter() - started
    lines = done.stdout.splitlines()
    assert all(b'"outcome":"ok"' in line for line in lines[:-1]), lines[0]
    return taken


async def bare(count: int, port: int) -> None:
    loop = asyncio.get_running_loop()
    numbers = iter(range(count))

    async def work() -> None:
        for n in numbers:
            sock = socket.socket()
            sock.setblocking(False)
            await loop.sock_connect(sock, (f"127.0.{n % ADDRESSES}.1", port))
            sock.close()

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))


if __name__ == "__main__":
    main()
