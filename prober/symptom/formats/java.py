"""The JVM: the JDK, Netty, Apache HttpClient, OkHttp, Spring, JDBC drivers."""

from __future__ import annotations

from prober.symptom.form import Format, shape
from prober.symptom.model import Failure

_TARGET = (
    r"(?P<target>[^\s\"'`,;()/\[\]{}|]{0,260}+/(?:\[[0-9a-f:.%]{2,60}+\]|<unresolved>|"
    r"[0-9a-f:.]{2,60}+)(?::\d{1,5}+)?)"
)
"""InetSocketAddress.toString: `name/address:port`, `/address:port`."""

FORMATS = (
    Format(
        "jdk: an unknown host",
        "https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/net/UnknownHostExcepti"
        "on.html",
        "unknownhostexception",
        shape(
            r"UnknownHostException: «quote»(?:(?:failed to resolve|unable to resolve host) "
            r"«quote»)?«host»(?P<error>[^\n]{0,80}+)"
        ),
        failure=Failure.NO_SUCH_HOST,
        protocol="",
    ),
    Format(
        "netty: no name server answered",
        "https://netty.io/4.1/api/io/netty/resolver/dns/DnsNameResolverTimeoutException.html",
        "dnsnameresolvertimeoutexception",
        shape(
            r"DnsNameResolverTimeoutException: \[(?:\d{1,6}+: )?(?:[^\s/\]]{0,255}+/)?«server»"
            r"[^\n]{0,40}?"
            r"(?:DefaultDnsQuestion\(«host»)?"
        ),
        failure=Failure.DNS_TIMEOUT,
        said=True,
        protocol="",
    ),
    Format(
        "netty: a name did not resolve",
        "https://github.com/netty/netty (DnsResolveContext)",
        "failed to resolve '",
        shape(r"failed to resolve '«host»' (?:\[|after|and)"),
        failure=Failure.NO_SUCH_HOST,
        protocol="",
    ),
    Format(
        "netty: connecting, the endpoint after the error",
        "https://github.com/netty/netty (AbstractChannel.AnnotatedConnectException, "
        "ConnectTimeoutException)",
        "/",
        shape(
            r"(?P<error>connection refused|connection timed out|connection reset(?: by peer)?|no "
            r"route to host|"
            r"network is unreachable|host is unreachable)(?: \([^)]{1,60}+\))?(?: after "
            r"\d{1,8}+ ?ms)?:? (?:no further "
            rf"information: )?{_TARGET}"
        ),
    ),
    Format(
        "spring webclient, reactor netty: the endpoint after the error",
        "https://projectreactor.io/docs/netty/release/reference/",
        "connection",
        shape(
            r"(?P<error>connection refused|connection timed out|connection prematurely closed)"
            r"(?: after \d{1,8}+ ?ms)?: (?!no further)(?P<target>(?:[\w.-]{1,253}+/)?"
            r"(?:[\w.-]{1,253}+|\[[0-9a-f:]{2,60}+\]):\d{1,5}+)"
        ),
    ),
    Format(
        "apache httpclient: connect to a host, with its addresses",
        "https://hc.apache.org/httpcomponents-client-5.3.x/ (HttpHostConnectException)",
        "connect to ",
        shape(
            r"connect to (?:https?://)?«target» "
            r"\[[^\s\]/]{0,255}+/?\[?(?P<address>[0-9a-f:.]{2,60}+)[^\]]{0,400}+\]{1,2}+"
            r" failed: (?P<error>[^\n]{1,160}+)"
        ),
    ),
    Format(
        "apache httpclient: connect to a host",
        "https://hc.apache.org/httpcomponents-client-5.3.x/ (HttpHostConnectException)",
        "connect to ",
        shape(r"connect to (?:https?://)?«target»(?: \[\])? failed: (?P<error>[^\n]{1,160}+)"),
    ),
    Format(
        "okhttp, android: failed to connect, with the port in brackets",
        "https://square.github.io/okhttp/ (RealConnection); libcore IoBridge",
        "(port ",
        shape(
            r"failed to connect to (?P<target>[^\s\"'`,;(){}|]{1,300}+) \(port «port»\)(?: from "
            r"[^\s]{1,100}+ "
            r"\(port \d{1,5}+\))?(?P<error>[^\n]{0,160}+)"
        ),
        failure=Failure.TIMEOUT,  # "after 10000ms"; every other reason is written behind it
    ),
    Format(
        "okhttp: failed to connect, as a ConnectException",
        "https://square.github.io/okhttp/ (ConnectPlan); JDK: time limits and routes have "
        "exceptions of their own",
        "connectexception: failed to connect to ",
        shape(rf"connectexception: failed to connect to {_TARGET}"),
        failure=Failure.REFUSED,
    ),
    Format(
        "okhttp, lettuce, the jdk: failed to connect",
        "https://square.github.io/okhttp/ (RealConnection); https://lettuce.io "
        "(RedisConnectionException)",
        "to connect to ",
        shape(rf"(?:failed|unable) to connect to \[?(?:rediss?://)?{_TARGET}"),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "spring: an I/O error on a request",
        "https://docs.spring.io/spring-framework (RestTemplate, ResourceAccessException)",
        "i/o error on ",
        shape(r"i/o error on \w{3,8}+ request for \\?\"«url»\\?\":?(?P<error>[^\n]{1,240}+)"),
    ),
    Format(
        "jdbc: postgresql",
        "https://github.com/pgjdbc/pgjdbc (ConnectionFactoryImpl)",
        "refused. check that the hostname",
        shape(r"connection to «target» refused\. check that the hostname"),
        failure=Failure.REFUSED,
        said=True,
    ),
    Format(
        "jdbc: sql server",
        "https://github.com/microsoft/mssql-jdbc (R_tcpipConnectionFailed)",
        "tcp/ip connection to the host",
        shape(
            r"tcp/ip connection to the host «host», port «port»,? has failed\. error: "
            r"(?P<error>[^\n]{1,160}+)"
        ),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "jdbc: mariadb",
        "https://github.com/mariadb-corporation/mariadb-connector-j (ConnectionHelper)",
        "(host=",
        shape(
            r"(?:connect to|host:)\s?(?:address=)?\(?\(host=«host»\)\(port=«port»\)"
            r"(?:\(type=\w{1,12}+\))?(?P<error>[^\n]{0,240}+)"
        ),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "jdbc: mariadb, a socket",
        "https://github.com/mariadb-corporation/mariadb-connector-j (ConnectionHelper)",
        "socket fail to connect to",
        shape(
            r"socket fail to connect to (?:host:)?«host»,? ?(?:port:|"
            r":)«port»(?P<error>[^\n]{0,160}+)"
        ),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "jdbc: oracle",
        "https://docs.oracle.com/en/error-help/db/ora-12541/",
        "ora-12541",
        shape(r"ora-12541[^\n]{0,60}?no listener at host «host» port «port»"),
        failure=Failure.REFUSED,
        said=True,
    ),
    Format(
        "jdbc: oracle, in time",
        "https://docs.oracle.com/en/error-help/db/ora-12170/",
        "ora-12170",
        shape(r"ora-12170[^\n]{0,80}?for host «host» port «port»"),
        failure=Failure.TIMEOUT,
        said=True,
    ),
    Format(
        "jdbc: db2",
        "https://www.ibm.com/docs/en/db2 (ERRORCODE=-4499)",
        "error opening socket to server ",
        shape(
            r"error opening socket to server (?:«host»)?(?:/«address»)? on port "
            r"(?P<port>\d{1,2}+,\d{3}|\d{1,5}+) with message: (?P<error>[^\n]{1,120}+)"
        ),
        failure=Failure.UNKNOWN,
        joins=False,
    ),
    Format(
        "jedis: failed to connect",
        "https://github.com/redis/jedis (JedisConnectionException)",
        "failed connecting to ",
        shape(r"failed connecting to (?:host )?«quote»«target»"),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "grpc-java: an unresolved host",
        "https://github.com/grpc/grpc-java (DnsNameResolver)",
        "unable to resolve host",
        shape(r"unable to resolve host «host»"),
        failure=Failure.NO_SUCH_HOST,
        protocol="",
    ),
    Format(
        "grpc-java: a deadline with the remote address",
        "https://github.com/grpc/grpc-java (ClientCallImpl)",
        "remote_addr=",
        shape(rf"(?P<error>deadline.?exceeded)[^\n]{{0,120}}?remote_addr={_TARGET}"),
    ),
    Format(
        "elasticsearch transport",
        "https://github.com/elastic/elasticsearch (ConnectTransportException)",
        "connecttransportexception",
        shape(
            r"connecttransportexception(?:: |\[)\[?[^\]\s]{0,120}+\]?\[«target»\]\s?(?P<error>"
            r"[^\n]{1,160}+)"
        ),
        failure=Failure.UNKNOWN,
    ),
)
