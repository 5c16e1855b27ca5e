"""Databases, caches and their command line clients: libpq, Redis, MongoDB, and what their servers
say of peers."""

from __future__ import annotations

from prober.symptom.form import Format, shape
from prober.symptom.model import Failure

FORMATS = (
    Format(
        "libpq: one of several attempts, by psycopg",
        "https://github.com/psycopg/psycopg (psycopg/connection.py)",
        "hostaddr: '",
        shape(r"host: '«host»', port: '?«port»'?, hostaddr: '«address»': (?P<error>[^\n]{1,200}+)"),
    ),
    Format(
        "libpq: a connection to a server",
        "https://github.com/postgres/postgres (src/interfaces/libpq/fe-connect.c, "
        "emitHostIdentityInfo)",
        "connection to server at ",
        shape(
            r"connection to server at \\?\"(?P<host>[^\"\\]{1,253}+)\\?\"(?: \(«address»\))?, "
            r"port «port» failed: "
            r"(?!fatal|error)(?P<error>[^\n]{1,160}+)"
        ),
    ),
    Format(
        "libpq: before version 14",
        "https://github.com/postgres/postgres (REL_13_STABLE, fe-connect.c, connectFailureMessage)",
        "could not connect to server",
        shape(
            r"could not connect to server: (?P<error>[^\n]{1,80}?)\s{0,4}+is the server running "
            r"on host \\?\"(?P<host>[^\"\\]"
            r"{1,253}+)\\?\"(?: \(«address»\))? and accepting\s{1,4}+tcp/ip connections on port "
            r"«port»"
        ),
    ),
    Format(
        "libpq: the question in a line of its own",
        "https://github.com/postgres/postgres (REL_13_STABLE, fe-connect.c, connectFailureMessage)",
        "is the server running on host",
        shape(
            r"is the server running on host \\?\"(?P<host>[^\"\\]{1,253}+)\\?\"(?: "
            r"\(«address»\))? and accepting"
            r"\s{1,4}+tcp/ip connections on port «port»"
        ),
        failure=Failure.UNKNOWN,
        said=True,
    ),
    Format(
        "libpq: a name",
        "https://github.com/postgres/postgres (src/interfaces/libpq/fe-connect.c)",
        "could not translate host name",
        shape(
            r"could not translate host name \\?\"(?P<host>[^\"\\]{1,253}+)\\?\" to address: "
            r"(?P<error>[^\n]{1,120}+)"
        ),
        failure=Failure.NO_SUCH_HOST,
        protocol="",
    ),
    Format(
        "libpq: a name, by psycopg",
        "https://github.com/psycopg/psycopg (psycopg/_conninfo_attempts.py)",
        "failed to resolve host",
        shape(r"failed to resolve host «quote»«host»«quote»: (?P<error>[^\n]{1,120}+)"),
        failure=Failure.NO_SUCH_HOST,
        protocol="",
    ),
    Format(
        "libpq: in German, French and Spanish",
        "https://github.com/postgres/postgres (src/interfaces/libpq/po/de.po, fr.po, es.po)",
        "port ",
        shape(
            r"(?:verbindung zum server auf|connexion au serveur sur|conexión al servidor en) "
            r"[«»\"“]\s?(?P<host>[\w.:-]{1,253}+)\s?[»«\"”](?: \(«address»\))?, (?:port|puerto) "
            r"«port» (?P<error>[^\n]{1,160}+)"
        ),
    ),
    Format(
        "pg_isready",
        "https://www.postgresql.org/docs/current/app-pg-isready.html",
        "no response",
        shape(r"«begin»(?P<target>[\w.-]{1,253}+:\d{1,5}+) - no response"),
        failure=Failure.UNKNOWN,
        said=True,
    ),
    Format(
        "redis-cli",
        "https://github.com/redis/redis (src/redis-cli.c, cliConnect)",
        "could not connect to redis at",
        shape(r"could not connect to redis at «target» (?P<error>[^\n]{1,120}+)"),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "redis gem",
        "https://github.com/redis/redis-rb (lib/redis/client.rb)",
        "error connecting to redis on",
        shape(r"error connecting to redis on «target» (?P<error>[^\n]{1,120}+)"),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "mongodb: a server of the replica set",
        "https://github.com/mongodb/mongo (src/mongo/client, HostUnreachable)",
        "error connecting to ",
        shape(
            r"error connecting to «target» \((?P<address>[0-9a-f.:\[\]]{2,60}?):\d{1,5}+\) "
            r"(?P<error>[^\n]{1,200}+)"
        ),
    ),
    Format(
        "mongodb java: a server's description",
        "https://mongodb.github.io/mongo-java-driver/ (ClusterDescription)",
        "{address=",
        shape(
            r"\{address=(?P<target>[^\s,}]{1,260}+), type=unknown[^\n]{0,200}?caused by "
            r"(?P<error>[^\n]{1,200}+)"
        ),
    ),
    Format(
        "mongodb: a pooled connection",
        "https://github.com/mongodb/node-mongodb-native (src/cmap/errors.ts)",
        "connection ",
        shape(
            r"\bconnection (?:<monitor>|\d{1,10}+) to (?P<target>[^\s,]{4,260}+) "
            r"(?P<error>closed|timed out)"
        ),
        failure=Failure.CLOSED,
    ),
    Format(
        "clickhouse: a name",
        "https://github.com/ClickHouse/ClickHouse (src/Common/DNSResolver.cpp)",
        "not found address of host",
        shape(r"not found address of host: «host»"),
        failure=Failure.NO_SUCH_HOST,
        said=True,
        protocol="",
    ),
    Format(
        "prisma",
        "https://www.prisma.io/docs/orm/reference/error-reference#p1001",
        "reach database server at",
        shape(
            r"reach database server at `(?P<host>[^\s`]{1,253}?)`?:`?«port»`(?P<error>[^\n]{0,80}+)"
        ),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "stackexchange.redis",
        "https://stackexchange.github.io/StackExchange.Redis/",
        "unabletoconnect on ",
        shape(r"unabletoconnect on (?P<target>[^\s/,]{1,260}+)(?P<error>)"),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "npgsql",
        "https://www.npgsql.org/doc/ (NpgsqlConnector)",
        "failed to connect to ",
        shape(r"npgsqlexception(?: \(0x\w{1,8}+\))?: failed to connect to «target»"),
        failure=Failure.UNKNOWN,
    ),
)
