"""Nothing secret leaves: the objects' values and what looks like a credential in any text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from prober.manifest.writing.shareable import shareable
from prober.model.text.secrets import GONE, redact_text

HIDDEN = "s3cr3t-v4lue"


@pytest.mark.parametrize(
    "text",
    [
        f"password={HIDDEN}",
        f'"db_password": "{HIDDEN}"',
        f"--client-secret={HIDDEN} --v=2",
        f"API-KEY: {HIDDEN}",
        f"https://user:{HIDDEN}@proxy.example:3128/",
        f"Authorization: Bearer {HIDDEN}",
        f"Basic {HIDDEN}==",
        f"token {HIDDEN}".replace(" ", "="),
        f"-----BEGIN RSA PRIVATE KEY-----\n{HIDDEN}\n-----END RSA PRIVATE KEY-----",
        f"cut off -----BEGIN PRIVATE KEY-----\n{HIDDEN}",
        f"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.{HIDDEN}",
        f"ghp_{HIDDEN.replace('-', '')}abcdef",
    ],
)
def test_what_looks_like_a_credential_is_taken_out(text: str) -> None:
    redacted = redact_text(f"before {text}")
    assert HIDDEN not in redacted
    assert HIDDEN.replace("-", "") not in redacted
    assert GONE in redacted
    assert redacted.startswith("before ")


@pytest.mark.parametrize(
    "text",
    [
        "ICMP 3/3 from n1 (198.51.100.11)",
        "http://web.shop.svc:8080/healthz",
        "git@github.com:org/repo.git",
        "unable to mount volume: secret flux-system/git not found",
        "add a rule to egress of NetworkPolicy flux-system/allow-egress that allows 22/TCP",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact_text(text) == text


def test_objects_keep_what_decides_and_lose_the_rest() -> None:
    pod: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "labels": {"app": "web"}, "annotations": {"a": HIDDEN}},
        "spec": {
            "containers": [
                {
                    "name": "web",
                    "args": [f"--token={HIDDEN}"],
                    "env": [
                        {"name": "DB", "value": HIDDEN},
                        {"name": "HTTPS_PROXY", "value": f"http://u:{HIDDEN}@proxy.example:3128"},
                    ],
                }
            ]
        },
    }
    kept = shareable(pod)
    assert HIDDEN not in json.dumps(kept)
    assert kept["metadata"]["labels"] == {"app": "web"}
    [container] = kept["spec"]["containers"]
    assert container["env"] == [
        {"name": "HTTPS_PROXY", "value": f"http://{GONE}@proxy.example:3128"}
    ]


def test_of_other_kinds_the_name_stays() -> None:
    config = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "a"},
        "data": {"Corefile": HIDDEN},
    }
    assert shareable(config) == {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
