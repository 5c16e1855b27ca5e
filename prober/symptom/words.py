"""The words in which runtimes say how a connection failed: one table, matched without regard to
case.

Sources: errno(3) and strerror(3) of glibc and musl, gai_strerror(3), Go's `net` and `crypto/tls`,
the JDK's `java.net`, libuv's error names, Winsock's texts as .NET prints them, c-ares'
`ares_strerror`, OpenSSL's reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from prober.symptom.cut import cut_off
from prober.symptom.locales import LOCALES
from prober.symptom.model import Failure

_ENGLISH: Mapping[Failure, tuple[str, ...]] = {
    Failure.REFUSED: (
        "connection refused", "econnrefused", "actively refused", "connectionrefused", "errno 111",
        "os error 111", "errno=111", "errno: -111", "connect error: 111", "connect_error:_111",
        "connection_refused", "returned error 111", "port unreachable",
        "err_connection_refused", "refused connection at",
    ),
    Failure.TIMEOUT: (
        "timed out", "i/o timeout", "deadline exceeded", "deadline_exceeded", "etimedout",
        "timeout expired", "timeout was reached", "connection timeout", "connect timeout",
        "execution expired", "timedout", "errno 110", "os error 110", "errno=110", "errno: -110",
        "client.timeout exceeded", "tls handshake timeout", "timeouterror", "timeoutexception",
        "deadline has elapsed", "timeout exceeded while connecting", "did not properly respond",
        "connected host has failed to respond", "connect_timeout[", "connection_timeout",
        "connect error: 110", "connect_error:_110", "returned error 110", "timeout occurred",
        "request canceled while waiting for connection", "ms exceeded",
        "err_connection_timed_out", "net::err_timed_out", "net::opentimeout",
        "net::readtimeout", "net::writetimeout", "timeout connecting to", "read timeout reached",
        "connect_write timeout reached",
        "write timeout reached", "no recent network activity", "timeout awaiting response headers",
        "timeoutconnect exceeded",
    ),
    Failure.RESET: (
        "connection reset", "connection reset by", "econnreset", "reset by peer", "errno 104",
        "os error 104", "errno=104", "errno: -104", "connectionreset",
        "forcibly closed by the remote host", "connection_reset", "err_connection_reset",
    ),
    Failure.UNREACHABLE: (
        "no route to host", "ehostunreach", "enetunreach", "network is unreachable",
        "network unreachable", "host is unreachable", "host unreachable", "hostunreach",
        "host is down", "errno 113", "errno 101", "os error 113", "os error 101", "errno=113",
        "errno=101", "unreachable network", "unreachable host", "connect error: 113",
        "connect_error:_113", "returned error 113", "noroutetohost",
    ),
    Failure.NO_SUCH_HOST: (
        "no such host", "name or service not known", "nodename nor servname", "enotfound",
        "could not resolve host", "could not resolve proxy", "could not resolve address",
        "unknownhostexception", "unknown host", "name does not resolve",
        "no address associated with", "non-existing domain", "nxdomain", "host not found",
        "domain name not found", "dns server returned answer with no data", "enodata", "errno -2]",
        "errno -5]", "no addresses found", "remote name could not be resolved",
        "query name does not exist",
        "no records found for", "no record found for", "err_name_not_resolved",
    ),
    Failure.DNS_TIMEOUT: (
        "temporary failure in name resolution", "eai_again", "could not contact dns servers",
        "timeout while contacting dns servers", "etimeout", "resolving timed out", "errno -3]",
        "no servers could be reached", "resource temporarily unavailable",
        "address information: try again",
    ),
    Failure.DNS_SERVFAIL: (
        "server misbehaving", "servfail", "dns server returned general failure", "server failure",
        "non-recoverable failure in name resolution", "errno -4]",
    ),
    Failure.TLS: (
        "x509:", "certificate verify failed", "certificate_verify_failed", "certificate has expir"
                                                                           "ed",
        "ssl routines", "handshake failure", "handshake_failure", "sslhandshakeexception",
        "sslexception",
        "pkix path", "self-signed certificate", "self signed certificate", "unable to verify the "
                                                                           "first certificate",
        "unable to get local issuer", "unable to get issuer", "certificate signed by unknown",
        "wrong version number",
        "wrong_version_number", "ssl certificate problem", "server gave http response to https "
                                                           "client",
        "invalid peer certificate", "does not match certificate", "remote error: tls:",
        "tls: failed to verify", "tls: first record does not look", "tls: handshake", "tls: bad",
        "tls: unknown", "tls: server selected", "tls: invalid",
        "tls: protocol version", "tls: no supported", "tls_error", "tls error",
        "certificate is not trusted", "certificate problem",
        "does not support ssl", "ssl handshake failed", "ssl connection could not be established",
        "remote certificate is invalid",
        "unknown ca", "malformed http response \"\\x15", "ssl error", "ssl_error", "sslerror",
        "unrecognized ssl message", "sslv3 alert", "tlsv1 alert", "cert_has_expired",
        "hostname mismatch", "doesn't match certificate",
        "depth_zero_self_signed_cert", "self_signed_cert_in_chain", "unable_to_verify_leaf_signat"
                                                                    "ure",
        "unable_to_get_issuer_cert_locally", "err_tls_cert_altname_invalid",
        "certificate verification failed", "cannot verify",
        "no alternative certificate subject name",
    ),
    Failure.CLOSED: (
        ": eof", "unexpected eof", "broken pipe", "epipe", "closed the connection",
        "closed connection", "connection closed", "connection was closed",
        "connection has been closed", "remote end closed", "remotedisconnected", "socket hang up",
        "server disconnected", "premature close", "prematurely closed",
        "empty reply from server", "other side closed", "eofexception", "server closed idle conne"
                                                                        "ction",
        "client connection lost", "connection_termination", "closedchannelexception", "eoferror",
        "connection terminated", "software caused connection abort",
        "closed unexpectedly", "connection unexpectedly closed",
        "failed to respond", "disconnected before secure tls", "err_connection_closed",
        "incompletemessage", "connection lost",
    ),
}  # fmt: skip
PHRASES: Mapping[Failure, tuple[str, ...]] = {
    failure: (*phrases, *LOCALES.get(failure, ())) for failure, phrases in _ENGLISH.items()
}

ERRNO: Mapping[int, Failure] = {
    111: Failure.REFUSED,
    110: Failure.TIMEOUT,
    115: Failure.TIMEOUT,  # EINPROGRESS: what MariaDB's client says when its time is up
    104: Failure.RESET,
    113: Failure.UNREACHABLE,
    101: Failure.UNREACHABLE,
    112: Failure.UNREACHABLE,
    32: Failure.CLOSED,
    -2: Failure.NO_SUCH_HOST,
    -5: Failure.NO_SUCH_HOST,
    -3: Failure.DNS_TIMEOUT,
    -4: Failure.DNS_SERVFAIL,
}
"""Linux' numbers, and getaddrinfo's where they are negative."""

FOUND_AT_MOST = 32
"""How often one phrase is looked at in one line."""

_UPPER = {ord(char): ord(char) + 32 for char in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


@dataclass(frozen=True, slots=True)
class Word:
    """An error word in a text."""

    start: int
    end: int
    failure: Failure


def lowered(text: str) -> str:
    """ASCII lower case: as long as the text, so that places in one are places in the other."""
    return text.translate(_UPPER)


def places(text: str, phrase: str) -> Iterator[int]:
    """Where `phrase` is in `text`, at most FOUND_AT_MOST times."""
    at = text.find(phrase)
    for _ in range(FOUND_AT_MOST):
        if at < 0:
            return
        yield at
        at = text.find(phrase, at + len(phrase))


@lru_cache(maxsize=8)
def words(text: str) -> tuple[Word, ...]:
    """Every error word in `text`, in order; of two that begin at one place the longer, none inside
    another."""
    low = lowered(text)
    by_start: dict[int, Word] = {}
    for failure, phrases in PHRASES.items():
        for phrase in phrases:
            for at in places(low, phrase) if phrase in low else ():
                known = by_start.get(at)
                if known is None or known.end < at + len(phrase):
                    by_start[at] = Word(at, at + len(phrase), failure)
    out: list[Word] = []
    for at in sorted(by_start):
        if not out or by_start[at].end > out[-1].end:
            out.append(by_start[at])
    cut = cut_off(low)
    if cut and (not out or cut[0] >= out[-1].end):
        out.append(Word(*cut))
    return tuple(out)


def first_word(text: str, start: int = 0, end: int | None = None) -> Word | None:
    """The first error word in `text[start:end]`."""
    limit = len(text) if end is None else end
    return next((word for word in words(text) if word.start >= start and word.end <= limit), None)
