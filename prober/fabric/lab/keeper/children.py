"""Processes that the keeper forks: probes, commands, and the servers that answer them."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module

from prober.fabric.lab.keeper.enter_namespaces import enter_slot
from prober.fabric.lab.world.blueprint import ProcessSlot

CANNOT_START = 126
"""The exit code of a process that could not be put on its slot, as a shell has it for what it
cannot execute."""
NOT_FOUND = 127


def fork(body: Callable[[], int]) -> int:
    """Run `body` in a new process, in a session of its own, and return its id. It sees what was
    imported so far."""
    sys.stdout.flush()
    sys.stderr.flush()
    gc.freeze()  # otherwise the child's collector would copy every page that it looks at
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        _forget_parent()
        code = body()
    except BaseException:  # noqa: BLE001 - whatever it was, the child must not go on as a second keeper
        traceback.print_exc()
    finally:
        with suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        # Never a return: the child has the keeper's stack below it, and would go on serving the
        # keeper's channels.
        os._exit(code)


def _forget_parent() -> None:
    # A session of its own: Ctrl-C in the terminal of the starter reaches the starter only, and
    # `_end` can kill a command together with what it started.
    os.setsid()
    # The socket for wakeups is shared with the keeper after a fork: without this every child of a
    # child would wake the keeper.
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)


def run_agent(slot: ProcessSlot, space: int, files: Sequence[int]) -> int:
    """In a forked child: run the plan on stdin as the agent's runner does. `files` become stdin,
    stdout and stderr."""
    problem = _enter(slot, space, files)
    from agent import runner, wire

    if problem:
        sys.stdout.buffer.write(
            wire.encode_failure(problem, "see docs/lab.md for what the lab needs") + b"\n"
        )
        return CANNOT_START
    return runner.main([])


def run_command(slot: ProcessSlot, space: int, files: Sequence[int], command: Sequence[str]) -> int:
    """In a forked child: become `command`."""
    problem = _enter(slot, space, files)
    if problem:
        print(problem, file=sys.stderr)  # noqa: T201 - the standard error of the command that was asked for
        return CANNOT_START
    try:
        os.execvp(command[0], list(command))  # noqa: S606 - this is what a person asked to execute
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)  # noqa: T201 - as above
        return NOT_FOUND


def _enter(slot: ProcessSlot, space: int, files: Sequence[int]) -> str:
    """Sit down with these standard files and nothing else open; the problem in a sentence, if there
    is one."""
    # dup2 clears close-on-exec, which the files that came with the message have.
    for target, source in enumerate(files):
        os.dup2(source, target)
    try:
        enter_slot(slot, space)
    except OSError as error:
        return (
            f"the lab cannot start a process at {slot.space}: {error.strerror} ({error.filename})"
        )
    finally:
        # All of it: open files of namespaces would keep a lab's networks alive beyond the lab if a
        # command put itself into the background, and ends of other probes' pipes would keep their
        # readers waiting.
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    return ""


def trust(authority: int) -> None:
    """Let the probes of every later child trust the authority whose certificate the file
    `authority` gives, as pods trust that of their cluster. Call it once."""
    from agent.net import handshake

    with open(authority, encoding="ascii") as file:
        if certificate := file.read():
            handshake.trust(certificate)


def warm(modules: Sequence[str]) -> None:
    """Import modules now, so that no child has to."""
    for name in modules:
        with contextlib.suppress(ImportError):  # the child that needs it will say so
            import_module(name)
