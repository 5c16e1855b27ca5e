"""Giving up capabilities (capabilities(7)), and entering a network namespace (setns(2)).

Through libc, because Python has neither: `os.setns` came with 3.12.
"""

from __future__ import annotations

import ctypes
import os

_CLONE_NEWNET = 0x40000000
_VERSION_3 = 0x20080522
"""Of capget(2) and capset(2): 64 bits in two halves."""
NET_RAW = 13
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
    """Give up every capability but this one (from the first 32), which is kept if it was there.
    Raises `OSError`."""
    header, halves = _Header(_VERSION_3, 0), (_Half * 2)()
    _checked(_libc.capget(ctypes.byref(header), ctypes.byref(halves)), "capget")
    kept = halves[0].permitted & 1 << capability
    halves[0], halves[1] = _Half(kept, kept, 0), _Half()
    _checked(_libc.capset(ctypes.byref(header), ctypes.byref(halves)), "capset")


def _checked(result: int, call: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), call)
