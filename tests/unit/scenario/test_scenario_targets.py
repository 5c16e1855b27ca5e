"""Targets in text form."""

from __future__ import annotations

import pytest

from prober.scenario.text.reference import (
    BadReference,
    ObjectRef,
    Place,
    RefKind,
    Scheme,
    TargetRef,
    parse_target,
)
from prober.scenario.text.target import EXAMPLES, PLAIN_EXAMPLES

WEB = ObjectRef(RefKind.SERVICE, "web", "shop")
IPV6_HINT = "as in tcp://[2001:db8::1]:443"
PORT_HINT = "as in tcp://github.com:443 or tcp://svc/web.shop:http"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tcp://github.com:22", TargetRef(Scheme.TCP, Place(host="github.com", port=22))),
        ("TCP://GitHub.com:22", TargetRef(Scheme.TCP, Place(host="github.com", port=22))),
        ("tcp://203.0.113.10:443", TargetRef(Scheme.TCP, Place(host="203.0.113.10", port=443))),
        ("tcp://[2001:db8::1]:443", TargetRef(Scheme.TCP, Place(host="2001:db8::1", port=443))),
        ("tcp://outside/github.com:22", TargetRef(Scheme.TCP, Place(host="github.com", port=22))),
        ("tcp://svc/web.shop:80", TargetRef(Scheme.TCP, Place(WEB, port=80))),
        ("tcp://svc/web.shop:http", TargetRef(Scheme.TCP, Place(WEB, port="http"))),
        ("tcp://svc/web:80", TargetRef(Scheme.TCP, Place(WEB, port=80))),
        (
            "tcp://pod/web-0.shop:8080",
            TargetRef(Scheme.TCP, Place(ObjectRef(RefKind.POD, "web-0", "shop"), port=8080)),
        ),
        (
            "tcp://deploy/web.shop:http",
            TargetRef(
                Scheme.TCP,
                Place(ObjectRef(RefKind.WORKLOAD, "web", "shop", "Deployment"), port="http"),
            ),
        ),
        (
            "tcp://node/n1:30080",
            TargetRef(Scheme.TCP, Place(ObjectRef(RefKind.NODE, "n1"), port=30080)),
        ),
        (
            "tcp://ns/shop:80",
            TargetRef(Scheme.TCP, Place(ObjectRef(RefKind.NAMESPACE, namespace="shop"), port=80)),
        ),
        (
            "tcp://github.com:22?family=ipv6",
            TargetRef(Scheme.TCP, Place(host="github.com", port=22), family="ipv6"),
        ),
        (
            "udp://svc/web.shop:514?payload=a%26b",
            TargetRef(Scheme.UDP, Place(WEB, port=514), payload="a&b"),
        ),
        ("dns://github.com", TargetRef(Scheme.DNS, name="github.com")),
        (
            "dns://_sip._tcp.example.com.?type=srv",
            TargetRef(Scheme.DNS, name="_sip._tcp.example.com.", record="SRV"),
        ),
        (
            "dns://a.b@198.51.100.53",
            TargetRef(Scheme.DNS, Place(host="198.51.100.53", port=53), name="a.b"),
        ),
        (
            "dns://a.b@[2001:db8::53]:5353?transport=tcp",
            TargetRef(
                Scheme.DNS, Place(host="2001:db8::53", port=5353), name="a.b", transport="tcp"
            ),
        ),
        ("dns://a.b@svc/web.shop", TargetRef(Scheme.DNS, Place(WEB, port=53), name="a.b")),
        ("http://example.com", TargetRef(Scheme.HTTP, Place(host="example.com", port=80))),
        (
            "https://example.com/a/b",
            TargetRef(Scheme.HTTPS, Place(host="example.com", port=443), path="/a/b"),
        ),
        (
            "http://svc/web.shop:8080/health?status=200,404",
            TargetRef(Scheme.HTTP, Place(WEB, port=8080), path="/health", status=(200, 404)),
        ),
        ("http://svc/web.shop", TargetRef(Scheme.HTTP, Place(WEB, port=80))),
        ("http://svc/web.shop/a/b", TargetRef(Scheme.HTTP, Place(WEB, port=80), path="/a/b")),
        (
            "http://example.com/a?b=c",
            TargetRef(Scheme.HTTP, Place(host="example.com", port=80), path="/a?b=c"),
        ),
        (
            "https://example.com?method=head&verify=no",
            TargetRef(
                Scheme.HTTPS, Place(host="example.com", port=443), method="HEAD", verify=False
            ),
        ),
        ("sctp://svc/web.shop:3301", TargetRef(Scheme.SCTP, Place(WEB, port=3301))),
        ("github.com:22", TargetRef(Scheme.TCP, Place(host="github.com", port=22))),
        ("svc/shop/web:80", TargetRef(Scheme.TCP, Place(WEB, port=80))),
        ("svc/web.shop:sig/SCTP", TargetRef(Scheme.SCTP, Place(WEB, port="sig"))),
        (
            "shop/dns-0:53/udp",
            TargetRef(Scheme.UDP, Place(ObjectRef(RefKind.NAMED, "dns-0", "shop"), port=53)),
        ),
        (
            "tcp://shop/db-0:5432",
            TargetRef(Scheme.TCP, Place(ObjectRef(RefKind.NAMED, "db-0", "shop"), port=5432)),
        ),
        ("[2001:db8::1]:443/tcp", TargetRef(Scheme.TCP, Place(host="2001:db8::1", port=443))),
        ("node/n1/icmp", TargetRef(Scheme.ICMP, Place(ObjectRef(RefKind.NODE, "n1")))),
        ("icmp://node/n1", TargetRef(Scheme.ICMP, Place(ObjectRef(RefKind.NODE, "n1")))),
        (
            "icmp://203.0.113.10?size=1400",
            TargetRef(Scheme.ICMP, Place(host="203.0.113.10"), size=1400),
        ),
        (
            "tls://203.0.113.10:443?sni=github.com&verify=no",
            TargetRef(
                Scheme.TLS, Place(host="203.0.113.10", port=443), sni="github.com", verify=False
            ),
        ),
        ("tls://svc/web.shop:443?sni=a.b", TargetRef(Scheme.TLS, Place(WEB, port=443), sni="a.b")),
    ],
)
def test_every_form_is_read_and_written_back(text: str, expected: TargetRef) -> None:
    parsed = parse_target(text, "shop")
    assert parsed == expected
    assert parse_target(str(parsed)) == expected


def test_a_selector_with_slashes_and_a_path() -> None:
    parsed = parse_target("http://pods/app.kubernetes.io/name=web.shop:8080/health")
    assert parsed.path == "/health"
    assert str(parsed.place) == "pods/app.kubernetes.io/name=web.shop:8080"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "the target is missing", EXAMPLES),
        ("github.com", "`github.com`, character 11: names no port", PLAIN_EXAMPLES),
        (
            "shop/dns-0:53/quic",
            "`shop/dns-0:53/quic`, character 15: names no port and protocol: `quic` is not tcp, udp, sctp",
            PLAIN_EXAMPLES,
        ),
        (
            "a/b/c/d:80",
            "`a/b/c/d:80`: `a/b/c/d` has too many slashes",
            f"`a` is not a kind of object; {EXAMPLES}",
        ),
        (
            "203.0.113.0/24:80",
            "`203.0.113.0/24:80`: `203.0.113.0/24` is a block, and a flow goes to one address",
            "write 203.0.113.0",
        ),
        (
            "tpc://a.b:1",
            "`tpc://a.b:1`: `tpc` is not a protocol that can be probed",
            "did you mean `tcp`?",
        ),
        ("ftp2://a.b:1", "`ftp2://a.b:1`: `ftp2` is not a protocol that can be probed", EXAMPLES),
        (
            "tcp://a.b",
            "`tcp://a.b`, character 10: the port is missing",
            "write it after a colon, as in tcp://a.b:443",
        ),
        (
            "tcp://a.b:",
            "`tcp://a.b:`, character 11: the port is missing",
            "write it after a colon, as in tcp://a.b:443",
        ),
        (
            "tcp://a.b:70000",
            "`tcp://a.b:70000`, character 11: port 70000 is not between 1 and 65535",
            PORT_HINT,
        ),
        (
            "tcp://a.b:0",
            "`tcp://a.b:0`, character 11: port 0 is not between 1 and 65535",
            PORT_HINT,
        ),
        (
            "tcp://a.b:ssh",
            "`tcp://a.b:ssh`, character 11: `ssh` is not a port number",
            "names are for ports of Services and pods, as in tcp://svc/web.shop:http",
        ),
        (
            "tcp://svc/web.shop:a--b",
            "`tcp://svc/web.shop:a--b`, character 20: `a--b` is not a port: a number, or a name of "
            "at most 15 letters, digits and `-`",
            PORT_HINT,
        ),
        ("tcp://:80", "`tcp://:80`, character 7: the host is missing", EXAMPLES),
        (
            "tcp://300.1.1.1:80",
            "`tcp://300.1.1.1:80`, character 7: `300.1.1.1` is not an IPv4 address",
            EXAMPLES,
        ),
        (
            "tcp://a_!b:80",
            "`tcp://a_!b:80`, character 7: `a_!b` is not a DNS name or an address",
            EXAMPLES,
        ),
        (
            "tcp://2001:db8::1:80",
            "`tcp://2001:db8::1:80`, character 7: more than one colon",
            "put an IPv6 address in brackets: tcp://[2001:db8::1]:443",
        ),
        (
            "tcp://[2001:db8::1:80",
            "`tcp://[2001:db8::1:80`, character 7: the bracket is not closed",
            IPV6_HINT,
        ),
        (
            "tcp://[a.b]:80",
            "`tcp://[a.b]:80`, character 7: `a.b` is not an IPv6 address",
            IPV6_HINT,
        ),
        (
            "tcp://[2001:db8::1]80",
            "`tcp://[2001:db8::1]80`, character 20: only a port may follow the bracket",
            IPV6_HINT,
        ),
        (
            "tcp://depoy/web.shop:80",
            (
                "`tcp://depoy/web.shop:80`, character 7: `depoy/web.shop` is not a DNS name or "
                "an address"
            ),
            f"`depoy` is not a kind of object; {EXAMPLES}",
        ),
        (
            "tcp://git@a.b:22",
            "`tcp://git@a.b:22`, character 7: user names and passwords are not for a target",
            EXAMPLES,
        ),
        (
            "tcp://a.b:22?timeout=1",
            "`tcp://a.b:22?timeout=1`, character 14: `timeout` is not an option of tcp",
            "tcp has family",
        ),
        (
            "tls://a.b:1?sin=x",
            "`tls://a.b:1?sin=x`, character 13: `sin` is not an option of tls",
            "did you mean `sni`?",
        ),
        (
            "tcp://a.b:22?family",
            "`tcp://a.b:22?family`, character 14: `family` has no value",
            "write family=ipv6",
        ),
        (
            "icmp://a.b?size=1&size=2",
            "`icmp://a.b?size=1&size=2`, character 19: `size` is given twice",
            "keep one",
        ),
        (
            "icmp://a.b?size=0",
            "`icmp://a.b?size=0`, character 17: `0` is not a size in bytes (1 to 65507)",
            "write size=1400",
        ),
        (
            "http://a.b/?status=2xx",
            "`http://a.b/?status=2xx`, character 20: `2xx` is not a status code (100 to 599)",
            "write status=200 or 200,404",
        ),
        (
            "dns://a.b?type=Q",
            (
                "`dns://a.b?type=Q`, character 16: `Q` is not one of A, AAAA, CNAME, MX, NS, "
                "PTR, SOA, SRV, TXT"
            ),
            "write type=AAAA",
        ),
        (
            "dns://203.0.113.10",
            (
                "`dns://203.0.113.10`, character 7: `203.0.113.10` is an address, not a name to "
                "ask for"
            ),
            "write dns://NAME, as in dns://github.com or dns://github.com@198.51.100.53",
        ),
        ("icmp://a.b:7", "`icmp://a.b:7`, character 11: ICMP has no port", "leave it out"),
        (
            "tls://a.b:443?sni=c.d",
            "`tls://a.b:443?sni=c.d`, character 15: `a.b` is looked up, so `sni` can't differ",
            "connect to an address or an object, as in tls://203.0.113.10:443?sni=github.com",
        ),
        (
            "http://a.b/c?status=200&d=e",
            (
                "`http://a.b/c?status=200&d=e`, character 13: the query mixes options of the "
                "check with the server's own"
            ),
            "use the long form, to: {http: {host: …, path: '/…?…', status: 200}}",
        ),
        (
            "http://a.b/c d",
            "`http://a.b/c d`, character 13: ` ` must not stand in a URL",
            "percent-encode it",
        ),
        (
            "http://a.b/c#d",
            "`http://a.b/c#d`, character 13: `#` must not stand in a URL",
            "percent-encode it",
        ),
        (
            "tcp://svc/web:80",
            "`tcp://svc/web:80`, character 11: says no namespace",
            "write svc/web.NAMESPACE; in a scenario, metadata.namespace can say it for all checks",
        ),
    ],
)
def test_mistakes_say_what_where_and_what_to_do(text: str, message: str, hint: str) -> None:
    with pytest.raises(BadReference) as error:
        parse_target(text)
    assert (str(error.value), error.value.hint) == (message, hint)
