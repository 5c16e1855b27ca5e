"""Enters a running lab: the calling process starts a command there that has its terminal, its user
and its signals.

The keeper only hands out the namespaces. A command that it forked itself could not have the
caller's terminal; one that merely entered the network would outlive the lab. So the command is
forked here, into the lab's PID namespace.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from prober.fabric.lab.keeper import children, control, kernel
from prober.fabric.lab.keeper.enter_namespaces import enter_slot
from prober.fabric.lab.world.blueprint import ProcessSlot
from prober.model.errors import FabricError


def enter(channel: socket.socket, slot: str, command: Sequence[str]) -> int:
    """Run a command at a slot of the lab behind `channel`, and return its exit code as a shell
    would.

    Call it from a process with one thread, and only once: the process stays in the lab's PID
    namespace.
    """
    control.send(channel, "enter", slot=slot)
    message = control.receive(channel)
    if message is None or message.kind != "entrance":
        reason = str(message.body.get("message")) if message else "it has ended"
        raise FabricError(
            f"the lab does not let anybody in: {reason}",
            hint="`prober lab status` shows what there is",
        )
    place = msgspec.convert(message.body["slot"], ProcessSlot)
    network, mounts, processes, user = message.files
    try:
        if os.fstat(user).st_ino != Path("/proc/self/ns/user").stat().st_ino:
            kernel.setns(user, kernel.CLONE_NEWUSER)
        kernel.setns(processes, kernel.CLONE_NEWPID)
    except OSError as error:
        raise FabricError(
            f"the lab cannot be entered: {error.strerror}",
            hint="enter it as the user who started it",
        ) from error
    return _run(place, network, mounts, command)


def _run(slot: ProcessSlot, network: int, mounts: int, command: Sequence[str]) -> int:
    directory = Path.cwd()
    child = os.fork()
    if child == 0:
        try:
            kernel.setns(mounts, kernel.CLONE_NEWNS)
            enter_slot(slot, network)
            with suppress(OSError):
                os.chdir(directory)
            os.execvp(command[0], list(command))  # noqa: S606 - this is what a person asked to execute
        except OSError as error:
            print((f"{error.filename or command[0]}: {error.strerror}"), file=sys.stderr)  # noqa: T201 - the command's own
        os._exit(children.NOT_FOUND)
    # Ctrl-C is for the command; whoever waits for it must not leave before it.
    before = {
        number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGQUIT)
    }
    try:
        _, status = os.waitpid(child, 0)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code
