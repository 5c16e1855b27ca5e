"""bpf(2): maps, a program, and the tracepoint that it is attached to.

Through libc's syscall(2), since Python has no call of its own. Everything is held by descriptors:
when the process ends, however it ends, the kernel takes program and maps away.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from collections.abc import Iterator, Mapping

from prober.model.errors import FabricError

HASH, LRU_HASH = 1, 9
_RAW_TRACEPOINT = 17
_MAP_CREATE, _MAP_UPDATE, _MAP_NEXT_KEY, _PROG_LOAD, _RAW_TRACEPOINT_OPEN = 0, 2, 4, 5, 17
_NUMBERS: Mapping[str, int] = {
    "x86_64": 321, "aarch64": 280, "riscv64": 280, "ppc64le": 361, "s390x": 351,
    "loongarch64": 280,
}  # fmt: skip
"""The number of bpf(2), by machine (syscalls(2))."""
_ATTRIBUTES = 128
_LICENCE = b"Dual MIT/GPL\0"
"""The helper that reads the kernel's memory is for programs under a licence that goes with its
own."""
_LOG = 32 * 1024
_libc = ctypes.CDLL(None, use_errno=True)


def make_map(kind: int, key: int, value: int, entries: int) -> int:
    """Its descriptor. Raises `FabricError`."""
    return _call(_MAP_CREATE, struct.pack("=IIII", kind, key, value, entries), "make a map")


def put(descriptor: int, key: bytes, value: bytes) -> None:
    """Raises `FabricError`."""
    held = (
        ctypes.create_string_buffer(key, len(key)),
        ctypes.create_string_buffer(value, len(value)),
    )
    attributes = struct.pack("=IIQQQ", descriptor, 0, *map(ctypes.addressof, held), 0)
    _call(_MAP_UPDATE, attributes, "fill a map")


def keys(descriptor: int, size: int, at_most: int) -> Iterator[bytes]:
    """The keys of a map, each once."""
    following = ctypes.create_string_buffer(size)
    current = 0
    for _ in range(at_most):
        attributes = struct.pack("=IIQQ", descriptor, 0, current, ctypes.addressof(following))
        try:
            _call(_MAP_NEXT_KEY, attributes, "read a map")
        except FabricError:
            return  # ENOENT: that was the last
        yield following.raw
        previous = ctypes.create_string_buffer(following.raw, size)
        current = ctypes.addressof(previous)


def attach(instructions: bytes, tracepoint: str) -> int:
    """Load a program and attach it; it runs until the descriptor is closed. Raises `FabricError`
    with what the kernel's verifier says."""
    code = ctypes.create_string_buffer(instructions, len(instructions))
    licence, log = ctypes.create_string_buffer(_LICENCE), ctypes.create_string_buffer(_LOG)
    attributes = struct.pack(
        "=IIQQIIQ", _RAW_TRACEPOINT, len(instructions) // 8, ctypes.addressof(code),
        ctypes.addressof(licence), 1, _LOG, ctypes.addressof(log),
    )  # fmt: skip
    try:
        program = _call(_PROG_LOAD, attributes, "load a program")
    except FabricError as error:
        said = log.value.decode("ascii", "replace").strip().splitlines()
        raise FabricError(
            f"{error}{'; ' + said[-2] if len(said) > 1 else ''}", hint=error.hint
        ) from error
    name = ctypes.create_string_buffer(tracepoint.encode())
    try:
        opening = struct.pack("=QI", ctypes.addressof(name), program)
        return _call(_RAW_TRACEPOINT_OPEN, opening, f"attach to {tracepoint}")
    finally:
        os.close(program)


def _call(command: int, attributes: bytes, what: str) -> int:
    number = _NUMBERS.get(platform.machine())
    if number is None:
        raise FabricError(f"the number of bpf(2) is not known for {platform.machine()}")
    given = ctypes.create_string_buffer(attributes.ljust(_ATTRIBUTES, b"\0"), _ATTRIBUTES)
    result: int = _libc.syscall(
        ctypes.c_long(number),
        ctypes.c_int(command),
        ctypes.byref(given),
        ctypes.c_uint(_ATTRIBUTES),
    )
    if result < 0:
        error = ctypes.get_errno()
        raise FabricError(
            f"the kernel does not let this agent {what}: {os.strerror(error)}",
            hint="it needs CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN: prober install --enter-pods",
        )
    return result
