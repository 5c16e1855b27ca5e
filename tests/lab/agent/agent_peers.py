"""What listens on the server's side of the tests, in one process: responders, and peers that
misbehave on purpose.

Prints one line when everything listens.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import sys

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

from agent.serving.responder import bind, serve

RESET_PORT, SILENT_PORT, GARBAGE_PORT, EOF_PORT, SILENT_UDP_PORT = 7001, 7002, 7003, 7004, 7005
STATUS_PORT, ALERT_PORT, INTERIM_PORT, PROXY_PORT, BODY_PORT = 7006, 7007, 7008, 7009, 7010
ZONE = {
    ("web.example.", "A"): ["198.18.2.2"],
    ("web.example.", "AAAA"): ["2001:db8:2::2"],
    ("six.example.", "AAAA"): ["2001:db8:2::2"],
    ("pair.example.", "A"): ["198.18.2.2", "198.18.2.99"],
    ("api.ns.svc.cluster.example.", "A"): ["198.18.2.2"],
    ("big.example.", "TXT"): [f'"{index:0200d}"' for index in range(10)],
}


def answer(data: bytes, *, over_udp: bool) -> bytes | None:
    """What the test's zone says: names that begin with `servfail`, `refused` or `mute` are treated
    accordingly."""
    query = dns.message.from_wire(data)
    question = query.question[0]
    name = question.name.to_text().lower()
    response = dns.message.make_response(query)
    if name.startswith("mute"):
        return None
    for word in ("servfail", "refused"):
        if name.startswith(word):
            response.set_rcode(dns.rcode.from_text(word.upper()))
            return response.to_wire()
    records = ZONE.get((name, question.rdtype.name))
    if records:
        response.answer.append(
            dns.rrset.from_text(question.name, 5, "IN", question.rdtype, *records)
        )
    elif not any(known == name for known, _ in ZONE):
        response.set_rcode(dns.rcode.NXDOMAIN)
    wire = response.to_wire()
    if over_udp and len(wire) > 512:
        response.answer.clear()
        response.flags |= dns.flags.TC
        wire = response.to_wire()
    return wire


class _Dns(asyncio.DatagramProtocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = answer(data, over_udp=True)
        if reply is not None:
            self.transport.sendto(reply, addr)  # type: ignore[attr-defined]  # a datagram transport


async def _dns_stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    length = struct.unpack("!H", await reader.readexactly(2))[0]
    reply = answer(await reader.readexactly(length), over_udp=False)
    if reply is not None:
        writer.write(struct.pack("!H", len(reply)) + reply)
    writer.close()


async def _reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """RST after the connection was made."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    await asyncio.sleep(0.05)
    writer.transport.abort()


async def _silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


async def _garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"this is \x1b[31mno protocol\r\n")
    await reader.read()
    writer.close()


async def _close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.close()


async def _status(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 503 Service Unavailable\r\nServer: tests\r\nContent-Length: 0\r\n\r\n")
    writer.close()


async def _interim(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """An interim answer first, and the final one in pieces."""
    await reader.readuntil(b"\r\n\r\n")
    for piece in (
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTT",
        b"P/1.1 301 Moved\r\nLocation: /b\r\n\r",
        b"\n",
    ):
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.02)
    writer.close()


async def _body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A head that announces a body: which comes after it, is cut off, or never comes."""
    _, path, _ = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    await writer.drain()
    if path == b"/whole":
        writer.write(b"x" * 100000)
    if path == b"/lost":
        await reader.read()
    writer.close()


async def _proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A proxy: tunnels to anywhere but port 1, and answers for plain requests itself."""
    method, target, _ = (await reader.readuntil(b"\r\n\r\n")).decode().split(" ", 2)
    if method != "CONNECT":
        writer.write(
            b"HTTP/1.1 200 OK\r\nServer: proxy\r\nLocation: " + target.encode() + b"\r\n\r\n"
        )
    elif target.endswith(":1"):
        writer.write(b"HTTP/1.1 403 Forbidden\r\n\r\n")
    else:
        host, _, port = target.rpartition(":")
        there_reader, there_writer = await asyncio.open_connection(host.strip("[]"), int(port))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(_pump(reader, there_writer), _pump(there_reader, writer))
    writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()


async def _alert(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A TLS server that does not know itself by the client's name: fatal alert 112 (RFC 8446
    section 6.2)."""
    await reader.read(1)
    writer.write(bytes([21, 3, 3, 0, 2, 2, 112]))
    await reader.read()
    writer.close()


async def main() -> None:
    loop = asyncio.get_running_loop()
    listeners = [
        bind("echo", 8080),
        bind("http", 9090),
        bind("ssh", 22),
        bind("https", 8443),
        bind("tls", 8444),
        bind("udp-echo", 5353),
    ]
    serving = loop.create_task(serve(listeners, names=("web.example", "198.18.2.2")))
    for handler, port in (
        (_reset, RESET_PORT),
        (_silent, SILENT_PORT),
        (_garbage, GARBAGE_PORT),
        (_close, EOF_PORT),
        (_status, STATUS_PORT),
        (_interim, INTERIM_PORT),
        (_alert, ALERT_PORT),
        (_proxy, PROXY_PORT),
        (_body, BODY_PORT),
        (_dns_stream, 53),
    ):
        await asyncio.start_server(handler, ["198.18.2.2", "2001:db8:2::2"], port)
    for address in ("198.18.2.2", "2001:db8:2::2"):
        await loop.create_datagram_endpoint(_Dns, (address, 53))
        await loop.create_datagram_endpoint(asyncio.DatagramProtocol, (address, SILENT_UDP_PORT))
    await asyncio.sleep(0)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await serving


if __name__ == "__main__":
    asyncio.run(main())
