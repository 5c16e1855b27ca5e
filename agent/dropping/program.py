"""The program that runs when the kernel gives up a packet, as instructions.

    copy 48 bytes of the packet, from its network header on
    go on if it is IPv4 or IPv6 and its source or destination is asked about, else end
    keep the bytes, the reason, the place in the kernel's code and the network namespace

The instruction set is in Documentation/bpf/standardization/instruction-set.rst of the kernel's
sources, the helpers in bpf-helpers(7). There is no loop and no jump backwards, so it ends.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

HEADER = 48
"""Bytes of a packet that are kept: IPv6 with the ports of what it carries, IPv4 with some
options."""
RECORD = struct.Struct(f"={HEADER}sQII")
"""What is kept: the packet's beginning, place, reason, network namespace."""
ADDRESS = 16
"""Bytes of an address that is asked about; an IPv4 one is padded with zeros behind it."""

_INSTRUCTION = struct.Struct("=BBhi")
_R0, _R1, _R2, _R3, _R4, _PACKET, _PLACE, _REASON, _CONTEXT, _FRAME = (
    0,
    1,
    2,
    3,
    4,
    6,
    7,
    8,
    9,
    10,
)
_LOOK_UP, _UPDATE, _READ_KERNEL = 1, 2, 113
_B, _H, _W, _DW = 0x10, 0x08, 0x00, 0x18
_SIZES = {1: _B, 2: _H, 4: _W, 8: _DW}
_KEPT, _SCRATCH, _ASKED = -RECORD.size - 16, -8, -RECORD.size - 16 - ADDRESS
"""Places on the stack: what is kept, eight bytes to read into, an address to look up."""


@dataclass(frozen=True, slots=True)
class Offsets:
    """Where this kernel has the members that are read."""

    head: int
    network_header: int
    device: int
    socket: int
    device_net: int
    socket_net: int
    net_number: int


def instructions(at: Offsets, asked: int, kept: int) -> bytes:
    """The program for maps with these descriptors: of addresses asked about, and of what is
    kept."""
    code = _Code()
    for register, argument in ((_PACKET, 0), (_PLACE, 8), (_REASON, 16)):
        code.load(8, register, _R1, argument)
    for place in range(_ASKED, 0, 8):
        code.store_zero(place)
    code.read(8, _PACKET, at.head)
    code.load(8, _CONTEXT, _FRAME, _SCRATCH)
    code.read(2, _PACKET, at.network_header)
    code.load(2, _R3, _FRAME, _SCRATCH)
    code.add(_R3, _CONTEXT)
    code.call_read(_KEPT, HEADER)
    code.jump_unless_zero(_R0, "end")
    code.load(1, _R0, _FRAME, _KEPT)
    code.shift_right(_R0, 4)
    code.jump_if(_R0, 4, "four")
    code.jump_if(_R0, 6, "six")
    code.jump("end")
    code.label("four")
    for part in (16, 12):
        code.copy(4, _KEPT + part, _ASKED)
        code.look_up(asked, _ASKED)
        code.jump_unless_zero(_R0, "keep")
    code.jump("end")
    code.label("six")
    for part in (24, 8):
        code.copy(8, _KEPT + part, _ASKED)
        code.copy(8, _KEPT + part + 8, _ASKED + 8)
        code.look_up(asked, _ASKED)
        code.jump_unless_zero(_R0, "keep")
    code.jump("end")
    code.label("keep")
    code.store(8, _KEPT + HEADER, _PLACE)
    code.store(4, _KEPT + HEADER + 8, _REASON)
    code.read(8, _PACKET, at.device)
    code.load(8, _CONTEXT, _FRAME, _SCRATCH)
    code.jump_if(_CONTEXT, 0, "no device")
    code.read(8, _CONTEXT, at.device_net)
    code.jump("net")
    code.label("no device")
    code.read(8, _PACKET, at.socket)
    code.load(8, _CONTEXT, _FRAME, _SCRATCH)
    code.jump_if(_CONTEXT, 0, "update")
    code.read(8, _CONTEXT, at.socket_net)
    code.label("net")
    code.load(8, _CONTEXT, _FRAME, _SCRATCH)
    code.read(4, _CONTEXT, at.net_number)
    code.copy(4, _SCRATCH, _KEPT + HEADER + 12)
    code.label("update")
    code.store_zero(_SCRATCH)
    code.update(kept, _KEPT, _SCRATCH)
    code.label("end")
    code.leave()
    return code.assembled()


class _Code:
    """Instructions, with labels for jumps forward."""

    def __init__(self) -> None:
        self._done: list[tuple[int, int, int, int, str]] = []
        self._labels: dict[str, int] = {}

    def _add(self, code: int, into: int = 0, source: int = 0, offset: int = 0, value: int = 0,
             label: str = "") -> None:  # fmt: skip
        self._done.append((code, into | source << 4, offset, value, label))

    def label(self, name: str) -> None:
        self._labels[name] = len(self._done)

    def load(self, size: int, into: int, base: int, offset: int) -> None:
        self._add(0x61 | _SIZES[size], into, base, offset)

    def store(self, size: int, place: int, register: int) -> None:
        self._add(0x63 | _SIZES[size], _FRAME, register, place)

    def store_zero(self, place: int) -> None:
        self._add(0x62 | _DW, _FRAME, 0, place)

    def copy(self, size: int, place: int, to: int) -> None:
        self.load(size, _R0, _FRAME, place)
        self.store(size, to, _R0)

    def add(self, into: int, register: int) -> None:
        self._add(0x0F, into, register)

    def shift_right(self, register: int, bits: int) -> None:
        self._add(0x77, register, value=bits)

    def _address(self, into: int, place: int) -> None:
        self._add(0xBF, into, _FRAME)
        self._add(0x07, into, value=place)

    def read(self, size: int, base: int, offset: int) -> None:
        """`size` bytes at `base + offset` of the kernel's memory into the scratch place."""
        self._add(0xBF, _R3, base)
        self._add(0x07, _R3, value=offset)
        self.call_read(_SCRATCH, size)

    def call_read(self, place: int, size: int) -> None:
        self._address(_R1, place)
        self._add(0xB7, _R2, value=size)
        self._add(0x85, value=_READ_KERNEL)

    def _map(self, descriptor: int) -> None:
        self._add(0x18, _R1, 1, 0, descriptor)
        self._add(0)

    def look_up(self, descriptor: int, place: int) -> None:
        self._map(descriptor)
        self._address(_R2, place)
        self._add(0x85, value=_LOOK_UP)

    def update(self, descriptor: int, key: int, value: int) -> None:
        self._map(descriptor)
        self._address(_R2, key)
        self._address(_R3, value)
        self._add(0xB7, _R4, value=0)
        self._add(0x85, value=_UPDATE)

    def jump(self, label: str) -> None:
        self._add(0x05, label=label)

    def jump_if(self, register: int, value: int, label: str) -> None:
        self._add(0x15, register, value=value, label=label)

    def jump_unless_zero(self, register: int, label: str) -> None:
        self._add(0x55, register, label=label)

    def leave(self) -> None:
        self._add(0xB7, _R0, value=0)
        self._add(0x95)

    def assembled(self) -> bytes:
        return b"".join(
            _INSTRUCTION.pack(
                code, registers, self._labels[label] - at - 1 if label else offset, value
            )
            for at, (code, registers, offset, value, label) in enumerate(self._done)
        )
