"""The two processes that a lab stands on.

The outer one makes the namespaces and waits. The inner one, the keeper, is process 1 of a PID
namespace: when it ends, for whatever reason, the kernel ends everything in the lab, and with the
last process go the network namespaces, which have no names that could be left over. The outer one
ends the keeper when whoever started the lab is gone, also by SIGKILL; and the keeper ends when the
outer one does.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
from collections.abc import Callable
from pathlib import Path

from prober.fabric.lab.keeper import kernel

_RELEASE = b"r"


def isolate(user_namespace: bool) -> None:
    """Leave this process's network, mounts and host name for new ones, and its PID namespace for
    its children's.

    With a user namespace the caller is root inside and nothing more than itself outside. Raises
    `OSError`.
    """
    uid, gid = os.geteuid(), os.getegid()
    if user_namespace:
        # unshare(CLONE_NEWPID) leaves this process where it is and puts its next child into the new
        # namespace, as process 1. That is why there are two processes.
        kernel.unshare(kernel.CLONE_NEWUSER)
        # Since Linux 3.19 a process without privileges may write a gid_map only after it has given
        # up setgroups(2) for the namespace (user_namespaces(7)): dropping a group could otherwise
        # open a file that denies access to that group.
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"0 {uid} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"0 {gid} 1", encoding="ascii")
    kernel.unshare(
        kernel.CLONE_NEWNET
        | kernel.CLONE_NEWNS
        | kernel.CLONE_NEWPID
        | kernel.CLONE_NEWUTS
        | kernel.CLONE_NEWIPC
    )
    # systemd makes all mounts shared: without this what a lab mounts over /etc/resolv.conf would
    # appear on the machine itself.
    kernel.mount("", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)


def watch_over(
    lifeline: int, keeper: Callable[[Callable[[], None]], int], announce: Callable[[int], None]
) -> int:
    """Fork the keeper and watch over it; return its exit code.

    `keeper` runs in the child and is given a function that lets the lab outlive its starter.
    `announce` is called with the keeper's process id as it is out here. `lifeline` is a socket
    whose other end the starter holds.
    """
    released, release = os.pipe()
    child = os.fork()
    if child == 0:
        # Both directions. The kernel's signal works even when this process is killed before it
        # could do anything; but it watches the parent *thread*, which is why nobody may start the
        # keeper from a thread that ends.
        kernel.die_with_parent()
        os.close(released)
        os._exit(keeper(lambda: _let_go(release)))
    os.close(release)
    announce(child)
    return _watch(child, lifeline, released)


def _let_go(release: int) -> None:
    kernel.die_with_parent(None)
    os.write(release, _RELEASE)


def _watch(child: int, lifeline: int, released: int) -> int:
    """Until the keeper ends, the starter hangs up (then the keeper is ended), or the lab is
    released."""
    # A file of the process, not its number: numbers are given again, and a signal to the wrong
    # process would be somebody else's end.
    process = os.pidfd_open(child)
    poller = select.poll()
    poller.register(process, select.POLLIN)
    poller.register(lifeline, 0)  # only its hang-up: what is sent there is the keeper's to read
    poller.register(released, select.POLLIN)
    while True:
        events = dict(poller.poll())
        if process in events:
            _, status = os.waitpid(child, 0)
            return os.waitstatus_to_exitcode(status)
        if released in events:
            if os.read(released, 1) == _RELEASE:
                return 0
            poller.unregister(released)  # the keeper is ending
        if lifeline in events:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(process, signal.SIGKILL)
            poller.unregister(lifeline)


def mount_proc() -> None:
    """A /proc that shows the lab's own processes. A sandbox may forbid it: then the old one has to
    do."""
    # The mount is refused where the machine's /proc is partly covered, as container runtimes do it:
    # the kernel does not let a user namespace show what is hidden outside (mount_too_revealing() in
    # fs/namespace.c).
    with contextlib.suppress(OSError):
        kernel.mount("proc", "/proc", "proc", kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC)
