"""What the lab needs from the machine, and what to tell a person when it is not there."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

from prober.fabric.lab.keeper import kernel
from prober.fabric.lab.keeper.load_rules import find_nft
from prober.model.errors import FabricError, ProberError

_CAP_NET_ADMIN, _CAP_SYS_ADMIN = 12, 21
_SWITCHES = (
    ("kernel.unprivileged_userns_clone", "0"),
    ("user.max_user_namespaces", "0"),
    ("user.max_net_namespaces", "0"),
    ("kernel.apparmor_restrict_unprivileged_userns", "1"),
)
"""Settings that forbid namespaces, with the value that does."""


def needs_user_namespace() -> bool:
    """Does this process lack the capabilities to make network namespaces by itself."""
    if os.geteuid() != 0:
        return True
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("CapEff:"):
            effective = int(line.split()[1], 16)
            return not (effective >> _CAP_NET_ADMIN & 1 and effective >> _CAP_SYS_ADMIN & 1)
    return True


def check() -> None:
    """Raise a `FabricError` with a hint when the lab certainly cannot be built here. Cheap: nothing
    is made."""
    if not sys.platform.startswith("linux"):
        raise FabricError(
            (
                f"the lab needs Linux: it is made of network namespaces, which {sys.platform} "
                "does not have"
            ),
            hint="run it in a Linux virtual machine or container",
        )
    if not find_nft():
        raise FabricError(
            "the lab needs nft, which is not on the PATH",
            hint="install nftables, as in: apt install nftables",
        )


def missing() -> str:
    """Why the lab cannot run here, in one sentence; empty when it can. Tries, and leaves nothing
    behind."""
    try:
        check()
        _try_namespaces()
    except ProberError as error:
        return str(error)
    return ""


def _try_namespaces() -> None:
    """In a child process, which takes what it made with it."""
    flags = kernel.CLONE_NEWNET | kernel.CLONE_NEWNS | kernel.CLONE_NEWPID
    if needs_user_namespace():
        flags |= kernel.CLONE_NEWUSER
    child = os.fork()
    if child == 0:
        try:
            kernel.unshare(flags)
        except OSError as error:
            os._exit(error.errno or errno.EIO)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    number = os.waitstatus_to_exitcode(status)
    if number:
        raise no_namespaces(number)


def no_namespaces(number: int) -> FabricError:
    """The error for an errno that making namespaces ended with, with the setting that forbids it if
    one is found."""
    culprits = [
        f"{name}={_setting(name)}" for name, forbidding in _SWITCHES if _setting(name) == forbidding
    ]
    if culprits and needs_user_namespace():
        hint = (
            f"{' and '.join(culprits)} forbids it: change that with sysctl -w as root, or run as "
            "root"
        )
    elif number == errno.ENOSPC:
        hint = (
            "a limit is reached: raise user.max_user_namespaces and user.max_net_namespaces with "
            "sysctl -w"
        )
    else:
        hint = (
            "run as root, or allow user namespaces (sysctl kernel.unprivileged_userns_clone=1, "
            "user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns=0); a "
            "container needs "
            "CAP_SYS_ADMIN and CAP_NET_ADMIN, or a seccomp profile that allows unshare"
        )
    return FabricError(f"the lab may not make namespaces here: {os.strerror(number)}", hint=hint)


def _setting(name: str) -> str:
    try:
        return Path("/proc/sys", *name.split(".")).read_text(encoding="ascii").strip()
    except OSError:
        return ""
