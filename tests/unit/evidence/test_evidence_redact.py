"""Nothing secret leaves: the objects' values and what looks like a credential in any text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from prober.bundle.redact import GONE, redact_data, redact_object, redact_text

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
    kept = redact_object(pod)
    assert kept is not None
    assert HIDDEN not in json.dumps(kept)
    assert kept["metadata"]["labels"] == {"app": "web"}
    [container] = kept["spec"]["containers"]
    assert container["env"][1] == {
        "name": "HTTPS_PROXY",
        "value": f"http://{GONE}@proxy.example:3128",
    }


def test_secrets_are_not_handed_around_at_all() -> None:
    secret = {"kind": "Secret", "metadata": {"name": "a"}, "data": {"x": HIDDEN}}
    assert redact_object(secret) is None
    assert redact_object({"kind": "List", "items": [secret]}) == {"kind": "List", "items": []}


def test_of_a_config_map_the_keys_stay() -> None:
    kept = redact_object(
        {"kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"Corefile": HIDDEN}}
    )
    assert kept is not None
    assert kept["data"] == {"Corefile": GONE}


def test_objects_inside_a_record_lose_their_annotations_too() -> None:
    record = {
        "findings": [
            {"fix": {"manifest": {"metadata": {"annotations": {"last": HIDDEN}, "name": "a"}}}}
        ]
    }
    assert redact_data(record) == {"findings": [{"fix": {"manifest": {"metadata": {"name": "a"}}}}]}
