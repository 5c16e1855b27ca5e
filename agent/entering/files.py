"""Read a file of a pod's, without trusting the pod: openat2(2) inside its root.

A pod decides what its `/etc/resolv.conf` is. A plain open of `/proc/PID/root/etc/resolv.conf`
follows the pod's symbolic links in the node's own tree (`-> /etc/shadow`), waits for ever at a
FIFO, sets off what opening a device sets off, and reads as much as the pod likes. So:

- RESOLVE_IN_ROOT resolves absolute links and `..` within the pod's root, as chroot(2) would, and
  RESOLVE_NO_MAGICLINKS refuses links such as `/proc/1/root` or `/proc/self/fd/3`, which lead out
  of it;
- the file is first opened with O_PATH, which does nothing to it, and only a regular file is then
  opened for reading, without blocking;
- at most 64 KiB are read. What is longer is refused: half a file would be another answer.

Through libc, because Python has no openat2 yet. It came with Linux 5.6.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat

from prober.model.errors import FabricError

LARGEST = 65_536
"""Bytes. glibc reads resolv.conf line by line, and nobody's is a thousandth of this."""
_OPENAT2 = 437
"""The number of the system call, the same on every architecture since it was made."""
_NO_MAGIC_LINKS, _IN_ROOT = 0x02, 0x10
"""RESOLVE_NO_MAGICLINKS and RESOLVE_IN_ROOT (linux/openat2.h)."""
_KINDS = {
    stat.S_IFIFO: "a FIFO",
    stat.S_IFDIR: "a directory",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}
_libc = ctypes.CDLL(None, use_errno=True)


class _How(ctypes.Structure):
    """`struct open_how`."""

    _fields_ = (
        ("flags", ctypes.c_uint64),
        ("mode", ctypes.c_uint64),
        ("resolve", ctypes.c_uint64),
    )


def read_in_root(root: int, path: str) -> bytes:
    """The content of `path` as whoever has the directory `root` (an open one) for its `/` sees it;
    empty where there is no such file.

    Raises `FabricError` when it is anything but a regular file of at most 64 KiB inside the root.
    """
    try:
        opened = _open_in_root(root, path)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise FabricError(_refused(path, error), hint="use --via pod for this pod") from error
    try:
        kind = stat.S_IFMT(os.fstat(opened).st_mode)
        if kind != stat.S_IFREG:
            what = _KINDS.get(kind, "no regular file")
            raise FabricError(f"the pod's {path} is {what}", hint="use --via pod for this pod")
        return _content(opened, path)
    finally:
        os.close(opened)


def _open_in_root(root: int, path: str) -> int:
    # O_PATH first: opening a FIFO for reading waits for a writer, opening a device may rewind a
    # tape or arm a watchdog. With O_PATH nothing of that happens (open(2)), and what kind of file
    # it is can be asked in peace.
    how = _How(os.O_PATH | os.O_CLOEXEC, 0, _NO_MAGIC_LINKS | _IN_ROOT)
    opened: int = _libc.syscall(
        ctypes.c_long(_OPENAT2),
        ctypes.c_int(root),
        ctypes.c_char_p(os.fsencode(path)),
        ctypes.byref(how),
        ctypes.c_size_t(ctypes.sizeof(how)),
    )
    if opened < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), path)
    return opened


def _content(opened: int, path: str) -> bytes:
    """What is in the regular file behind an O_PATH descriptor."""
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    # Opening the descriptor again, through /proc, opens the same inode and follows no path a second
    # time: what was checked is what is read, even if the pod replaces the file in between.
    reader = os.open(f"/proc/self/fd/{opened}", flags)
    with os.fdopen(reader, "rb", buffering=0) as file:
        content = b""
        # One byte more than is allowed is asked for, which is what tells "exactly as much" from
        # "more".
        while len(content) <= LARGEST and (more := file.read(LARGEST + 1 - len(content))):
            content += more
    if len(content) > LARGEST:
        raise FabricError(
            f"the pod's {path} is larger than {LARGEST // 1024} KiB",
            hint="use --via pod for this pod",
        )
    return content


def _refused(path: str, error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return f"the pod's {path} leads through a link that leaves the pod"
    if error.errno in (errno.ENOSYS, errno.EPERM):
        return (
            f"the pod's {path} cannot be opened safely: openat2 needs Linux 5.6, and a seccomp "
            "profile that allows it"
        )
    return f"the pod's {path} cannot be opened: {error.strerror}"
