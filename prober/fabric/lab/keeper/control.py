"""The control channel of a running lab: one JSON object a message, with open files alongside.

    build            (file: the blueprint)           → built | failed run              {id, seat,
    kinds} (stdin, stdout, stderr)  → exited {id, code} spawn            {id, seat, argv}  (stdin,
    stdout, stderr)  → exited {id, code} kill             {id} enter            {seat}
    → entrance {seat} (namespaces: net, mnt, pid, user) seats            {}
    → seats {ids} detach, stop     {}                              → done

A message is one packet of a SOCK_SEQPACKET socket, so neither side ever sees half of one.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_LARGEST = 1 << 20
_MOST_FILES = 16


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
    """The next message; None when the other side has closed."""
    packet, files, _, _ = socket.recv_fds(channel, _LARGEST, _MOST_FILES)
    if not packet:
        return None
    return Message(json.loads(packet), tuple(files))


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
