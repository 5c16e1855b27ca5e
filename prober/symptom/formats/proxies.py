"""Proxies: nginx, HAProxy, Envoy, Traefik and Apache. What they say of their clients is no failure
of theirs."""

from __future__ import annotations

from prober.symptom.form import Format, shape
from prober.symptom.model import Failure

FORMATS = (
    Format(
        "nginx: an upstream",
        "https://nginx.org/en/docs/ngx_core_module.html#error_log (src/http/ngx_http_upstream.c)",
        'upstream: "',
        shape(r"upstream: \"(?P<url>[^\"\s]{3,2048}+)\""),
        before=True,
        also=("to upstream", "from upstream", "reading upstream", "upstream prematurely closed"),
        unless=("client prematurely closed", "while sending to client", "no live upstreams"),
        joins=False,
    ),
    Format(
        "nginx: an upstream's name",
        "https://nginx.org/en/docs/http/ngx_http_upstream_module.html",
        "host not found in upstream",
        shape(r"host not found in upstream \"(?P<target>[^\s\"/]{1,260}+)[^\"]{0,500}+\""),
        failure=Failure.NO_SUCH_HOST,
        said=True,
        protocol="",
    ),
    Format(
        "nginx: the resolver",
        "https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver",
        "could not be resolved",
        shape(r"«begin»«host» could not be resolved \((?:\d{1,3}+: )?(?P<error>[^)\n]{1,60}+)\)"),
        failure=Failure.UNKNOWN,
        protocol="",
        lookup=True,
        joins=False,
    ),
    Format(
        "haproxy: an address",
        "https://docs.haproxy.org/3.0/configuration.html#5.3 (init-addr)",
        "could not resolve address",
        shape(r"could not resolve address '(?P<target>[^\s']{1,260}+)'"),
        failure=Failure.NO_SUCH_HOST,
        said=True,
        protocol="",
    ),
    Format(
        "apache httpd: a backend",
        "https://httpd.apache.org/docs/2.4/mod/mod_proxy.html (proxy_util.c, AH00957)",
        "attempt to connect to ",
        shape(
            r"\((?P<errno>\d{1,3}+)\)[^\n]{1,80}?attempt to connect to (?P<target>[^\s(]{3,260}+)"
            r" \((?P<host>[^):*]{1,253}+)(?::\d{1,5}+)?[^)]{0,80}+\) failed"
        ),
        joins=False,
        failure=Failure.UNKNOWN,
    ),
    Format(
        "apache httpd: a backend's name",
        "https://httpd.apache.org/docs/2.4/mod/mod_proxy.html (proxy_util.c, AH00898, AH01084)",
        "dns lookup failure for: ",
        shape(r"dns lookup failure for: «host»(?= returned by|,|$)"),
        failure=Failure.NO_SUCH_HOST,
        said=True,
        protocol="",
        joins=False,
    ),
    Format(
        "squid: a peer or a server",
        "https://github.com/squid-cache/squid (src/neighbors.cc, peerConnectFailed)",
        "tcp connection to ",
        shape(r"tcp connection to «host»/«port» failed(?P<error>[^\n]{0,80}+)"),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "fluent-bit: a connection timed out",
        "https://docs.fluentbit.io/manual/administration/networking (flb_upstream.c)",
        "connection #",
        shape(r"connection #-?\d{1,10}+ to (?:tcp|tls)://«target» timed out"),
        failure=Failure.TIMEOUT,
        said=True,
    ),
    Format(
        "fluent-bit: a connection timed out, before version 2",
        "https://docs.fluentbit.io/manual/administration/networking (flb_upstream.c)",
        "connection #",
        shape(r"connection #-?\d{1,10}+ timeout(?: after \d{1,6}+ seconds)? to: «target»"),
        failure=Failure.TIMEOUT,
        said=True,
    ),
    Format(
        "fluent-bit: a connection failed, before version 2",
        "https://docs.fluentbit.io/manual/administration/networking (flb_io.c)",
        "connection #",
        shape(r"connection #-?\d{1,10}+ failed to: «target»"),
        failure=Failure.UNKNOWN,
        said=True,
    ),
    Format(
        "fluent-bit: TCP",
        "https://docs.fluentbit.io/manual/administration/networking (flb_network.c)",
        "tcp connection failed: ",
        shape(r"tcp connection failed: «target» \((?P<error>[^\n]{1,60}+)"),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "fluent-bit: a name",
        "https://docs.fluentbit.io/manual/administration/networking (flb_network.c)",
        "getaddrinfo(host='",
        shape(
            r"getaddrinfo\(host='(?P<host>[^']{1,253}+)', err=-?\d{1,3}+\): (?P<error>[^\n]{1,80}+)"
        ),
        failure=Failure.NO_SUCH_HOST,
        protocol="",
    ),
    Format(
        "fluent-bit: no upstream",
        "https://docs.fluentbit.io/manual/administration/networking (flb_upstream.c)",
        "no upstream connections available",
        shape(r"no upstream connections available to «target»"),
        failure=Failure.UNKNOWN,
        said=True,
    ),
)
