"""Certificates made in memory, for responders and the lab: signed by themselves, or by an authority
of the lab."""

from __future__ import annotations

import datetime
import functools
import ipaddress
import os
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate, GeneralName

LIFETIME = datetime.timedelta(days=365)
_COMMON_NAME = "prober responder"
_AUTHORITY_NAME = "prober lab"


@dataclass(frozen=True, slots=True)
class Authority:
    """Who signs certificates in a world of its own, where clients are told to trust it."""

    key: EllipticCurvePrivateKey
    certificate: Certificate

    @classmethod
    def make(cls) -> Authority:
        """A new one. Its key is nowhere but in this process."""
        key = _new_key()
        return cls(key, _signed(_AUTHORITY_NAME, key, (), None))

    @property
    def pem(self) -> str:
        """Its certificate, which is no secret."""
        return _pem(self.certificate).decode("ascii")


@functools.cache
def server_context(names: tuple[str, ...], authority: Authority | None = None) -> ssl.SSLContext:
    """A server's context with a certificate for these names and addresses. The same names give the
    same certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # The ssl module reads certificates from files only. This one is a file without a name, in
    # memory.
    descriptor = os.memfd_create("prober-certificate", os.MFD_CLOEXEC)
    try:
        os.write(descriptor, issued(names, authority))
        context.load_cert_chain(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)
    return context


def issued(names: Sequence[str], authority: Authority | None = None) -> bytes:
    """A key and a certificate for the names, as PEM. Without an authority it is its own, and can be
    trusted as such."""
    from cryptography.hazmat.primitives import serialization

    key = _new_key()
    certificate = _signed(_COMMON_NAME, key, names or ("localhost",), authority)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return secret + _pem(certificate)


def _new_key() -> EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric import (
        ec,
    )  # takes long to import, and only TLS needs it

    return ec.generate_private_key(ec.SECP256R1())


def _pem(certificate: Certificate) -> bytes:
    from cryptography.hazmat.primitives import serialization

    return certificate.public_bytes(serialization.Encoding.PEM)


def _signed(
    common_name: str,
    key: EllipticCurvePrivateKey,
    names: Sequence[str],
    authority: Authority | None,
) -> Certificate:
    """A certificate for `key`, signed by the authority or, without one, by itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
    issuer = authority.certificate.subject if authority else subject
    signing = authority.key if authority else key
    now = datetime.datetime.now(datetime.UTC)
    constraints = (
        x509.BasicConstraints(ca=False, path_length=None)
        if authority
        else x509.BasicConstraints(True, 0)
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(
            now - datetime.timedelta(hours=1)
        )  # the other side's clock may be a little behind
        .not_valid_after(now + LIFETIME)
        .add_extension(constraints, critical=True)
    )
    if names:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([_general(name) for name in names]), critical=False
        )
    return builder.sign(signing, hashes.SHA256())


def _general(name: str) -> GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
