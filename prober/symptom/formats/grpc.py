"""gRPC's C core, and what is built on it (Python, Ruby, PHP, C#)."""

from __future__ import annotations

from prober.symptom.form import Format, shape
from prober.symptom.model import Failure

FORMATS = (
    Format(
        "grpc: failed to connect to a remote host",
        "https://github.com/grpc/grpc (src/core/lib/iomgr/tcp_client_posix.cc)",
        "failed to connect to remote host",
        shape(r"ipv[46]:«target» (?P<error>failed to connect to remote host[^\n]{1,160}+)"),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "grpc: a name",
        "https://github.com/grpc/grpc (src/core/ext/filters/client_channel/resolver/dns)",
        "dns resolution failed for",
        shape(r"dns resolution failed for (?:dns:/{0,3}+)?«target»(?P<error>[^\n]{0,300}+)"),
        failure=Failure.NO_SUCH_HOST,
    ),
    Format(
        "grpc-js: a name",
        "https://github.com/grpc/grpc-node (packages/grpc-js/src/resolver-dns.ts)",
        "name resolution failed for target",
        shape(r"name resolution failed for target (?:dns:/{0,3}+)?«target»"),
        failure=Failure.NO_SUCH_HOST,
        said=True,
    ),
)
