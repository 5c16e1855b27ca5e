"""Node.js: libuv's errors as `util.exceptionWithHostPort` words them, c-ares, node-fetch, undici,
kafkajs."""

from __future__ import annotations

from prober.symptom.form import Format, shape
from prober.symptom.model import Failure

FORMATS = (
    Format(
        "node: connect",
        "https://nodejs.org/api/errors.html#common-system-errors (lib/internal/errors.js)",
        "connect e",
        shape(r"\bconnect (?P<error>E[A-Z]{4,16}+) (?P<target>[^\s\"'`,;(){}|]{4,300}+)"),
    ),
    Format(
        "node: getaddrinfo",
        "https://nodejs.org/api/dns.html#error-codes",
        "getaddrinfo e",
        shape(
            r"getaddrinfo (?P<error>ENOTFOUND|EAI_\w{3,10}+|ENODATA|ETIMEOUT) «host»(?: "
            r"(?:«begin»[\w.-]{1,253}+:«port»))?"
        ),
        failure=Failure.NO_SUCH_HOST,
        protocol="",
    ),
    Format(
        "node: a DNS query",
        "https://nodejs.org/api/dns.html#error-codes",
        "query",
        shape(
            r"\bquery[A-Z]\w{0,6}+ (?P<error>ENOTFOUND|ENODATA|ETIMEOUT|ESERVFAIL|ECONNREFUSED) "
            r"«host»"
        ),
        protocol="",
        lookup=True,
    ),
    Format(
        "node-fetch: a request",
        "https://github.com/node-fetch/node-fetch (docs/ERROR-HANDLING.md)",
        ", reason: ",
        shape(
            r"request to «url» failed, reason: (?!connect E|getaddrinfo )(?P<error>[^\n]{1,200}+)"
        ),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "undici: attempted addresses",
        "https://undici.nodejs.org (ConnectTimeoutError)",
        "attempted address",
        shape(r"connect timeout error \(attempted address(?:es)?: «target»"),
        failure=Failure.TIMEOUT,
        said=True,
    ),
    Format(
        "undici: the socket's other end",
        "https://undici.nodejs.org/#/docs/api/Errors (SocketError)",
        "remoteaddress: '",
        shape(r"remoteaddress: '«address»',\s{1,4}+remoteport: «port»"),
        before=True,
    ),
    Format(
        "node: the name in a certificate",
        "https://nodejs.org/api/errors.html#err_tls_cert_altname_invalid",
        "does not match certificate",
        shape(r"does not match certificate's altnames: host: «host»"),
        failure=Failure.TLS,
        said=True,
    ),
)
