"""Runs agents and commands in a lab that stands, through its control channel."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from itertools import count

from agent import wire
from prober.fabric.lab.keeper import control, launch
from prober.fabric.lab.keeper.control import Message
from prober.fabric.ledger import Ledger, chunks_of, hear, sealed
from prober.model.errors import FabricError
from prober.model.probe import Failure, Observed, Plan

_GONE = FabricError(
    "the lab's keeper has ended", hint="run again; if it happens again, this is a defect"
)


class Runs:
    """Everything that runs in one lab. An async context manager: it listens on the channel while it
    is entered."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._numbers = count(1)
        self._ends: dict[int, asyncio.Future[Message]] = {}
        self._gone = False
        self._listening: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Runs:
        self._listening = asyncio.create_task(self._listen(), name="lab control")
        return self

    async def __aexit__(self, *exc: object) -> None:
        assert self._listening is not None  # noqa: S101 - for the type checker: __aexit__ comes after __aenter__
        self._listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._listening

    async def _listen(self) -> None:
        """Hand each "it has ended" to whoever waits for it; when the keeper is gone, everything has
        ended."""
        try:
            while (message := await launch.receive(self._channel)) is not None:
                end = self._ends.get(int(message.body.get("id") or 0))
                if end is not None and not end.done():
                    end.set_result(message)
        finally:
            self._gone = True
            for end in self._ends.values():
                if not end.done():
                    end.set_exception(_GONE)

    @contextlib.asynccontextmanager
    async def _process(
        self, kind: str, slot: str, files: Sequence[int], **body: object
    ) -> AsyncIterator[asyncio.Future[Message]]:
        """A process at a slot, with these standard files, which are closed here. Leaving ends
        it."""
        number = next(self._numbers)
        end: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        end.add_done_callback(
            lambda future: future.cancelled() or future.exception()
        )  # nobody may be waiting for it
        self._ends[number] = end
        try:
            try:
                if self._gone:
                    raise _GONE
                await launch.send(self._channel, kind, files, id=number, slot=slot, **body)
            except OSError as error:
                raise _GONE from error
            finally:
                # The keeper has its own copies from the moment of sending. Ours must go: as long as
                # this process holds the write end of a probe's pipe, its end never comes.
                for file in files:
                    os.close(file)
            yield end
        finally:
            if not end.done():
                with contextlib.suppress(OSError):
                    # Shielded: this runs when a task is being cancelled, and the kill must go out
                    # all the same.
                    await asyncio.shield(launch.send(self._channel, "kill", id=number))
            del self._ends[number]

    async def run(self, slot: str, plan: Plan, emit: Callable[[Observed | Failure], None]) -> None:
        """Run a plan at a slot and emit what comes. What goes wrong is emitted too, never
        raised."""
        try:
            complete = await self._run(slot, plan, emit)
        except FabricError as error:
            emit(Failure(slot, str(error), error.hint))
            return
        if complete:
            emit(Failure(slot, complete, "the vantage's observations are incomplete; run again"))

    async def _run(self, slot: str, plan: Plan, emit: Callable[[Observed | Failure], None]) -> str:
        """What cut the stream off, or empty when it was complete (or said itself why it is not)."""
        # stderr goes to a file in memory and not to a pipe: nobody reads it while the probe runs,
        # and a pipe that is full would stop the probe.
        errors = control.memory_file("stderr", b"")
        kinds = sorted({probe.kind.value for probe in plan.probes})
        plan = sealed(plan)
        ledger = Ledger(plan)
        try:
            output, write = os.pipe2(os.O_CLOEXEC)
            files = [
                control.memory_file("plan", wire.encode_plan(plan) + b"\n"),
                write,
                os.dup(errors),
            ]
            async with (
                self._process("run", slot, files, kinds=kinds) as end,
                _chunks(output) as chunks,
            ):
                async for observation in hear(chunks, ledger):
                    emit(Observed(slot, observation))
                return "" if ledger.ended else _cut_off(await end, errors)
        finally:
            os.close(errors)

    async def command(self, slot: str, command: Sequence[str]) -> tuple[int, str]:
        """Run a command at a slot to its end; its exit code and both outputs. Raises
        `FabricError`."""
        nothing = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        output, write = os.pipe2(os.O_CLOEXEC)
        text: list[bytes] = []
        async with self._process(
            "spawn", slot, [nothing, write, os.dup(write)], argv=list(command)
        ) as end:
            async with _chunks(output) as chunks:
                async for chunk in chunks:
                    text.append(chunk)
            message = await end
        if message.kind == "failed":
            raise FabricError(
                str(message.body["message"]), hint="`prober lab list` shows what there is"
            )
        return int(message.body["code"]), b"".join(text).decode("utf-8", "replace")


def _cut_off(end: Message, errors: int) -> str:
    if end.kind == "failed":
        return str(end.body["message"])
    os.lseek(errors, 0, os.SEEK_SET)
    words = os.read(errors, 1 << 16).decode("utf-8", "replace").strip().splitlines()
    said = f": {words[-1]}" if words else ""
    return f"the stream was cut off: the agent ended with code {end.body['code']}{said}"


@contextlib.asynccontextmanager
async def _chunks(descriptor: int) -> AsyncIterator[AsyncIterator[bytes]]:
    """What comes out of a pipe."""
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb", 0)
    )
    try:
        yield chunks_of(reader)
    finally:
        transport.close()
