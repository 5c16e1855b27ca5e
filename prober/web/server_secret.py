"""What guards a port, as a Secret that is mounted has it: three files in a folder."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path

from prober.web.credentials import Credentials, read_credentials
from prober.web.tls import context_of

CREDENTIALS, CERTIFICATE, KEY = "credentials", "tls.crt", "tls.key"
"""The files. A Secret of the type `kubernetes.io/tls` has the last two under these names."""


@dataclass(frozen=True, slots=True)
class ServerSecret:
    """Who may ask, and over TLS or not. As it is made: everybody, in clear text."""

    credentials: Credentials = field(default_factory=Credentials)
    tls: ssl.SSLContext | None = None


def read_server_secret(folder: Path | None) -> ServerSecret:
    """What the three files of a folder say; None: nothing guards the port. Raises `UsageError`
    where a file is missing, or is not what it should be."""
    if folder is None:
        return ServerSecret()
    return ServerSecret(
        read_credentials(folder / CREDENTIALS), context_of(folder / CERTIFICATE, folder / KEY)
    )
