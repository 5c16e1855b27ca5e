"""The cluster's certificates, and the kubeconfigs that use them."""

from __future__ import annotations

import datetime
import ipaddress
import json
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from testbed.layout import API, API_SERVICE, PKI, kubeconfig_path

_LIFE = datetime.timedelta(days=30)
_API_NAMES = (
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
)


class Authority:
    """Signs the certificates of everything in the cluster."""

    def __init__(self) -> None:
        PKI.mkdir(mode=0o700)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _subject("testbed-ca")
        builder = _builder(self._name, self._name, self._key.public_key(), self._key)
        builder = builder.add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        builder = builder.add_extension(_key_usage(signs=True), critical=True)
        _write_certificate("ca", builder.sign(self._key, hashes.SHA256()))
        _write_key("ca", self._key)
        self._service_accounts()
        self.issue("apiserver", "kube-apiserver", names=_API_NAMES, addresses=(API, API_SERVICE))
        self.issue("admin", "admin", "system:masters")

    def issue(
        self,
        file: str,
        name: str,
        group: str = "",
        *,
        names: Sequence[str] = (),
        addresses: Sequence[str] = (),
    ) -> None:
        """A key and a certificate, for clients and (with names or addresses) for servers."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(_subject(name, group), self._name, key.public_key(), self._key)
        builder = builder.add_extension(
            x509.BasicConstraints(ca=False, path_length=None), critical=True
        )
        builder = builder.add_extension(_key_usage(signs=False), critical=True)
        usage = x509.ExtendedKeyUsage(
            [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        )
        builder = builder.add_extension(usage, critical=False)
        if names or addresses:
            general: list[x509.GeneralName] = [x509.DNSName(entry) for entry in names]
            general += [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
            builder = builder.add_extension(x509.SubjectAlternativeName(general), critical=False)
        _write_certificate(file, builder.sign(self._key, hashes.SHA256()))
        _write_key(file, key)

    def user(self, name: str, group: str = "", file: str = "") -> None:
        """A client with a kubeconfig of its own."""
        self.issue(file or name, name, group)
        write_kubeconfig(file or name)

    def _service_accounts(self) -> None:
        key = rsa.generate_private_key(65537, 2048)
        _write_key("sa", key)
        public = serialization.PublicFormat.SubjectPublicKeyInfo
        (PKI / "sa.pub").write_bytes(
            key.public_key().public_bytes(serialization.Encoding.PEM, public)
        )


def write_kubeconfig(user: str) -> Path:
    """A kubeconfig for a user whose certificate was issued. JSON is YAML too."""
    cluster = {"server": f"https://{API}:6443", "certificate-authority": f"{PKI}/ca.crt"}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "testbed",
        "clusters": [_named("testbed", cluster=cluster)],
        "users": [
            _named(
                user,
                user={"client-certificate": f"{PKI}/{user}.crt", "client-key": f"{PKI}/{user}.key"},
            )
        ],
        "contexts": [_named("testbed", context={"cluster": "testbed", "user": user})],
    }
    path = kubeconfig_path(user)
    path.touch(0o600)
    path.write_text(json.dumps(config, indent=1))
    return path


def _named(name: str, **content: dict[str, str]) -> dict[str, object]:
    return {"name": name, **content}


def _subject(name: str, group: str = "") -> x509.Name:
    attributes = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group)] if group else []
    return x509.Name([*attributes, x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    signer: ec.EllipticCurvePrivateKey,
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + _LIFE)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )


def _key_usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _write_certificate(file: str, certificate: x509.Certificate) -> None:
    (PKI / f"{file}.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _write_key(file: str, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> None:
    path = PKI / f"{file}.key"
    path.touch(0o600)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    )
