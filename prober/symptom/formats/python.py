"""Python: sockets and asyncio, urllib3 and requests, aiohttp, and the drivers of stores."""

from __future__ import annotations

from prober.symptom.form import Format, shape
from prober.symptom.model import Failure

FORMATS = (
    Format(
        "requests, urllib3: a pool",
        "https://github.com/urllib3/urllib3 (exceptions.py: PoolError, NewConnectionError)",
        "connectionpool(host=",
        shape(
            r"https?connectionpool\(host='(?P<host>[^']{1,253}+)', port=(?:«port»|none)\): "
            r"(?P<error>[^\n]{1,900}+)"
        ),
    ),
    Format(
        "urllib3 2: a connection",
        "https://github.com/urllib3/urllib3 (exceptions.py: NewConnectionError, "
        "NameResolutionError)",
        "connection(host=",
        shape(
            r"https?connection\(host='(?P<host>[^']{1,253}+)', port=«port»\)(?:>)?[:,]? "
            r"(?P<error>[^\n]{1,300}+)"
        ),
    ),
    Format(
        "aiohttp: cannot connect, with the address",
        "https://docs.aiohttp.org/en/stable/client_reference.html#aiohttp.ClientConnectorError",
        "cannot connect to host",
        shape(
            r"cannot connect to host «target» ssl:[^\[\n]{1,80}+\[(?:errno «errno»\] )?"
            r"(?:multiple exceptions: \[errno \d{1,3}+\] )?connect call failed \('«address»', "
            r"\d{1,5}+"
        ),
        failure=Failure.REFUSED,  # time limits and names have their own
    ),
    Format(
        "aiohttp: cannot connect",
        "https://docs.aiohttp.org/en/stable/client_reference.html#aiohttp.ClientConnectorError",
        "cannot connect to host",
        shape(r"cannot connect to host «target» ssl:[^\[\n]{1,80}+\[(?P<error>[^\n]{1,200}+)"),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "aiohttp: the connection timed out",
        "https://github.com/aio-libs/aiohttp (client.py: ConnectionTimeoutError)",
        "connection timeout to host",
        shape(r"connection timeout to host «url»"),
        failure=Failure.TIMEOUT,
        said=True,
    ),
    Format(
        "asyncio: connect call",
        "https://github.com/python/cpython (Lib/asyncio/selector_events.py)",
        "connect call failed",
        shape(r"(?:\[?errno «errno»\]? )?connect call failed \('«address»', «port»"),
        failure=Failure.REFUSED,
    ),
    Format(
        "redis-py: connecting",
        "https://github.com/redis/redis-py (connection.py)",
        " connecting to ",
        shape(r"error (?P<errno>-?\d{1,3}+) connecting to «target» (?P<error>[^\n]{1,120}+)"),
    ),
    Format(
        "redis-py: connecting, without a number",
        "https://github.com/redis/redis-py (connection.py)",
        "connecting to ",
        shape(
            r"(?:timeout|timed out) connecting to (?:server )?(?P<target>[\w.-]{1,253}+:\d{1,5}+)"
        ),
        failure=Failure.TIMEOUT,
    ),
    Format(
        "redis-py: reading or writing",
        "https://github.com/redis/redis-py (connection.py)",
        "error while ",
        shape(
            r"error while (?:reading from|writing to) (?:socket|«target»)[ .:]{1,3}+(?P<error>"
            r"[^\n]{1,120}+)"
        ),
        joins=False,
    ),
    Format(
        "pymongo: a seed",
        "https://github.com/mongodb/mongo-python-driver (pymongo/topology.py, _error_message)",
        "serverselectiontimeouterror: ",
        shape(
            r"(?:serverselectiontimeouterror: |(?<=\d\.0ms\)),)(?P<target>[\w.-]{1,253}+:\d{1,5}+|"
            r"\[[0-9a-f:]{2,60}+\]:\d{1,5}+): (?P<error>[^\n,(]{1,160}+)"
        ),
        joins=False,
    ),
    Format(
        "pymongo: a server",
        "https://pymongo.readthedocs.io/en/stable/api/pymongo/errors.html",
        "('",
        shape(
            r"<serverdescription \('(?P<host>[^']{1,253}+)', «port»\)[^\n]{0,120}?error=(?P<error"
            r">[^\n]{1,240}+)"
        ),
    ),
    Format(
        "opentelemetry: an exporter",
        "https://github.com/open-telemetry/opentelemetry-python (exporter/otlp/proto/grpc)",
        "while exporting ",
        shape(r"statuscode\.unavailable encountered while exporting \w{1,16}+ to «target»"),
        failure=Failure.UNKNOWN,
        said=True,
    ),
    Format(
        "dnspython: a name server's answer",
        "https://dnspython.readthedocs.io/en/stable/exceptions.html (dns/resolver.py)",
        "answer",
        shape(
            r"(?:query «host» in [a-z]{1,8}+|lifetime expired after [\d.]{1,8}+ seconds): server "
            r"(?:do53:)?+(?P<server>[0-9.]{7,15}+|[0-9a-f:]{2,45}+)(?:@| udp port | tcp port )\d"
            r"{1,5}+ answered "
            r"(?P<error>[^\n;]{1,80}+)"
        ),
        protocol="",
        lookup=True,
    ),
    Format(
        "pymysql, mysql clients: cannot connect",
        "https://dev.mysql.com/doc/mysql-errors/8.4/en/client-error-reference.html (2002, 2003)",
        "can't connect to ",
        shape(
            r"can't connect to (?:mysql |mariadb )?server on '(?P<target>[^\s']{1,260}+)'"
            r"(?:[^\n(]{0,12}+\((?:\[errno )?«errno»)?"
        ),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "mysql clients: an unknown host",
        "https://dev.mysql.com/doc/mysql-errors/8.4/en/client-error-reference.html (2005)",
        "server host '",
        shape(
            r"unknown (?:mysql |mariadb )?server host '(?P<host>[^\s']{1,253}+)'(?: \(«errno»\))?"
        ),
        failure=Failure.NO_SUCH_HOST,
        protocol="",
    ),
    Format(
        "botocore: an endpoint",
        "https://github.com/boto/botocore (exceptions.py, EndpointConnectionError)",
        "could not connect to the endpoint url",
        shape(r"could not connect to the endpoint url: \\?\"?«url»"),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "paramiko: a port",
        "https://github.com/paramiko/paramiko (ssh_exception.py, NoValidConnectionsError)",
        "unable to connect to port ",
        shape(r"unable to connect to port «port» on «host»"),
        failure=Failure.UNKNOWN,
    ),
)
