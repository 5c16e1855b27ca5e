"""Giving up capabilities for good (capabilities(7)), and entering a network namespace (setns(2)).

Taking capabilities out of the effective and permitted sets is not enough: a process of user 0 gets
all of its bounding set back by executing any program, and an ambient set is handed on as well. So
the bounding set is emptied, the ambient set is cleared, and no_new_privs is set (prctl(2)), under
which execve(2) gives nothing that was not there before it. Each of the three alone would do against
one way back; together they do not depend on the user, on file capabilities, or on setuid programs.

Through libc, because Python has neither: `os.setns` came with 3.12.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

_CLONE_NEWNET = 0x40000000
_VERSION_3 = 0x20080522
"""Of capget(2) and capset(2): 64 bits in two halves."""
NET_RAW = 13
_CAPBSET_DROP, _SET_NO_NEW_PRIVS, _CAP_AMBIENT = 24, 38, 47
_CAP_AMBIENT_CLEAR_ALL = 4
"""From linux/prctl.h."""
_libc = ctypes.CDLL(None, use_errno=True)


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Half(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def enter_network(descriptor: int) -> None:
    """Make the network namespace of an open `/proc/PID/ns/net` that of this thread. Raises
    `OSError`."""
    _checked(_libc.setns(ctypes.c_int(descriptor), ctypes.c_int(_CLONE_NEWNET)), "setns")


def keep_only(capability: int) -> None:
    """Give up every capability but this one (from the first 32), which is kept if it was there, and
    every way of getting one back. Raises `OSError`."""
    # The order is forced: to drop from the bounding set takes CAP_SETPCAP, which goes with the last
    # call. no_new_privs can be set by anybody, and cannot be unset by anybody.
    _prctl(_CAP_AMBIENT, _CAP_AMBIENT_CLEAR_ALL, "clear the ambient set")
    for other in range(_last_capability() + 1):
        if other != capability:
            _prctl(_CAPBSET_DROP, other, "empty the bounding set")
    _prctl(_SET_NO_NEW_PRIVS, 1, "set no_new_privs")
    header, halves = _Header(_VERSION_3, 0), (_Half * 2)()
    _checked(_libc.capget(ctypes.byref(header), ctypes.byref(halves)), "capget")
    # Kept and not granted: where the agent was not given NET_RAW it does not have it now, and the
    # echo probe says that it has no right to ping.
    kept = halves[0].permitted & 1 << capability
    # Inheritable stays empty: no program that is executed from here is to inherit anything.
    halves[0], halves[1] = _Half(kept, kept, 0), _Half()
    _checked(_libc.capset(ctypes.byref(header), ctypes.byref(halves)), "capset")


def _last_capability() -> int:
    """The highest that this kernel knows."""
    return int(Path("/proc/sys/kernel/cap_last_cap").read_text())


def _prctl(option: int, argument: int, what: str) -> None:
    """Raises `OSError`. All five arguments: the kernel refuses some options when the unused ones
    are not 0."""
    zero = ctypes.c_ulong(0)
    called = _libc.prctl(ctypes.c_int(option), ctypes.c_ulong(argument), zero, zero, zero)
    _checked(called, what)


def _checked(result: int, call: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), call)
