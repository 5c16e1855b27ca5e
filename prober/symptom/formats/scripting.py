"""Ruby and PHP."""

from __future__ import annotations

from prober.symptom.form import Format, shape
from prober.symptom.model import Failure

FORMATS = (
    Format(
        "perl: a name",
        "https://perldoc.perl.org/IO::Socket::INET",
        "bad hostname '",
        shape(r"bad hostname '(?P<target>[^\s']{1,260}+)'"),
        failure=Failure.NO_SUCH_HOST,
        said=True,
    ),
    Format(
        "ruby: connect(2) with a name",
        "https://docs.ruby-lang.org/en/3.3/TCPSocket.html (ext/socket: rsock_syserr_fail_host_por"
        "t)",
        'connect(2) for "',
        shape(
            r"(?P<error>[^\n]{1,60}?) - (?:user specified timeout|connect\(2\)) for "
            r"\\?\"(?P<host>[^\"\\]{1,253}+)\\?\" port «port»"
        ),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "ruby: connect(2) with an address",
        "https://docs.ruby-lang.org/en/3.3/Socket.html (ext/socket: rsock_sys_fail_raddrinfo)",
        "connect(2) for ",
        shape(
            r"(?P<error>[^\n]{1,60}?) - (?:user specified timeout|connect\(2\)) for "
            r"(?P<target>[0-9a-f\[][^\s\"'),;]{3,80}+)"
        ),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "ruby: net/http",
        "https://github.com/ruby/net-http (lib/net/http.rb, connect)",
        "failed to open tcp connection to",
        shape(r"failed to open tcp connection to «target» \((?P<error>[^\n]{1,200}+)"),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "bunny",
        "https://github.com/ruby-amqp/bunny (lib/bunny/exceptions.rb)",
        "could not establish tcp connection to",
        shape(
            r"could not establish tcp connection to (?P<target>[\w.-]{1,253}+:\d{1,5}+) "
            r"(?P<error>[^\n]{1,160}+)"
        ),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "openssl: a peer",
        "https://github.com/ruby/openssl (ossl_ssl.c)",
        "peeraddr=",
        shape(r"SSL_connect returned=\d{1,2}+ errno=\d{1,3}+ peeraddr=«target»"),
        failure=Failure.TLS,
        said=True,
    ),
    Format(
        "php: a stream",
        "https://www.php.net/manual/en/function.stream-socket-client.php",
        "unable to connect to ",
        shape(
            r"unable to connect to (?:(?P<scheme>tcp|ssl|tls|udp)://)?(?P<target>[\w.-]{1,253}+:"
            r"\d{1,5}+|\[[0-9a-f:]{2,60}+\]:\d{1,5}+)"
            r"/?:? \((?P<error>[^\n]{1,200}+)"
        ),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "php: a name",
        "https://github.com/php/php-src (main/network.c)",
        "getaddrinfo for ",
        shape(
            r"getaddrinfo for «quote»«host»«quote»(?: port \d{1,5}+)?(?: failed)?: "
            r"(?P<error>[^\n]{1,120}+)"
        ),
        failure=Failure.NO_SUCH_HOST,
        protocol="",
    ),
    Format(
        "predis",
        "https://github.com/predis/predis (Connection/StreamConnection.php)",
        "[tcp://",
        shape(r"(?P<error>[^\n\[]{1,160}+)\[«url»"),
    ),
    Format(
        "php: a file that is a URL",
        "https://www.php.net/manual/en/wrappers.http.php",
        "failed to open stream",
        shape(r"\w{4,40}+\(«url»: failed to open stream: (?P<error>[^\n]{1,160}+)"),
    ),
    Format(
        "symfony: a response in time",
        "https://symfony.com/doc/current/http_client.html (Exception/TimeoutException.php)",
        "idle timeout reached for ",
        shape(r"idle timeout reached for \"«url»\""),
        failure=Failure.TIMEOUT,
        said=True,
    ),
    Format(
        "guzzle: curl's number",
        "https://docs.guzzlephp.org (CurlFactory::createRejection)",
        "curl error ",
        shape(
            r"curl error (?:28|35|52|56|60): (?P<error>[^\n(]{1,160}+) ?\(see "
            r"https?://[^\s)]{1,160}+\) for (?P<url>[^\s\"'`<>|]{3,2048}+)"
        ),
    ),
)
