"""What a hostile server says is evidence at most: it holds no agent, fills no line, and ends no
probe with a defect."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import itertools
import ssl
import struct
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path

import dns.flags
import dns.message
import dns.rrset
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from agent.net.handshake import read_certificate
from agent.net.http_wire import Head
from agent.runner import run_plan
from agent.wire import encode_observation, encode_plan
from prober.fabric.ledger import Ledger, sealed
from prober.model.bounds import LONGEST_LINE, LONGEST_TEXT, MOST_ITEMS
from prober.model.outcome import Observation, Outcome, TlsEvidence
from prober.model.probe import Plan, Probe, ProbeKind

ROOT = Path(__file__).parents[3]
Speak = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def serving(speak: Speak) -> AsyncIterator[int]:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await speak(reader, writer)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def ask(probe: Probe) -> Observation:
    seen: list[Observation] = []
    await run_plan(Plan("v", (probe,)), seen.append)
    assert len(encode_observation(seen[0])) <= LONGEST_LINE
    return seen[0]


def dripping(start: bytes, rest: Iterable[bytes]) -> Speak:
    """A server that always has a byte more to say."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        for piece in rest:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.001)

    return speak


@pytest.mark.parametrize(
    "rest",
    [b"a", b"a: b\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"],
    ids=["one header", "headers", "interim answers"],
)
async def test_a_head_that_drips_ends_with_the_timeout(rest: bytes) -> None:
    start = b"" if rest.startswith(b"HTTP") else b"HTTP/1.1 200 OK\r\n"
    async with serving(dripping(start, itertools.repeat(rest))) as port:
        probe = Probe(
            "a", ProbeKind.HTTP, "127.0.0.1", port, url=f"http://127.0.0.1:{port}/", timeout=0.2
        )
        observation = await ask(probe)
    assert observation.outcome is Outcome.TIMEOUT, (
        "its end would be an error: a head that does not end, or no HTTP"
    )


async def test_a_tls_handshake_that_drips_ends_with_the_timeout() -> None:
    record = b"\x16\x03\x03\x40\x00"  # the beginning of a record of 16 KiB
    async with serving(dripping(record, itertools.repeat(b"\x02"))) as port:
        observation = await ask(Probe("a", ProbeKind.TLS, "127.0.0.1", port, timeout=0.2))
    assert observation.outcome in (Outcome.TIMEOUT, Outcome.ERROR)


async def test_a_dns_answer_that_drips_ends_with_the_timeout() -> None:
    async with serving(dripping(b"\xff\xff", itertools.repeat(b"x"))) as port:
        probe = Probe(
            "a",
            ProbeKind.DNS,
            "web.example.",
            port,
            server="127.0.0.1",
            transport="tcp",
            timeout=0.2,
        )
        observation = await ask(probe)
    assert observation.outcome is Outcome.DNS_TIMEOUT


def answering(*records: str) -> Speak:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        (length,) = struct.unpack("!H", await reader.readexactly(2))
        query = dns.message.from_wire(await reader.readexactly(length))
        answer = dns.message.make_response(query)
        kind = query.question[0].rdtype.name
        answer.answer.append(
            dns.rrset.from_text_list(query.question[0].name, 60, "IN", kind, records)
        )
        wire = answer.to_wire(max_size=65535)
        writer.write(struct.pack("!H", len(wire)) + wire)
        await writer.drain()

    return speak


@pytest.mark.parametrize("record", ["A", "TXT"])
async def test_a_dns_answer_of_53_kilobytes_is_cut_and_that_is_said(record: str) -> None:
    few = [f"198.18.{n // 250}.{n % 250}" for n in range(3_300)]
    records = few if record == "A" else [f'"{"x" * 250}{n:05}"' for n in range(200)]
    async with serving(answering(*records)) as port:
        probe = Probe(
            "a",
            ProbeKind.DNS,
            "big.example.",
            port,
            server="127.0.0.1",
            record=record,
            transport="tcp",
            timeout=5,
        )
        observation = await ask(probe)
    assert observation.outcome is Outcome.OK
    assert len(observation.evidence.dns[0].answers) == MOST_ITEMS
    assert len(observation.detail) <= LONGEST_TEXT
    assert (
        f"answers: {len(records) - MOST_ITEMS} of {len(records)} are left out"
        in observation.evidence.notes
    )


async def test_a_banner_and_headers_are_shown_without_what_a_terminal_acts_upon() -> None:
    async with serving(dripping(b"SSH-2.0-\x1b]0;owned\x07\xc2\x9b2J\r\n", ())) as port:
        observation = await ask(Probe("a", ProbeKind.TCP, "127.0.0.1", port, banner=True))
    assert observation.evidence.banner.isprintable()
    async with serving(dripping(b"HTTP/1.1 200 \x1b[2J\r\nServer: \x9b2J\x00\r\n\r\n", ())) as port:
        observation = await ask(
            Probe("a", ProbeKind.HTTP, "127.0.0.1", port, url=f"http://127.0.0.1:{port}/")
        )
    assert observation.evidence.http is not None
    assert (observation.evidence.http.reason + observation.evidence.http.server).isprintable()


def test_a_head_is_parsed_once_for_each_line_of_it() -> None:
    head, parsed = Head(), 0
    for end in range(1, 20_000):
        parsed += head.is_complete(b"HTTP/1.1 200 OK\r\nX: " + b"a" * end)
    assert not parsed
    assert head.is_complete(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 20_000 + b"\r\n\r\n")


def certificate(change: Callable[[bytes], bytes], *extensions: x509.ExtensionType) -> bytes:
    """A certificate for web.example, as DER, with something changed in its bytes."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "web.example")])
    now = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), 4711, now, now + datetime.timedelta(days=3650)
    )
    for extension in extensions or (x509.SubjectAlternativeName([x509.DNSName("web.example")]),):
        builder = builder.add_extension(extension, critical=False)
    return change(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER))


ODD = {
    "no certificate": lambda der: b"\x30\x03\x02\x01\x01",
    "empty": lambda der: b"\x30\x00",
    "cut off": lambda der: der[:-20],
    "an unknown version": lambda der: der.replace(
        b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x09", 1
    ),
    "a name that is no ASCII": lambda der: der.replace(
        b"\x82\x0bweb.example", b"\x82\x0bweb\xffexample", 1
    ),
    "an address of five bytes": lambda der: der.replace(
        b"\x82\x0bweb.example", b"\x87\x0bweb.example", 1
    ),
    "a name of another kind": lambda der: der.replace(
        b"\x82\x0bweb.example", b"\xa3\x0bweb.example", 1
    ),
    "an X.400 address": lambda der: der.replace(
        b"\x82\x0bweb.example", b"\xa3\x0b\x30\x09\x06\x03\x55\x04\x03\x0c\x02ab", 1
    ),
    "a subject that is no UTF-8": lambda der: der.replace(
        b"\x0c\x0bweb.example", b"\x0c\x0bweb\xff\xffxample"
    ),
    "a subject of another string type": lambda der: der.replace(
        b"\x0c\x0bweb.example", b"\x1e\x0bweb.example"
    ),
    "a month that there is not": lambda der: der.replace(b"260101", b"261301"),
    "a year before any": lambda der: der.replace(b"\x17\x0d260101", b"\x17\x0d000000"),
    "an empty serial number": lambda der: der.replace(b"\x02\x02\x12\x67", b"\x02\x00\x05\x00", 1),
    "an unknown curve": lambda der: der.replace(
        b"\x2a\x86\x48\xce\x3d\x03\x01\x07", b"\x2a\x86\x48\xce\x3d\x03\x01\x7f"
    ),
}


@pytest.mark.parametrize("change", ODD.values(), ids=ODD.keys())
def test_an_odd_certificate_is_read_as_far_as_it_makes_sense(
    change: Callable[[bytes], bytes],
) -> None:
    shown = read_certificate(TlsEvidence(version="TLSv1.3"), certificate(change), "web.example")
    assert shown.evidence.version == "TLSv1.3"
    assert all(" cannot be read (" in part for part in shown.unread)


def test_what_cannot_be_read_is_left_out_and_said() -> None:
    twice = certificate(lambda der: der.replace(b"\x55\x1d\x11", b"\x55\x1d\x13"), x509.BasicConstraints(True, 1),
                        x509.SubjectAlternativeName([x509.DNSName("web.example")]))  # fmt: skip
    shown = read_certificate(TlsEvidence(), twice, "web.example")
    assert shown.evidence.subject == "CN=web.example"
    assert shown.evidence.names == ()
    assert shown.unread == ("the certificate's names cannot be read (DuplicateExtension)",)


def _odd_server(folder: Path, change: Callable[[bytes], bytes]) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "web.example")])
    now = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    later = now + datetime.timedelta(days=3650)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 0x4711, now, later)
    der = change(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER))
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "both.pem").write_bytes(secret + ssl.DER_cert_to_PEM_cert(der).encode())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context


async def test_a_certificate_that_libraries_warn_about_leaves_the_stream_clean(
    tmp_path: Path,
) -> None:
    """A negative serial number: a warning on stderr would be a line of the probe pod's log."""
    context = _odd_server(
        tmp_path, lambda der: der.replace(b"\x02\x02\x47\x11", b"\x02\x02\xc7\x11", 1)
    )
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    plan = sealed(
        Plan("v", (Probe("a", ProbeKind.TLS, "127.0.0.1", port, verify=False, timeout=5),))
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "agent", "run", stdin=PIPE, stdout=PIPE, stderr=STDOUT, cwd=ROOT
    )
    output, _ = await process.communicate(encode_plan(plan) + b"\n")
    server.close()
    ledger = Ledger(plan)
    (observation, _) = [ledger.take(line) for line in output.splitlines()]
    assert ledger.ended
    assert observation is not None
    assert observation.evidence.tls is not None
    assert observation.evidence.tls.subject == "CN=web.example"
