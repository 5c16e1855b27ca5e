"""Become a pod for the network: its namespace, its resolv.conf and hosts, and no right besides.

The pod is found by a container's id, which every runtime writes into the cgroup path of the
container's processes. What is entered is compared with the pod's addresses, so that nobody's
answers are taken for those of another pod.

It needs to see the node's processes (hostPID), SYS_PTRACE to look into them, SYS_ADMIN for setns(2)
and SETPCAP to empty the bounding set. All of that is given up before the first packet, and no
program that is executed afterwards gets it back (see `privileges`); NET_RAW stays, where it was
given, for echo requests.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.entering import privileges
from agent.entering.files import read_in_root
from agent.net.resolvconf import HOSTS, RESOLV_CONF
from prober.model.errors import FabricError

PROC = Path("/proc")
_LEAST_ID = 12
"""Characters that tell containers apart; a shorter id would match by chance."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the entered pod's names come from."""

    resolv_conf: Path
    hosts: Path


def enter(container: str, addresses: Sequence[str]) -> Place:
    """Enter the network of the container's pod, for good.

    Raises `FabricError` when it is not on this node, or may not be entered, or does not have all of
    `addresses`.
    """
    process = PROC / str(process_of(container))
    try:
        # The order matters. First both are opened, then the process is looked at again: a process
        # number that was given to another process before the opening is noticed, and one that is
        # given away later changes nothing, since descriptors stay with the process that they were
        # opened of. Only then is anything read or entered, and the rights go before the first
        # packet is sent.
        with _opened(process) as (root, namespace):
            _still(process, container)
            place = Place(_kept(root, RESOLV_CONF), _kept(root, HOSTS))
            # Only the network. With the pod's mount namespace too, everything that runs from here
            # on would be the pod's programs and libraries; so its two files are copied instead,
            # while they can be read.
            privileges.enter_network(namespace)
        privileges.keep_only(privileges.NET_RAW)
    except (FileNotFoundError, ProcessLookupError) as error:
        raise FabricError(
            "the pod ended while its network was entered", hint="run again"
        ) from error
    except OSError as error:
        raise FabricError(
            f"this agent may not enter the networks of pods: {error}",
            hint="install agents that may: prober install --enter-pods; or use --via pod",
        ) from error
    # By what it can do and not by what it is called: the container's id came from the API server,
    # the process from the node, and between the two a pod may have been replaced. A pod that has
    # the address is the pod that the plan is for, as far as the network is concerned.
    if missing := [address for address in addresses if not _is_own(address)]:
        raise FabricError(
            f"the network that was entered does not have the pod's address {missing[0]}",
            hint="the pod was replaced meanwhile: run again",
        )
    return place


@contextlib.contextmanager
def _opened(process: Path) -> Iterator[tuple[int, int]]:
    """The process's root directory and its network namespace, open. Whoever gets its number after
    it has ended is not meant: both stay those of this process."""
    root = os.open(process / "root", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        namespace = os.open(process / "ns/net", os.O_RDONLY | os.O_CLOEXEC)
        try:
            yield root, namespace
        finally:
            os.close(namespace)
    finally:
        os.close(root)


def _still(process: Path, container: str) -> None:
    """Its number was not given to another process before it was opened. Raises `OSError`."""
    if process_of(container) != int(process.name):
        raise ProcessLookupError(errno.ESRCH, os.strerror(errno.ESRCH))


def process_of(container: str, proc: Path = PROC) -> int:
    """The first process of the container. Raises `FabricError` when no process of it can be seen.

    The oldest one: a container may start others in networks of their own, but its first is in the
    pod's.
    """
    if len(container) < _LEAST_ID:
        raise FabricError(
            f"{container!r} is no id of a container", hint="this is a defect of prober: report it"
        )
    processes = [
        (started, process)
        for process, cgroup, started in _processes(proc)
        # Only the last part of the path: a container that runs containers of its own (a CI runner,
        # kind) has processes whose cgroups are below its own, and these may be in other networks.
        # Runtimes decorate the id (`cri-containerd-<id>.scope`, `crio-<id>.scope`), so it is looked
        # for inside of the part.
        if container in cgroup.rpartition("/")[2]
    ]
    if not processes:
        raise FabricError(
            (
                f"no process of container {container[:_LEAST_ID]} is on this node, or the agent "
                "may not see it"
            ),
            hint=(
                "the pod may have been replaced: run again; the agent needs hostPID (prober "
                "install --enter-pods)"
            ),
        )
    # `started` comes first in the pair, and so decides.
    return min(processes)[1]


def _processes(proc: Path) -> Iterator[tuple[int, str, int]]:
    """Process number, the end of its longest cgroup path, and when it was started (in clock ticks
    after boot)."""
    for entry in proc.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            paths = (entry / "cgroup").read_text(errors="replace").splitlines()
            # A process names itself, also with brackets and with bytes that are no text.
            stat = (entry / "stat").read_text(errors="replace")
            started = int(stat.rpartition(")")[2].split()[19])
        except (OSError, IndexError, ValueError):  # it has ended
            continue
        # With cgroup v1 there is one line for each controller, and some may be at the root; with v2
        # there is one. The longest path is the one that names the container, in both.
        yield int(entry.name), max(paths, key=len, default=""), started


def _kept(root: int, file: Path) -> Path:
    """A copy of the pod's own file that can still be read when the right to look into the pod is
    gone."""
    content = read_in_root(root, str(file))
    # A file in memory: the agent's pod has a read-only root and no volume, and the resolver wants a
    # path. `/proc/self/fd/N` is one, for as long as the descriptor is open.
    descriptor = os.memfd_create(file.name, os.MFD_CLOEXEC)
    with os.fdopen(os.dup(descriptor), "wb") as copy:
        copy.write(content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return Path(f"/proc/self/fd/{descriptor}")


def _is_own(address: str) -> bool:
    """Is it an address of the network that this process is in: only then can a socket have it."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        # bind(2) refuses an address that no interface of this namespace has (EADDRNOTAVAIL), unless
        # net.ipv4.ip_nonlocal_bind is set, which is per namespace and off by default. It needs no
        # netlink and no parsing.
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.bind((address, 0))
    except OSError:
        return False
    return True
