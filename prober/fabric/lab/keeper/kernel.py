"""The few system calls that the lab needs and that Python 3.11 has no function for, through libc.

Each raises `OSError` with its errno. Numbers are those of Linux's user-space headers (sched.h,
mount.h, prctl.h), the same on every architecture.
"""

from __future__ import annotations

import ctypes
import os
import signal

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000
MNT_DETACH = 0x2

PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)


def unshare(flags: int) -> None:
    """Leave the namespaces of the given kinds for new ones (unshare(2))."""
    _checked(_libc.unshare(ctypes.c_int(flags)), "unshare")


def setns(fd: int, kind: int = 0) -> None:
    """Enter the namespace that `fd` refers to; `kind` is the CLONE_NEW… it must be of, 0 for any
    (setns(2))."""
    _checked(_libc.setns(ctypes.c_int(fd), ctypes.c_int(kind)), "setns")


def mount(source: str, target: str, filesystem: str = "", flags: int = 0, data: str = "") -> None:
    """Mount, bind, or change the propagation of `target` (mount(2))."""
    arguments = [os.fsencode(text) if text else None for text in (source, target, filesystem)]
    result = _libc.mount(*arguments, ctypes.c_ulong(flags), os.fsencode(data) if data else None)
    _checked(result, f"mount {target}")


def umount(target: str) -> None:
    """Detach what is mounted on `target`; binds made from inside it stay (umount2(2),
    MNT_DETACH)."""
    _checked(_libc.umount2(os.fsencode(target), ctypes.c_int(MNT_DETACH)), f"umount {target}")


def sethostname(name: str) -> None:
    """The host name of this UTS namespace, at most 64 bytes (sethostname(2))."""
    encoded = os.fsencode(name)[:64]
    _checked(_libc.sethostname(encoded, ctypes.c_size_t(len(encoded))), "sethostname")


def die_with_parent(number: signal.Signals | None = signal.SIGKILL) -> None:
    """Get this signal when the parent thread ends, or with None no longer (prctl(2),
    PR_SET_PDEATHSIG)."""
    _checked(_libc.prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(number or 0), 0, 0, 0), "prctl")


def open_namespace(kind: str, process: int | str = "self") -> int:
    """A file descriptor of a process's namespace: `net`, `mnt`, `pid`, `user` or `uts`."""
    return os.open(f"/proc/{process}/ns/{kind}", os.O_RDONLY | os.O_CLOEXEC)
