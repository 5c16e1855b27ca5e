"""The keeper: process 1 of a lab. It builds what the blueprint says, then starts processes in its
slots.

    python -m prober.fabric.lab.keeper.main CONTROL [LISTENER]

Both arguments are open files: the starter's end of the control channel, and a listening socket for
those who come later.

Why a process, and why this one:

- *Nothing may be left behind.* A network namespace lives as long as a process or an open file holds
  it (namespaces(7)). `ip netns` gives it a name, which is a mount, and a mount survives a crash. So
  no namespace of a lab has a name: the keeper holds all of them open, and it is process 1 of a PID
  namespace, so that when it ends, by whatever signal, the kernel kills every process in there
  (pid_namespaces(7)) and the networks go with the last of them. There is nothing to sweep.
- *Who ends it.* A lab that a command needs ends with that command, also when the command is killed:
  the starter's end of the channel closes, and `isolation.watch_over` sees it even if the keeper is
  stuck. A lab of `lab up` is let go by the message `detach`; then only `stop` or a signal ends it.
- *Why it forks.* A probe needs a Python with the agent imported in another namespace. A new
  interpreter costs half a second of imports; a fork of this one, warm, costs milliseconds, and its
  memory is shared until it is written to. Forking rules out threads (a lock that another thread
  holds stays locked in the child for ever) and an event loop (the child would share its epoll set
  with the parent), so this is one thread and a selector.
- *Why SIGCHLD is a file.* A signal handler that did the reaping could run in the middle of any line
  here. The handler does nothing; Python writes a byte to the wakeup socket (signal.set_wakeup_fd),
  and the children are collected in their turn, like any other message.
- *Why files travel with messages.* stdin, stdout and stderr of a probe are the client's own pipes,
  passed along (SCM_RIGHTS, unix(7)): what a probe writes never passes through here, so a slow
  reader stops its own probe and nobody else's.
- *A client that does not read* is taken for dead after two seconds: one mute client must not stop a
  lab that others use.
- *A server that ends, ends the lab.* What it answered would be silence from then on, and silence is
  what a lab must not invent.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec

from prober.fabric.lab.keeper import children, control, kernel
from prober.fabric.lab.keeper.construct import Lab, construct, enforce_late
from prober.fabric.lab.keeper.control import Message
from prober.fabric.lab.keeper.isolation import isolate, mount_proc, watch_over
from prober.fabric.lab.keeper.requirements import check, needs_user_namespace, no_namespaces
from prober.fabric.lab.world.blueprint import Blueprint
from prober.model.decoding import UNREADABLE
from prober.model.errors import FabricError, ProberError
from prober.model.protocol import PROTOCOLS, ProbeKind

_ALWAYS_WARM = (
    "agent.runner",
    "agent.wire",
    "agent.probes.tcp",
    "agent.probes.udp",
    "agent.net.resolver",
    "agent.net.dns_query",
    "agent.path.traceroute",
    "agent.path.rst_origin",
)
_WARM_FOR: Mapping[str, tuple[str, ...]] = {
    protocol.kind.value: (
        f"agent.probes.{protocol.kind}",
        *(("agent.net.handshake",) if protocol.secure else ()),
    )
    for protocol in PROTOCOLS.values()
    if protocol.kind not in (ProbeKind.TCP, ProbeKind.UDP)
}
"""What to import before forking, by the kinds of the plan's probes: of kinds with a secure scheme,
the row of that scheme counts, which comes later in the table."""
_SEND_PATIENCE = 2.0
"""Seconds that a client may leave a message unread; then it is taken for dead."""


@dataclass(slots=True)
class _Child:
    channel: socket.socket
    number: int
    """As the client counts."""


class Keeper:
    """Serves the control channels of one lab."""

    def __init__(
        self, starter: socket.socket, listener: socket.socket | None, let_go: Callable[[], None]
    ) -> None:
        self._starter = starter
        self._let_go = let_go
        self._attached = True
        self._stopping = False
        self._lab: Lab | None = None
        self._trusting = False
        self._late = 0
        """The process that waits to load the late rules; 0: none was started yet."""
        self._children: dict[int, _Child] = {}
        self._selector = selectors.DefaultSelector()
        self._register(starter)
        if listener is not None:
            self._selector.register(listener, selectors.EVENT_READ, self._accept)
        self._actions: Mapping[str, Callable[[socket.socket, Message], None]] = {
            "build": self._build,
            "run": self._run,
            "spawn": self._spawn,
            "kill": self._kill,
            "enter": self._enter,
            "slots": self._slots,
            "detach": self._detach,
            "stop": self._stop,
        }

    def serve(self) -> int:
        """Until told to stop or, while attached, until the starter hangs up."""
        # No timeout anywhere in the loop: what there is to do arrives as something to read (a
        # message, a client that hangs up, the byte of SIGCHLD). A lab that nobody uses costs
        # nothing.
        self._watch_children()
        while not self._stopping:
            for key, _ in self._selector.select():
                key.data(key.fileobj)
        return 0

    def _watch_children(self) -> None:
        reader, writer = socket.socketpair()
        reader.setblocking(False)
        writer.setblocking(False)
        # The handler must exist: with SIG_DFL or SIG_IGN the C-level handler that writes the wakeup
        # byte is not installed, and ignored children are reaped by the kernel, without a status. A
        # full wakeup socket loses nothing, since one byte is enough to have all children collected.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        self._wakeup = writer
        self._selector.register(reader, selectors.EVENT_READ, self._reap)

    def _register(self, channel: socket.socket) -> None:
        # It counts for sending only: a channel is read when the selector says that there is
        # something.
        channel.settimeout(_SEND_PATIENCE)
        self._selector.register(channel, selectors.EVENT_READ, self._hear)

    def _accept(self, listener: socket.socket) -> None:
        self._register(listener.accept()[0])

    def _hear(self, channel: socket.socket) -> None:
        try:
            message = control.receive(channel)
        except OSError:
            message = None
        except FabricError as error:
            self._say(channel, "failed", message=str(error), hint=error.hint)
            return
        # A hang-up, and the only way in which clients leave: there is no message for it, because a
        # client that is killed could not send it either.
        if message is None:
            self._drop(channel)
            return
        try:
            action = self._actions.get(message.kind)
            if action is None:
                self._say(
                    channel, "failed", message=f"the lab knows no message {message.kind!r}", hint=""
                )
            else:
                action(channel, message)
        finally:
            # Whatever became of the message. An action that keeps a file makes a copy of it (dup,
            # or a fork that inherits it), so that this is the one place where files that came along
            # are closed.
            for file in message.files:
                with suppress(OSError):
                    os.close(file)

    def _say(
        self, channel: socket.socket, kind: str, files: Sequence[int] = (), **body: Any
    ) -> None:
        try:
            control.send(channel, kind, files, **body)
        except OSError:
            self._drop(channel)

    def _drop(self, channel: socket.socket) -> None:
        """A client is gone, and what it had running is nobody's any more."""
        with suppress(KeyError, ValueError):
            self._selector.unregister(channel)
        # Only killed here, and collected in `_reap` as always: there must be one place that knows
        # of ended processes.
        for process, child in self._children.items():
            if child.channel is channel:
                _end(process)
        if channel is self._starter and self._attached:
            self._stopping = True
        channel.close()

    def _reap(self, wakeups: socket.socket) -> None:
        with suppress(BlockingIOError):
            while wakeups.recv(4096):
                pass
        # One SIGCHLD may stand for many children: standard signals do not queue (signal(7)). So all
        # that have ended are collected each time, until there is none.
        while True:
            try:
                process, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not process:
                return
            if self._lab is not None and process in self._lab.servers:
                print(("a server of the lab has ended, so the lab ends"), file=sys.stderr)  # noqa: T201 - the lab's log
                self._stopping = True
            if process == self._late and status:
                print(("the policies could not be loaded, so the lab ends"), file=sys.stderr)  # noqa: T201 - as above
                self._stopping = True
            child = self._children.pop(process, None)
            if child is not None and child.channel.fileno() >= 0:
                code = os.waitstatus_to_exitcode(status)
                self._say(child.channel, "exited", id=child.number, code=code)

    def _build(self, channel: socket.socket, message: Message) -> None:
        try:
            self._lab = construct(decode_blueprint(control.read_all(os.dup(message.files[0]))))
        except ProberError as error:
            self._say(channel, "failed", message=str(error), hint=error.hint)
            return
        self._say(channel, "built")
        # After the answer: the client goes on preparing its plan while this imports, and the first
        # fork finds it done.
        children.warm(_ALWAYS_WARM)

    def _slot(self, channel: socket.socket, message: Message) -> str | None:
        """The name of the slot that is asked for, or None after saying that there is no such
        slot."""
        name = str(message.body.get("slot"))
        if self._lab is not None and name in self._lab.slots:
            return name
        self._say(
            channel, "failed", id=message.body.get("id"), message=f"the lab has no {name}", hint=""
        )
        return None

    def _run(self, channel: socket.socket, message: Message) -> None:
        for kind in message.body.get("kinds", ()):
            children.warm(_WARM_FOR.get(kind, ()))
        # The authority's certificate comes through a pipe from the server process, which may still
        # be making it; reading waits for that. Only a run that needs TLS has to.
        if "agent.net.handshake" in sys.modules and self._lab is not None and not self._trusting:
            self._trusting = True
            children.trust(self._lab.authority)
        self._fork(
            channel, message, lambda slot, space: children.run_agent(slot, space, message.files)
        )

    def _spawn(self, channel: socket.socket, message: Message) -> None:
        command = [str(word) for word in message.body["argv"]]
        self._fork(
            channel,
            message,
            lambda slot, space: children.run_command(slot, space, message.files, command),
        )

    def _fork(
        self, channel: socket.socket, message: Message, body: Callable[[Any, int], int]
    ) -> None:
        name = self._slot(channel, message)
        if name is None or self._lab is None:
            return
        slot = self._lab.slots[name]
        space = self._lab.spaces[slot.space]
        self._start_late_enforcement(self._lab)
        self._children[children.fork(lambda: body(slot, space))] = _Child(
            channel, int(message.body["id"])
        )

    def _start_late_enforcement(self, lab: Lab) -> None:
        """The clock runs from the first process on a slot: before it nobody could see that policies
        are late."""
        if lab.late.rulesets and not self._late:
            self._late = children.fork(lambda: enforce_late(lab))

    def _kill(self, channel: socket.socket, message: Message) -> None:
        for process, child in self._children.items():
            if child.channel is channel and child.number == message.body["id"]:
                _end(process)

    def _enter(self, channel: socket.socket, message: Message) -> None:
        name = self._slot(channel, message)
        if name is None or self._lab is None:
            return
        slot = self._lab.slots[name]
        # The network namespace alone would do for packets. The others make what is entered look
        # like the lab: its mounts have the slot's /etc, its PID namespace ends what runs there
        # together with the lab, and its user namespace owns the network namespace, without which
        # nothing may be done in it.
        own = [kernel.open_namespace(kind) for kind in ("mnt", "pid", "user")]
        try:
            self._say(
                channel,
                "entrance",
                [self._lab.spaces[slot.space], *own],
                slot=msgspec.to_builtins(slot),
            )
        finally:
            for file in own:
                os.close(file)

    def _slots(self, channel: socket.socket, _: Message) -> None:
        self._say(channel, "slots", ids=list(self._lab.slots) if self._lab else [])

    def _detach(self, channel: socket.socket, _: Message) -> None:
        self._attached = False
        self._let_go()
        self._say(channel, "done")

    def _stop(self, channel: socket.socket, _: Message) -> None:
        self._stopping = True
        self._say(channel, "done")


def decode_blueprint(content: bytes) -> Blueprint:
    """Raises `FabricError` when it is none."""
    try:
        return msgspec.json.decode(content, type=Blueprint)
    except UNREADABLE as error:
        raise FabricError(f"the lab's blueprint cannot be read: {error}") from error


def _end(process: int) -> None:
    """End a child and what it started: it is the leader of its session."""
    # The group first, then the process itself: between fork() and setsid() a child is not yet the
    # leader of a group, and a kill of the group would miss it.
    for target in (-process, process):
        with suppress(ProcessLookupError):
            os.kill(target, signal.SIGKILL)


def main(arguments: Sequence[str]) -> int:
    """Run a lab on the given open files. What goes wrong before it stands is said on the control
    channel."""
    starter = socket.socket(fileno=int(arguments[0]))
    listener = socket.socket(fileno=int(arguments[1])) if len(arguments) > 1 else None
    try:
        check()
        _isolate()
    except FabricError as error:
        control.send(starter, "failed", message=str(error), hint=error.hint)
        return int(error.exit_code)

    def keep(let_go: Callable[[], None]) -> int:
        mount_proc()
        return Keeper(starter, listener, let_go).serve()

    return watch_over(starter.fileno(), keep, lambda pid: control.send(starter, "born", pid=pid))


def _isolate() -> None:
    try:
        isolate(needs_user_namespace())
    except OSError as error:
        raise no_namespaces(error.errno or 0) from error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
