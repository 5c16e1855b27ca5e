"""The server's side of TLS."""

from __future__ import annotations

import ssl
from pathlib import Path

from prober.model.errors import UsageError


def context_of(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """TLS with a certificate (with its chain) and its key, both in PEM; None where there is
    neither. Raises `UsageError` for one without the other and for files that are not a pair."""
    if (certificate is None) is not (key is None):
        raise UsageError("--tls-cert and --tls-key belong together", hint="give both, or neither")
    if certificate is None or key is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(
            f"{certificate} and {key} are not a certificate and its key: {error}",
            hint="give both in PEM, the certificate with its chain",
        ) from error
    return context
