"""Targets in text form: `SCHEME://PLACE[:PORT][/PATH][?OPTIONS]`, or as reports write them,
`PLACE:PORT[/PROTOCOL]`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from prober.model.protocol import PROTOCOLS, Scheme
from prober.scenario.errors import BadReference
from prober.scenario.hints import did_you_mean
from prober.scenario.protocols import TABLE
from prober.scenario.refs import DEFAULT_PORTS, ObjectRef, Place, RefKind, TargetRef
from prober.scenario.text.options import any_option, only_options, parse_options
from prober.scenario.text.source import is_object, parse_named, parse_object
from prober.scenario.text.words import host_problem, is_address, port_problem

EXAMPLES = (
    "write tcp://HOST:PORT, tcp://svc/NAME.NAMESPACE:PORT, udp://…, dns://NAME@SERVER, "
    "https://HOST/PATH, tls://HOST:PORT, grpc://HOST:PORT or icmp://HOST"
)
_PLAIN = re.compile(r"(?P<place>.+):(?P<port>[^:/]*)(/(?P<protocol>[^:/]*))?")
_ECHO = "/icmp"
_PLAIN_SCHEMES = {"tcp": Scheme.TCP, "udp": Scheme.UDP, "sctp": Scheme.SCTP}
"""The protocols after a port, in any case; TCP where none is written."""
PLAIN_EXAMPLES = "as in shop/db-0:5432, github.com:22, svc/web.shop:80 or shop/dns-0:53/udp"
_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://")
_FORBIDDEN = re.compile(r"[\s\x00-\x1f\x7f\\\"<>`{}|^]")


def parse_target(text: str, default_namespace: str = "") -> TargetRef:
    """What `to:` says, as in `tcp://github.com:22`, `http://svc/web.shop/health?status=200`,
    `dns://github.com` or, as reports write a flow, `shop/db-0:5432`, `svc/web.shop:80/udp` and
    `node/n2/icmp`.

    `default_namespace` is used for objects whose text names none. Raises `BadReference`.
    """
    text = text.strip()
    if text and "://" not in text:
        return _plain(text, default_namespace)
    scheme = _scheme(text)
    start = len(scheme) + len("://")
    if TABLE[scheme].grammar == "question":
        return _question(text, scheme, start, default_namespace)
    question = text.find("?", start)
    end = len(text) if question < 0 else question
    if TABLE[scheme].grammar == "url":
        return _url(text, scheme, start, end, default_namespace)
    options = parse_options(text, end + 1, scheme) if question >= 0 else {}
    place = _place(text, start, end, scheme, default_namespace)
    _check_sni(text, place, options)
    return TargetRef(scheme, place, **options)


def _scheme(text: str) -> Scheme:
    match = _SCHEME.match(text)
    if match is None:
        problem = "says no protocol" if text else "the target is missing"
        raise BadReference(text, 0, problem, hint=EXAMPLES)
    word = match["scheme"].lower()
    if word not in list(Scheme):
        hint = did_you_mean(word, list(Scheme)) or EXAMPLES
        raise BadReference(text, 0, f"`{word}` is not a protocol that can be probed", hint=hint)
    return Scheme(word)


def _plain(text: str, default_namespace: str) -> TargetRef:
    """A target without `SCHEME://`."""
    if text.lower().endswith(_ECHO):
        stop = len(text) - len(_ECHO)
        return TargetRef(Scheme.ICMP, _place(text, 0, stop, Scheme.ICMP, default_namespace))
    match = _PLAIN.fullmatch(text)
    if match is None:
        raise BadReference(text, len(text), "names no port", hint=PLAIN_EXAMPLES)
    protocol = "tcp" if match["protocol"] is None else match["protocol"].lower()
    if protocol not in _PLAIN_SCHEMES:
        problem = (
            f"names no port and protocol: `{match['protocol']}` is not {', '.join(_PLAIN_SCHEMES)}"
        )
        raise BadReference(text, match.start("protocol"), problem, hint=PLAIN_EXAMPLES)
    scheme = _PLAIN_SCHEMES[protocol]
    return TargetRef(scheme, _place(text, 0, match.end("port"), scheme, default_namespace))


def _question(text: str, scheme: Scheme, start: int, default_namespace: str) -> TargetRef:
    question = text.find("?", start)
    end = len(text) if question < 0 else question
    options = parse_options(text, end + 1, scheme) if question >= 0 else {}
    at = text.find("@", start, end)
    name = text[start : end if at < 0 else at]
    problem = host_problem(name)
    if problem or is_address(name):
        hint = "write dns://NAME, as in dns://github.com or dns://github.com@198.51.100.53"
        raise BadReference(
            text, start, problem or f"`{name}` is an address, not a name to ask for", hint=hint
        )
    place = Place() if at < 0 else _place(text, at + 1, end, scheme, default_namespace)
    return TargetRef(scheme, place, name=name.lower(), **options)


def _url(text: str, scheme: Scheme, start: int, end: int, default_namespace: str) -> TargetRef:
    """A query whose every key is an option of ours is ours; one without any is the server's and
    stays in the path, where the protocol has such queries."""
    query = text[end + 1 :]
    ours = bool(query) and (only_options(query, scheme) or not TABLE[scheme].own_query)
    if query and not ours and any_option(query, scheme):
        hint = "use the long form, to: {http: {host: …, path: '/…?…', status: 200}}"
        raise BadReference(
            text, end, "the query mixes options of the check with the server's own", hint=hint
        )
    options = parse_options(text, end + 1, scheme) if ours else {}
    slash = _path_start(text, start, end)
    path = text[slash:end] if ours else text[slash:]
    bad = _FORBIDDEN.search(path) or re.search("#", path)
    if bad:
        raise BadReference(
            text,
            slash + bad.start(),
            f"`{bad[0]}` must not stand in a URL",
            hint="percent-encode it",
        )
    place = _place(text, start, slash, scheme, default_namespace)
    return TargetRef(scheme, place, path=path, **options)


def _path_start(text: str, start: int, end: int) -> int:
    """Where the path begins; a slash that belongs to `svc/NAME` or to a label's key is not it."""
    begin = start
    if is_object(text[start:end]):
        begin = text.index("/", start) + 1
        colon = text.find(":", begin, end)
        if text.startswith("pods/", start) and colon >= 0:
            begin = colon
    slash = text.find("/", begin, end)
    return end if slash < 0 else slash


def parse_place(text: str, default_namespace: str = "") -> Place:
    """Where packets go, without a port: `svc/web.shop`, `shop/db-0`, `github.com`, `[2001:db8::1]`
    or `redis.shop`. Raises `BadReference`."""
    return _where(text, 0, len(text), Scheme.TCP, default_namespace)


def _place(text: str, start: int, end: int, scheme: Scheme, default_namespace: str) -> Place:
    if "@" in text[start:end]:
        raise BadReference(
            text, start, "user names and passwords are not for a target", hint=EXAMPLES
        )
    colon = (
        text.find(":", start, end)
        if is_object(text[start:end])
        else _colon_after_host(text, start, end)
    )
    where = _where(text, start, end if colon < 0 else colon, scheme, default_namespace)
    return replace(where, port=_port(text, colon, end, scheme, where.object))


def _where(text: str, start: int, end: int, scheme: Scheme, default_namespace: str) -> Place:
    """The object or the host in `text[start:end]`, without a port."""
    written = text[start:end]
    if is_object(written):
        target = parse_object(text, start, end, default_namespace)
        return Place(host=target.name.lower()) if target.kind is RefKind.OUTSIDE else Place(target)
    named = None if TABLE[scheme].grammar == "url" else parse_named(written)
    return Place(named) if named is not None else Place(host=_host(text, start, written))


def _host(text: str, start: int, written: str) -> str:
    host = written
    if host.startswith("["):
        host = host[1:-1]
        if not is_address(host) or ":" not in host:
            raise BadReference(
                text,
                start,
                f"`{host}` is not an IPv6 address",
                hint="as in tcp://[2001:db8::1]:443",
            )
    problem = host_problem(host)
    if problem:
        word, slash, rest = host.partition("/")
        if slash and is_address(word):
            problem = f"`{host}` is a block, and a flow goes to one address"
            raise BadReference(text, start, problem, hint=f"write {word}")
        slashes = "/" in rest
        problem = f"`{host}` has too many slashes" if slashes else problem
        hint = f"`{word}` is not a kind of object; {EXAMPLES}" if slash else EXAMPLES
        raise BadReference(text, start, problem, hint=hint)
    return host.lower()


def _colon_after_host(text: str, start: int, end: int) -> int:
    """Where the colon before the port stands; -1: there is none."""
    if text.startswith("[", start):
        close = text.find("]", start, end)
        if close < 0:
            raise BadReference(
                text, start, "the bracket is not closed", hint="as in tcp://[2001:db8::1]:443"
            )
        if close + 1 < end and text[close + 1] != ":":
            raise BadReference(
                text,
                close + 1,
                "only a port may follow the bracket",
                hint="as in tcp://[2001:db8::1]:443",
            )
        return close + 1 if close + 1 < end else -1
    if text.count(":", start, end) > 1:
        raise BadReference(
            text,
            start,
            "more than one colon",
            hint="put an IPv6 address in brackets: tcp://[2001:db8::1]:443",
        )
    return text.find(":", start, end)


def _port(
    text: str, colon: int, end: int, scheme: Scheme, target: ObjectRef | None
) -> int | str | None:
    written = text[colon + 1 : end] if colon >= 0 else ""
    if PROTOCOLS[scheme].transport == "ICMP":
        if colon >= 0:
            raise BadReference(text, colon, "ICMP has no port", hint="leave it out")
        return None
    if colon < 0 and scheme in DEFAULT_PORTS:
        return DEFAULT_PORTS[scheme]
    if not written:
        raise BadReference(
            text,
            end,
            "the port is missing",
            hint=f"write it after a colon, as in {text[:end].rstrip(':')}:443",
        )
    port: int | str = int(written) if written.isascii() and written.isdigit() else written
    problem = port_problem(port)
    if problem:
        raise BadReference(
            text, colon + 1, problem, hint="as in tcp://github.com:443 or tcp://svc/web.shop:http"
        )
    named = target is not None and target.kind not in (RefKind.NODE, RefKind.OUTSIDE)
    if isinstance(port, str) and not named:
        hint = "names are for ports of Services and pods, as in tcp://svc/web.shop:http"
        raise BadReference(text, colon + 1, f"`{port}` is not a port number", hint=hint)
    return port


def _check_sni(text: str, place: Place, options: dict[str, Any]) -> None:
    """Another name in SNI needs an address to connect to: a probe looks up the very name that it
    asks for."""
    if "sni" in options and place.host and not is_address(place.host):
        hint = "connect to an address or an object, as in tls://203.0.113.10:443?sni=github.com"
        raise BadReference(
            text,
            text.index("sni="),
            f"`{place.host}` is looked up, so `sni` can't differ",
            hint=hint,
        )
