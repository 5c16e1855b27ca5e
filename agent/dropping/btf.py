"""The kernel's type information (BTF): where the members of its structures are, and what its enums
are called.

Offsets differ from kernel to kernel, and this is what every kernel since 5.4 says of itself. The
format is described in Documentation/bpf/btf.rst of the kernel's sources.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from prober.model.errors import FabricError

FILE = Path("/sys/kernel/btf/vmlinux")
LARGEST = 64 * 1024 * 1024
_MAGIC = 0xEB9F
_HEADER = struct.Struct("=HBBIIIII")
_TYPE = struct.Struct("=III")
_MEMBER = struct.Struct("=III")
_ENUMERATOR = struct.Struct("=Ii")
_STRUCT, _UNION, _ENUM = 4, 5, 6
_QUALIFIERS = (8, 9, 10, 11, 18)
"""typedef, volatile, const, restrict and type_tag: they mean the type behind them."""
_MORE = {1: (4, 0), 3: (12, 0), 4: (0, 12), 5: (0, 12), 6: (0, 8), 13: (0, 8), 14: (4, 0),
         15: (0, 12), 17: (4, 0), 19: (0, 12)}  # fmt: skip
"""By kind, the bytes that follow the description of a type: once, and for each of its parts."""


@dataclass(frozen=True, slots=True)
class _Type:
    kind: int
    parts: int
    large_offsets: bool
    reference: int
    at: int
    """Where its parts begin."""


class Types:
    """All types of a kernel."""

    def __init__(self, data: bytes) -> None:
        """Raises `FabricError` when it is no BTF."""
        try:
            magic, _, _, header, begin, length, strings, _ = _HEADER.unpack_from(data)
        except struct.error as error:
            raise FabricError("the kernel's type information is empty") from error
        if magic != _MAGIC:
            raise FabricError("the kernel's type information has another byte order")
        self._data = data
        self._strings = header + strings
        self._types: list[tuple[int, int, int, int]] = [(0, 0, 0, 0)]
        self._named: dict[str, int] = {}
        self._read(header + begin, header + begin + length)

    def _read(self, at: int, end: int) -> None:
        wanted = {self._text_at(name): name for name in self._places_of(_LOOKED_FOR)}
        numbers = {place: text for text, place in wanted.items()}
        while at < end:
            name, info, reference = _TYPE.unpack_from(self._data, at)
            kind, parts = (info >> 24) & 0x1F, info & 0xFFFF
            at += _TYPE.size
            if name in numbers and kind in (_STRUCT, _UNION, _ENUM):
                self._named.setdefault(numbers[name], len(self._types))
            self._types.append((info, reference, at, name))
            once, each = _MORE.get(kind, (0, 0))
            at += once + each * parts

    def _places_of(self, names: tuple[str, ...]) -> Iterator[int]:
        for name in names:
            at = self._data.find(b"\0" + name.encode() + b"\0", self._strings)
            if at >= 0:
                yield at + 1 - self._strings

    def _text_at(self, place: int) -> str:
        begin = self._strings + place
        return self._data[begin : self._data.index(b"\0", begin)].decode("ascii", "replace")

    def _type(self, number: int) -> _Type:
        info, reference, at, _ = self._types[number]
        return _Type((info >> 24) & 0x1F, info & 0xFFFF, bool(info >> 31), reference, at)

    def offset(self, structure: str, path: str) -> int:
        """Bytes from the beginning of `structure` to its member `path` (as in `ns.inum`).

        Members of nameless structures and unions in it count as its own. Raises `FabricError` when
        this kernel has no such member.
        """
        number, total = self._named.get(structure), 0
        for name in path.split("."):
            member = self._member(number, name) if number is not None else None
            if member is None:
                raise FabricError(f"this kernel has no {structure}.{path}")
            total += member[0]
            number = self._behind(member[1])
        return total

    def _member(self, number: int, name: str) -> tuple[int, int] | None:
        """Offset in bytes and type of a member."""
        told = self._type(number)
        if told.kind not in (_STRUCT, _UNION):
            return None
        for part in range(told.parts):
            called, reference, bits = _MEMBER.unpack_from(self._data, told.at + part * _MEMBER.size)
            offset = (bits & 0xFFFFFF if told.large_offsets else bits) // 8
            text = self._text_at(called) if called else ""
            if text == name:
                return offset, reference
            inner = None if text else self._member(self._behind(reference), name)
            if inner is not None:
                return offset + inner[0], inner[1]
        return None

    def _behind(self, number: int) -> int:
        while (told := self._type(number)).kind in _QUALIFIERS:
            number = told.reference
        return number

    def enumerators(self, name: str) -> Mapping[int, str]:
        """The names of an enum's values; empty where this kernel has no such enum."""
        number = self._named.get(name)
        told = self._type(number) if number is not None else None
        if told is None or told.kind != _ENUM:
            return {}
        pairs = (
            _ENUMERATOR.unpack_from(self._data, told.at + part * _ENUMERATOR.size)
            for part in range(told.parts)
        )
        return {value: self._text_at(text) for text, value in pairs}


_LOOKED_FOR = ("sk_buff", "net_device", "net", "sock", "skb_drop_reason")


def of_this_kernel(file: Path = FILE) -> Types:
    """Raises `FabricError` when this kernel does not say."""
    try:
        with file.open("rb") as stream:
            return Types(stream.read(LARGEST))
    except OSError as error:
        raise FabricError(
            f"the kernel's type information cannot be read: {error}",
            hint="kernels have it from 5.4 on, where they were built with CONFIG_DEBUG_INFO_BTF",
        ) from error
