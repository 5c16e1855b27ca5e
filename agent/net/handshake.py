"""The TLS handshake, and what it shows of the server.

The chain is verified as a client would, against the system's roots; the name is compared here,
apart from that, so that the evidence can say both. When the chain is not trusted, the library shows
nothing of the certificate: then a second connection reads it, unverified.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import functools
import ipaddress
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from cryptography import x509

from agent.evidence import classify
from agent.net import connect, sockets
from prober.model.outcome import TlsEvidence

T = TypeVar("T")

VERIFYING = ssl.create_default_context()
VERIFYING.check_hostname = False
READING = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
READING.check_hostname = False
READING.verify_mode = ssl.CERT_NONE
"""Both are made when this module is imported, before any probe is timed: reading the system's roots
takes a while."""


HTTP2 = "h2"
"""The name of HTTP/2 in ALPN (RFC 9113 section 3.2)."""
_extra: list[str] = []


def trust(authority: str) -> None:
    """From now on, trust this authority too (PEM): the one of a world that has its own."""
    VERIFYING.load_verify_locations(cadata=authority)
    _extra.append(authority)
    _for_http2.cache_clear()


@functools.cache
def _for_http2(*, verify: bool) -> ssl.SSLContext:
    """As the two above, and says that HTTP/2 is wanted. What is offered belongs to a context, not
    to a connection, so plain handshakes have one that offers nothing."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED if verify else ssl.CERT_NONE
    for authority in _extra:
        context.load_verify_locations(cadata=authority)
    context.set_alpn_protocols([HTTP2])
    return context


@dataclass(frozen=True, slots=True)
class Handshake:
    """How a handshake went. `sock` is there only when it was completed."""

    evidence: TlsEvidence
    sock: ssl.SSLSocket | None = None
    failure: OSError | None = None
    """What broke it off."""
    time_ms: float = 0.0
    unread: tuple[str, ...] = ()
    """Parts of the certificate that make no sense, and were left out."""


async def shake(
    sock: socket.socket,
    peer: tuple[str, int] | None,
    name: str,
    deadline: float,
    *,
    verify: bool,
    http2: bool = False,
) -> Handshake:
    """Take over a connected socket and do the handshake as a client of `name`, until `deadline`
    (loop time).

    `peer` is where a second connection goes, should the certificate have to be read without
    trusting it (None: not at all). Without `verify` nothing is checked but the name, which is only
    reported. `http2` offers HTTP/2 and nothing else.
    """
    started = asyncio.get_running_loop().time()
    try:
        context = _for_http2(verify=verify) if http2 else VERIFYING if verify else READING
        secured = await _secure(sock, context, name, deadline)
    except OSError as error:
        evidence = TlsEvidence(alert=classify.alert_of(error))
        time_ms = sockets.elapsed_ms(started)
        shown = Shown(TlsEvidence())
        if isinstance(error, ssl.SSLCertVerificationError):
            shown = await _read_unverified(peer, name, deadline) if peer else shown
            evidence = replace(shown.evidence, trusted=False, alert=evidence.alert)
        return Handshake(evidence, None, error, time_ms, shown.unread)
    shown = describe(secured, name)
    evidence = replace(shown.evidence, trusted=True if verify else None)
    return Handshake(evidence, secured, None, sockets.elapsed_ms(started), shown.unread)


async def _secure(
    sock: socket.socket, context: ssl.SSLContext, name: str, deadline: float
) -> ssl.SSLSocket:
    """The handshake itself. Raises `OSError`, and then has closed the socket."""
    try:
        secured = context.wrap_socket(
            sock, server_hostname=name.rstrip("."), do_handshake_on_connect=False
        )
    except (ValueError, TypeError) as error:  # no server's name, or one with a NUL in it
        sock.close()
        raise ssl.SSLError(0, f"{name!r} cannot be sent as a server's name: {error}") from error
    try:
        await sockets.patiently(secured, secured.do_handshake, deadline)
    except BaseException:
        secured.close()
        raise
    return secured


async def _read_unverified(peer: tuple[str, int], name: str, deadline: float) -> Shown:
    """What the server shows to a client that trusts everybody; empty when that does not come
    about."""
    connection = await connect.over_tcp(*peer, deadline)
    if connection.sock is None:
        return Shown(TlsEvidence())
    try:
        secured = await _secure(connection.sock, READING, name, deadline)
    except OSError:
        return Shown(TlsEvidence())
    with sockets.closing(secured):
        return describe(secured, name)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a handshake showed of the server."""

    evidence: TlsEvidence
    unread: tuple[str, ...] = ()
    """Parts of the certificate that make no sense, each with the class of the library's error."""


def describe(secured: ssl.SSLSocket, name: str) -> Shown:
    """Version, cipher and certificate of a finished handshake."""
    cipher = secured.cipher()
    evidence = TlsEvidence(version=secured.version() or "", cipher=cipher[0] if cipher else "")
    certificate = secured.getpeercert(binary_form=True)
    return read_certificate(evidence, certificate, name) if certificate else Shown(evidence)


def read_certificate(evidence: TlsEvidence, der: bytes, name: str) -> Shown:
    """The evidence with what a certificate says. Clients differ in what they accept, and the
    handshake was made: so a part that makes no sense is left out and named, and the others are
    read."""
    parts = _Parts()
    certificate = parts.read("encoding", lambda: x509.load_der_x509_certificate(der), None)
    if certificate is None:
        return Shown(evidence, tuple(parts.unread))
    no_names: tuple[str, ...] = ()
    names = parts.read("names", lambda: _names(certificate), no_names)
    end = parts.read("end of validity", lambda: certificate.not_valid_after_utc, None)
    left = end - datetime.datetime.now(datetime.UTC) if end else None
    read = replace(
        evidence,
        subject=parts.read("subject", lambda: _distinguished(certificate.subject), ""),
        issuer=parts.read("issuer", lambda: _distinguished(certificate.issuer), ""),
        names=names,
        not_after=end.strftime("%Y-%m-%dT%H:%M:%SZ") if end else "",
        days_left=round(left.total_seconds() / 86400, 1) if left else None,
        name_matches=any(matches(pattern, name) for pattern in names),
    )
    return Shown(read, tuple(parts.unread))


class _Parts:
    """Reads a certificate part by part."""

    def __init__(self) -> None:
        self.unread: list[str] = []

    def read(self, part: str, read: Callable[[], T], otherwise: T) -> T:
        """The part, or `otherwise` where it makes no sense.

        The library raises whatever its parsers meet: ValueError, TypeError, InvalidVersion,
        DuplicateExtension, UnsupportedGeneralNameType, OverflowError and others, and its Rust code
        a PanicException, which is no Exception.
        """
        try:
            return read()
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001 - see above: none of them is about anything but these bytes
            self.unread.append(f"the certificate's {part} cannot be read ({type(error).__name__})")
            return otherwise


def _distinguished(name: x509.Name) -> str:
    return name.rfc4514_string()


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    addresses = (str(address) for address in names.get_values_for_type(x509.IPAddress))
    return (*names.get_values_for_type(x509.DNSName), *addresses)


def matches(pattern: str, name: str) -> bool:
    """Does a certificate's name stand for `name` (RFC 9525 section 6.3): a `*` is exactly the first
    label."""
    try:
        return ipaddress.ip_address(pattern) == ipaddress.ip_address(name)
    except ValueError:
        pass
    wanted, given = (text.rstrip(".").lower() for text in (name, pattern))
    with contextlib.suppress(UnicodeError):
        wanted = wanted.encode("idna").decode("ascii")
    if given.startswith("*."):
        return "." in wanted and wanted.partition(".")[2] == given[2:]
    return wanted == given


def complaint(evidence: TlsEvidence, name: str) -> str:
    """Why a client would not accept this certificate, as one sentence; empty when it would."""
    if evidence.name_matches is False:
        return f"the certificate is for {', '.join(evidence.names) or 'no name'}, not for {name}"
    return ""
