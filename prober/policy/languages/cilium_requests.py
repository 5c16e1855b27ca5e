"""What Cilium's layer 7 rules let through.

Sources: Cilium's documentation of layer 7 policies, and pkg/envoy (getHTTPRule): method, path and
host are regular expressions that must match as a whole, the path with its query; a header is there,
or has the value after the first blank. What no rule of a port lets through is answered with 403 by
the proxy; a rule of the same port without `rules` lets everything through (pkg/policy/rule.go,
mergePortProto)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prober.model.check import Request
from prober.model.languages.cilium import EgressRule, HttpRule, IngressRule, PortRule
from prober.policy.deciding.rules.levels import MAYBE, NO, YES, Level
from prober.policy.deciding.rules.policy_endpoints import Target
from prober.policy.deciding.rules.requests import Requests
from prober.policy.languages.cilium_ports import item_ports
from prober.policy.languages.patterns import pattern_level


@dataclass(frozen=True, slots=True)
class CiliumRequests:
    """Those of one rule."""

    items: Sequence[PortRule]

    def says(self, target: Target) -> tuple[str, ...]:
        mine = self._of(target)
        if any(not _limited(item) for item in mine):
            return ()
        return tuple(text for item in mine for text in _say(item))

    def level(self, request: Request, target: Target) -> Level:
        return max([_level(item, request) for item in self._of(target)], default=YES)

    def _of(self, target: Target) -> list[PortRule]:
        return [item for item in self.items if item_ports(item).level(target)]


def requests_of(rule: IngressRule | EgressRule) -> Requests | None:
    """Which requests of an allowed connection are let through; None: all of them."""
    items = rule.to_ports or ()
    return CiliumRequests(items) if any(map(_limited, items)) else None


def _limited(item: PortRule) -> bool:
    rules = item.rules
    said = rules is not None and (rules.http or rules.dns or rules.kafka or rules.l7proto)
    return bool(said)


def _level(item: PortRule, request: Request) -> Level:
    """Of an HTTP request. Rules of another protocol do not read it, nor does any of what is
    encrypted, unless the proxy ends the encryption."""
    rules = item.rules
    if not _limited(item) or rules is None:
        return YES
    if not rules.http:
        return MAYBE
    if request.tls:
        return MAYBE if item.terminating_tls is not None else NO
    return max(_http_level(rule, request) for rule in rules.http)


def _http_level(rule: HttpRule, request: Request) -> Level:
    levels = [
        pattern_level(pattern, text)
        for pattern, text in (
            (rule.method, request.method),
            (rule.path, request.path),
            (rule.host, request.host),
        )
        if pattern
    ]
    levels += [_header_level(*_header(text), request) for text in rule.headers or ()]
    levels += list(_matched_headers(rule, request))
    return min(levels, default=YES)


def _header(text: str) -> tuple[str, str | None]:
    """The name of a header, and its value where one is asked for."""
    name, blank, value = text.partition(" ")
    return (name.rstrip(":"), value) if blank else (name, None)


def _header_level(name: str, value: str | None, request: Request) -> Level:
    sent = {key.lower(): text for key, text in request.headers}.get(name.lower())
    if sent is None:
        return NO
    return YES if value is None or value == sent else NO


def _matched_headers(rule: HttpRule, request: Request) -> Iterator[Level]:
    """Of `headerMatches`: a mismatch that is only logged or mended keeps nothing out, and the value
    of a secret is not known."""
    for match in rule.header_matches or () if isinstance(rule.header_matches, list | tuple) else ():
        if not isinstance(match, dict) or match.get("mismatch"):
            continue
        if match.get("secret"):
            yield MAYBE
        else:
            yield _header_level(str(match.get("name")), match.get("value") or None, request)


def _say(item: PortRule) -> Iterator[str]:
    rules = item.rules
    if rules is None:
        return
    yield from (say_request(http) for http in rules.http or ())
    for dns in rules.dns or ():
        yield f"DNS {dns.match_name or dns.match_pattern}"
    if rules.kafka:
        yield "Kafka requests as written"
    if rules.l7 or rules.l7proto:
        yield f"{rules.l7proto or 'layer 7'} requests as written"


def say_request(http: HttpRule) -> str:
    """As in `GET /public/.*`."""
    host = f" of {http.host}" if http.host else ""
    headers = f" with {', '.join(http.headers)}" if http.headers else ""
    return f"{http.method or 'any method'} {http.path or 'any path'}{host}{headers}"
