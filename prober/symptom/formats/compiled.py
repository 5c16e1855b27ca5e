""".NET, Rust, Dart and the BEAM."""

from __future__ import annotations

from prober.symptom.form import Format, shape
from prober.symptom.model import Failure

FORMATS = (
    Format(
        ".net: an HTTP request",
        "https://learn.microsoft.com/dotnet/api/system.net.http.httprequestexception "
        "(ConnectHelper)",
        "(",
        shape(
            r"(?P<error>connection refused|name or service not known|no such host is known|name "
            r"does not resolve|resource temporarily unavailable|"
            r"no data available|nodename nor servname provided, or not known|no route to host|"
            r"network is unreachable|connection timed out|"
            r"connection reset by peer|try again|temporary failure in name resolution|"
            r"no connection could be made because the target machine actively refused it|"
            r"connected host has failed to respond)\.? \((?P<target>[\w.-]{1,253}+:\d{1,5}+|"
            r"\[[0-9a-f:.]{2,60}+\]:\d{1,5}+)\)"
        ),
        failure=Failure.DNS_TIMEOUT,  # what is left is "Try again", EAI_AGAIN of musl
        unless=("dial tcp ",),  # Go has the address before such words
    ),
    Format(
        ".net: a socket, with the endpoint behind the error",
        "https://learn.microsoft.com/dotnet/api/system.net.sockets.socketexception",
        "socketexception",
        shape(
            r"socketexception(?: \((?:0x\w{1,8}+|\d{1,5}+)\))?: (?P<error>[a-z ]{6,80}?) "
            r"(?P<target>\[[0-9a-f:.]{2,60}+\]:\d{1,5}+|[0-9][\d.]{6,15}+:\d{1,5}+)"
        ),
    ),
    Format(
        "rust: reqwest",
        "https://docs.rs/reqwest/latest/reqwest/struct.Error.html",
        "error sending request",
        shape(r"error sending request for url \(«url»:? ?(?P<error>[^\n]{0,300}+)"),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "rust: reqwest before 0.11, its URL taken apart",
        "https://docs.rs/reqwest/0.10/reqwest/struct.Error.html (Url's Debug)",
        "host: some(",
        shape(
            r"url \{ scheme: \"\w{2,8}+\", [^\n]{0,60}?host: some\((?:domain\(\"|"
            r"ipv4\()(?P<host>[^\")]{1,253}+)"
            r"\"?\)\), port: (?:some\(«port»\)|none)(?P<error>[^\n]{0,400}+)"
        ),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "rust: hyper-util with the address",
        "https://docs.rs/hyper-util (client::legacy::connect::http::ConnectError)",
        "tcp connect error",
        shape(
            r"tcp connect error\\?\"?[,:] (?P<target>(?:\d{1,3}+\.){3}\d{1,3}+:\d{1,5}+|"
            r"\[[0-9a-f:]{2,60}+\]:\d{1,5}+)[,:]? (?P<error>[^\n]{1,160}+)"
        ),
    ),
    Format(
        "rust: hickory's resolver",
        "https://docs.rs/hickory-resolver (NetError, ProtoErrorKind::NoRecordsFound)",
        "found for query",
        shape(r"no records? found for query \{ name: name\(\"«host»\"\)"),
        failure=Failure.NO_SUCH_HOST,
        said=True,
        protocol="",
    ),
    Format(
        "elixir: db_connection, in time",
        "https://hexdocs.pm/db_connection/DBConnection.ConnectionError.html",
        "connect (",
        shape(r"\b(?:tcp|ssl) connect \((?P<target>[^\s)]{3,260}+)\): timeout\b"),
        failure=Failure.TIMEOUT,
        said=True,
    ),
    Format(
        "elixir: db_connection",
        "https://hexdocs.pm/db_connection/DBConnection.ConnectionError.html",
        "connect (",
        shape(r"\b(?:tcp|ssl) connect \((?P<target>[^\s)]{3,260}+)\): (?P<error>[^\n]{1,120}+)"),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "mongodb .net: a server was not selected in time",
        "https://mongodb.github.io/mongo-csharp-driver/ (ClusterDescription.ToString)",
        "selecting a server",
        shape(r"selecting a server[^\n]{0,1200}?endpoint: \"(?:unspecified/)?«target»\""),
        failure=Failure.TIMEOUT,
        reach=1200,
    ),
    Format(
        "dart: a socket; the port in it is the client's own",
        "https://api.dart.dev/dart-io/SocketException-class.html",
        "socketexception: ",
        shape(
            r"socketexception: (?P<error>[^\n(]{1,120}+)\(os error: [^)\n]{1,120}+\), address = "
            r"(?!0\.0\.0\.0|::)«host», port = \d{1,5}+(?:, uri=«url»)?"
        ),
        failure=Failure.UNKNOWN,
        joins=False,
    ),
    Format(
        "dart: a name",
        "https://api.dart.dev/dart-io/InternetAddress/lookup.html",
        "failed host lookup: ",
        shape(r"failed host lookup: «quote»«host»«quote»(?P<error>[^\n]{0,120}+)"),
        failure=Failure.NO_SUCH_HOST,
        protocol="",
    ),
    Format(
        "erlang: httpc, hackney",
        "https://www.erlang.org/doc/apps/inets/httpc.html",
        "to_address",
        shape(r"to_address,\s?\{\"(?P<host>[^\"]{1,253}+)\",\s?«port»\}(?P<error>[^\n]{1,160}+)"),
        failure=Failure.UNKNOWN,
    ),
)
