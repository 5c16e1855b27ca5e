"""The control channel of a running lab: one JSON object a message, with open files alongside.

    build            (file: the blueprint)                      → built | failed
    run              {id, slot, kinds} (stdin, stdout, stderr)  → exited {id, code}
    spawn            {id, slot, argv}  (stdin, stdout, stderr)  → exited {id, code}
    kill             {id}
    enter            {slot}               → entrance {slot} (namespaces: net, mnt, pid, user)
    slots            {}                   → slots {ids}
    detach, stop     {}                   → done

A message is one packet of a SOCK_SEQPACKET socket, so neither side ever sees half of one.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from prober.fabric.lab.world.blueprint import ProcessSlot
from prober.model.bounds import plain
from prober.model.decoding import UNREADABLE
from prober.model.errors import FabricError

_LARGEST = 1 << 20
_MOST_FILES = 16


class _Kind(msgspec.Struct):
    kind: str


class _AtSlot(_Kind):
    slot: str


class _Process(_AtSlot):
    id: int


class _Run(_Process):
    kinds: list[str]


class _Spawn(_Process):
    argv: list[str]


class _Numbered(_Kind):
    id: int


class _Exited(_Numbered):
    code: int


class _KeeperStarted(_Kind):
    pid: int


class _Failed(_Kind):
    message: str
    hint: str = ""
    id: int | None = None


class _EntryFiles(_Kind):
    slot: ProcessSlot


_NEEDS: Mapping[str, type[_Kind]] = {
    "run": _Run,
    "spawn": _Spawn,
    "kill": _Numbered,
    "enter": _AtSlot,
    "exited": _Exited,
    "born": _KeeperStarted,
    "failed": _Failed,
    "entrance": _EntryFiles,
}
"""What a message of each kind has; one of another kind has nothing but that."""
_FILES: Mapping[str, int] = {"build": 1, "run": 3, "spawn": 3, "entrance": 4}
"""How many files come along, at least."""


@dataclass(frozen=True, slots=True)
class Message:
    """What came in. Whoever receives it closes the files."""

    body: Mapping[str, Any]
    files: tuple[int, ...] = ()

    @property
    def kind(self) -> str:
        return str(self.body.get("kind", ""))


def send(channel: socket.socket, kind: str, files: Sequence[int] = (), **body: Any) -> None:
    """Send one message. Raises `OSError` when the other side is gone, or `BlockingIOError` when it
    does not read."""
    packet = json.dumps({"kind": kind, **body}, separators=(",", ":")).encode()
    if files:
        socket.send_fds(channel, [packet], files)
    else:
        channel.send(packet)


def receive(channel: socket.socket) -> Message | None:
    """The next message; None when the other side has closed. Raises `FabricError` for a packet that
    is no message: its files are closed, and the next one can be read."""
    packet, files, _, _ = socket.recv_fds(channel, _LARGEST, _MOST_FILES)
    if not packet:
        return None
    try:
        return decode(packet, tuple(files))
    except FabricError:
        for file in files:
            os.close(file)
        raise


def decode(packet: bytes, files: tuple[int, ...] = ()) -> Message:
    """The message in a packet. Raises `FabricError` when its kind needs what it does not have."""
    try:
        kind = msgspec.json.decode(packet, type=_Kind).kind
        needs = _NEEDS.get(kind, _Kind)
        msgspec.json.decode(packet, type=needs)
        body: dict[str, Any] = msgspec.json.decode(packet, type=dict[str, Any])
    except UNREADABLE as error:
        raise FabricError(f"a message of the lab's channel cannot be read: {error}") from error
    if len(files) < _FILES.get(kind, 0):
        raise FabricError(f"the message {plain(kind, 40)!r} comes without its files")
    return Message(body, files)


def pair() -> tuple[socket.socket, socket.socket]:
    """Both ends of a channel, without a name that anybody else could connect to."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    return ours, theirs


def memory_file(name: str, content: bytes) -> int:
    """A file without a place, at its beginning, for what is too long for a message."""
    descriptor = os.memfd_create(name, os.MFD_CLOEXEC)
    with os.fdopen(os.dup(descriptor), "wb") as file:
        file.write(content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def read_all(descriptor: int) -> bytes:
    """The whole content of a file that was passed along; closes it."""
    with os.fdopen(descriptor, "rb") as file:
        file.seek(0)
        return file.read()
