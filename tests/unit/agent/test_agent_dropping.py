"""Looking into the kernel: its type information, the program, and what packets become."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import msgspec
import pytest

from agent.dropping import watch
from agent.dropping.btf import Types, of_this_kernel
from agent.dropping.packets import Naming, as_key, functions
from agent.dropping.program import HEADER, RECORD, Offsets, instructions
from agent.dropping.wire import Failure, Line
from prober.model.errors import FabricError

STRUCT, UNION, ENUM, TYPEDEF, INT = 4, 5, 6, 8, 1


class Btf:
    """A little type information, as a kernel's is laid out."""

    def __init__(self) -> None:
        self.strings, self.types = b"\0", b""

    def text(self, name: str) -> int:
        at = len(self.strings)
        self.strings += name.encode() + b"\0"
        return at if name else 0

    def add(self, name: str, kind: int, parts: int, reference: int, tail: bytes = b"") -> None:
        info = kind << 24 | parts
        self.types += struct.pack("=III", self.text(name), info, reference) + tail

    def member(self, name: str, reference: int, at: int) -> bytes:
        return struct.pack("=III", self.text(name), reference, at * 8)

    def whole(self) -> bytes:
        header = struct.pack(
            "=HBBIIIII", 0xEB9F, 1, 0, 24, 0, len(self.types), len(self.types), len(self.strings)
        )
        return header + self.types + self.strings


def kernel() -> Types:
    """`sk_buff` with `head` in a nameless union, and `net` with `ns.inum` behind a typedef."""
    made = Btf()
    made.add("u64", INT, 0, 8, b"\0\0\0\0")  # 1
    made.add("", UNION, 1, 8, made.member("head", 1, 0))  # 2
    made.add("sk_buff", STRUCT, 2, 24, made.member("first", 1, 0) + made.member("", 2, 16))  # 3
    made.add("ns_common", STRUCT, 1, 16, made.member("inum", 1, 8))  # 4
    made.add("ns_t", TYPEDEF, 0, 4)  # 5
    made.add("net", STRUCT, 1, 32, made.member("ns", 5, 16))  # 6
    reasons = struct.pack("=Ii", made.text("SKB_DROP_REASON_NETFILTER_DROP"), 12)
    made.add("skb_drop_reason", ENUM, 1, 4, reasons)
    return Types(made.whole())


def test_members_are_where_the_kernel_says() -> None:
    types = kernel()
    assert types.offset("sk_buff", "head") == 16
    assert types.offset("net", "ns.inum") == 24
    assert types.enumerators("skb_drop_reason") == {12: "SKB_DROP_REASON_NETFILTER_DROP"}
    with pytest.raises(FabricError, match="no sk_buff"):
        types.offset("sk_buff", "tail")


def test_what_is_no_type_information_is_an_error(tmp_path: Path) -> None:
    for data in (b"", b"\0" * 64):
        with pytest.raises(FabricError):
            Types(data)
    with pytest.raises(FabricError, match="cannot be read"):
        of_this_kernel(tmp_path / "none")


def test_the_program_only_jumps_forward_and_ends() -> None:
    code = instructions(Offsets(1, 2, 3, 4, 5, 6, 7), 8, 9)
    parts = list(struct.iter_unpack("=BBhi", code))
    jumps = [(at, one[2]) for at, one in enumerate(parts) if one[0] in (0x05, 0x15, 0x55)]
    assert jumps and all(by >= 0 and at + by + 1 < len(parts) for at, by in jumps)
    assert parts[-1][0] == 0x95


def packet(header: bytes, reason: int = 12, network: int = 7) -> bytes:
    return RECORD.pack(header.ljust(HEADER, b"\0"), 0x1010, reason, network)


V4 = bytes.fromhex("450000280000400040060000") + bytes((198, 18, 1, 5, 198, 18, 2, 9))
PORTS = struct.pack(">HH", 43210, 5432)
NAMING = Naming({12: "SKB_DROP_REASON_NETFILTER_DROP"}, ((0x1000, "nft_do_chain"),), 7)


def test_a_packet_is_told_by_its_flow() -> None:
    drop = NAMING.drop(packet(V4 + PORTS))
    assert drop is not None
    assert (drop.source, drop.source_port) == ("198.18.1.5", 43210)
    assert (drop.destination, drop.port, drop.protocol) == ("198.18.2.9", 5432, "tcp")
    assert (drop.reason, drop.place, drop.here) == ("NETFILTER_DROP", "nft_do_chain", True)


def test_what_has_no_ports_or_no_name_says_so() -> None:
    fragment = V4[:6] + b"\x00\x10" + V4[8:]
    drop = NAMING.drop(packet(fragment + PORTS, reason=99, network=8))
    assert drop is not None
    assert (drop.port, drop.reason, drop.here) == (0, "", False)
    assert NAMING.drop(packet(b"\x00" * HEADER)) is None


def test_the_newer_protocol_is_told_too() -> None:
    ends = b"".join(as_key(address) for address in ("2001:db8::5", "2001:db8::9"))
    drop = NAMING.drop(packet(bytes.fromhex("6000000000141140") + ends + PORTS))
    assert drop is not None
    assert (drop.source, drop.port, drop.protocol) == ("2001:db8::5", 5432, "udp")


def test_functions_are_known_where_their_addresses_are_shown(tmp_path: Path) -> None:
    file = tmp_path / "kallsyms"
    file.write_text("ffff2000 T late\nffff1000 t early\t[module]\nffff3000 d data\n")
    assert [name for _, name in functions(file)] == ["early", "late"]
    file.write_text("0000000000000000 T hidden\n")
    assert functions(file) == ()
    assert functions(tmp_path / "none") == ()


@pytest.mark.parametrize("line", [b"", b"{}", b'{"seconds": 1, "addresses": ["web"]}', b"\xff\n"])
def test_a_request_that_is_none_is_refused(
    line: bytes, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(line)))
    assert watch.main() == 2
    told = msgspec.json.decode(capsysbinary.readouterr().out, type=Line)
    assert isinstance(told, Failure)
