"""A private key of a kubeconfig is never in a file, also not when the process is killed."""

import base64
import datetime
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

CODE = """
import asyncio, os, signal, sys
from pathlib import Path
from prober.fabric.kubernetes.client.connection import Access, connect

async def main():
    connection = await connect(Access(kubeconfig=Path(sys.argv[1])))
    loaded = connection.client.rest_client.ssl_context.cert_store_stats()["x509_ca"]
    print("connected", loaded, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


def key_pair() -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "admin")])
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=36500))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(pem), private


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="only Linux has files in memory")
def test_a_process_that_is_killed_leaves_no_key(tmp_path: Path) -> None:
    certificate, key = (base64.b64encode(part).decode() for part in key_pair())
    server = "https://198.51.100.1:6443"
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "prod",
        "clusters": [
            {
                "name": "prod",
                "cluster": {"server": server, "certificate-authority-data": certificate},
            }
        ],
        "users": [
            {
                "name": "admin",
                "user": {"client-certificate-data": certificate, "client-key-data": key},
            }
        ],
        "contexts": [{"name": "prod", "context": {"cluster": "prod", "user": "admin"}}],
    }
    (tmp_path / "kubeconfig").write_text(json.dumps(config))
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(tmp_path / "kubeconfig")],
        env={**os.environ, "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (-9, "connected 1\n"), done.stderr
    assert list(temporary.iterdir()) == []
