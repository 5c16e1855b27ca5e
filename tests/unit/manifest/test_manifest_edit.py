"""Patches of manifests on disk: the object changes, and nothing else in the file does."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from prober.manifest.writing.edit import append_object, edit_text, remove_object
from prober.model.errors import UsageError
from prober.model.objects import Ref

REF = Ref("NetworkPolicy", "shop", "web")
FILE = """\
# why this is here
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {}
  egress:
    # to Git
    - ports:
        - port: 443  # HTTPS
      to: []
    # the end
---
apiVersion: v1
kind: Namespace
metadata:
  name: shop  # stays
"""
RULE = {"ports": [{"protocol": "TCP", "port": 22}]}


def edit(text: str, *patch: dict[str, Any]) -> str:
    return edit_text("a.yaml", text, REF, patch)


def test_a_rule_is_added_where_a_person_would_write_it() -> None:
    done = edit(FILE, {"op": "add", "path": "/spec/egress/-", "value": RULE})
    added = "    - ports:\n      - protocol: TCP\n        port: 22\n"
    assert done == FILE.replace("      to: []\n", "      to: []\n" + added)


def test_a_list_is_added_where_there_is_none() -> None:
    done = edit(FILE, {"op": "add", "path": "/spec/ingress", "value": [RULE]})
    added = "  ingress:\n  - ports:\n    - protocol: TCP\n      port: 22\n"
    assert done == FILE.replace("      to: []\n", "      to: []\n" + added)


def test_a_number_is_replaced_and_its_comment_stays() -> None:
    done = edit(FILE, {"op": "replace", "path": "/spec/egress/0/ports/0/port", "value": 6443})
    assert done == FILE.replace("443  # HTTPS", "6443  # HTTPS")


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        (
            "/metadata/labels",
            {"a": "b"},
            "{name: web, namespace: shop}",
            "{name: web, namespace: shop, labels: {a: b}}",
        ),
        (
            "/spec/podSelector/matchLabels",
            {"app": "web"},
            "podSelector: {}",
            "podSelector: {matchLabels: {app: web}}",
        ),
        ("/spec/egress/0/to/-", {"podSelector": {}}, "to: []", "to: [{podSelector: {}}]"),
    ],
)
def test_what_is_written_in_one_line_stays_in_one(
    path: str, value: Any, old: str, new: str
) -> None:
    assert edit(FILE, {"op": "add", "path": path, "value": value}) == FILE.replace(old, new)


def test_what_was_added_can_be_removed_again() -> None:
    done = edit(FILE, {"op": "add", "path": "/spec/egress/-", "value": RULE})
    back = edit(
        done,
        {"op": "test", "path": "/spec/egress/1", "value": RULE},
        {"op": "remove", "path": "/spec/egress/1"},
    )
    assert back == FILE


def test_the_only_rule_is_removed_and_the_list_stays() -> None:
    done = edit(FILE, {"op": "remove", "path": "/spec/egress/0"})
    assert "  egress:\n    # to Git\n    []\n" in done


def test_so_it_does_where_the_list_is_no_deeper_than_its_key() -> None:
    flat = FILE.replace(
        "    # to Git\n    - ports:\n        - port: 443  # HTTPS\n      to: []\n    # the end\n",
        "  - to: []\n",
    )
    assert edit(flat, {"op": "remove", "path": "/spec/egress/0"}) == flat.replace(
        "  - to: []\n", "    []\n"
    )


def test_a_document_more_at_the_end_and_away_again() -> None:
    new = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "n", "labels": {"on": "yes"}},
    }
    grown = append_object("a.yaml", FILE, new)
    assert list(yaml.safe_load_all(grown))[-1] == new
    assert remove_object("a.yaml", grown, Ref("Namespace", "", "n"), new) == FILE
    with pytest.raises(UsageError, match="not as the fix left it"):
        remove_object("a.yaml", grown + "# mine\n", Ref("Namespace", "", "n"), new)
    with pytest.raises(UsageError, match="JSON"):
        append_object("a.json", "{}", new)


def test_an_object_in_a_list_and_windows_line_ends() -> None:
    text = (
        "apiVersion: v1\r\nkind: List\r\nitems:\r\n- apiVersion: networking.k8s.io/v1\r\n  "
        "kind: NetworkPolicy\r\n"
        "  metadata:\r\n    name: web\r\n    namespace: shop\r\n  spec:\r\n    podSelector: {}\r\n"
    )
    done = edit(text, {"op": "add", "path": "/spec/policyTypes", "value": ["Egress"]})
    assert done == text + "    policyTypes:\r\n    - Egress\r\n"


def test_json_stays_json() -> None:
    text = (
        '{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": '
        '{"name": "web", "namespace": '
        '"shop"}, "spec": {"podSelector": {}}}'
    )
    patch = [{"op": "add", "path": "/spec/egress", "value": [RULE]}]
    assert '"port": 22' in edit_text("a.json", text, REF, patch)


def test_shared_parts_are_refused_rather_than_changed_in_two_places() -> None:
    text = FILE.replace("to: []", "to: &shared []\n    - to: *shared")
    with pytest.raises(UsageError, match="cannot be edited in place"):
        edit(text, {"op": "add", "path": "/spec/egress/0/to/-", "value": {"podSelector": {}}})


def test_an_object_that_is_not_there() -> None:
    with pytest.raises(UsageError, match="has no NetworkPolicy shop/api"):
        edit_text(
            "a.yaml", FILE, Ref("NetworkPolicy", "shop", "api"), [{"op": "remove", "path": "/spec"}]
        )
