"""Puts the calling process on a slot of the lab: its network, its host name and its few files of
/etc."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from pathlib import Path

from prober.fabric.lab.keeper import kernel
from prober.fabric.lab.world.blueprint import ProcessSlot

_SCRATCH = "/tmp"  # noqa: S108 - only a place to mount on for a moment, in a mount namespace of our own
_NAME_CACHES = ("/run/nscd", "/var/run/nscd")
"""A name service daemon of the machine would answer from outside of the lab."""


def enter_slot(slot: ProcessSlot, space: int) -> None:
    """Enter the namespace `space` and see the slot's files. Nobody else sees a change. Raises
    `OSError`."""
    kernel.setns(space, kernel.CLONE_NEWNET)
    # A mount namespace for each process: its copy of the mounts is cheap (they are shared until
    # they change), and goes with the process.
    kernel.unshare(kernel.CLONE_NEWNS | kernel.CLONE_NEWUTS)
    kernel.mount("", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)
    kernel.sethostname(slot.hostname)
    _cover(slot.files)


def _cover(files: Mapping[str, str]) -> None:
    """Bind files over those of the machine, from a file system that exists nowhere else."""
    kernel.mount(
        "lab", _SCRATCH, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC, "mode=755"
    )
    try:
        for number, (target, content) in enumerate(files.items()):
            source = Path(_SCRATCH, str(number))
            source.write_text(content, encoding="utf-8")
            _bind(str(source), target)
        empty = Path(_SCRATCH, "empty")
        empty.mkdir()
        for directory in _NAME_CACHES:
            if Path(directory).is_dir():
                kernel.mount(str(empty), directory, flags=kernel.MS_BIND)
    finally:
        # The files stay reachable through their binds (a lazy umount), while the directory shows
        # again what it held.
        kernel.umount(_SCRATCH)


def _bind(source: str, target: str) -> None:
    """A machine without the file gets none: except for resolv.conf, its absence changes nothing."""
    try:
        # realpath, because /etc/resolv.conf is a link into /run on most machines, and mount(2)
        # follows it anyway: what matters is that the target exists.
        kernel.mount(source, os.path.realpath(target), flags=kernel.MS_BIND)
    except OSError as error:
        if error.errno == errno.ENOENT and not target.endswith("resolv.conf"):
            return
        raise
