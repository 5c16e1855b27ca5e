"""The rights that a run needs, and the paths it uses."""

from __future__ import annotations

from pathlib import Path

from prober.fabric.kubernetes.resources import CONFIG_MAPS, JOBS, NETWORK_POLICIES, PODS, READ

DOCS = Path(__file__).parents[4] / "docs" / "cluster.md"


def test_the_documentation_lists_every_right() -> None:
    rows = [line for line in DOCS.read_text().partition("## Rights")[2].splitlines() if line.startswith("| `")]
    wanted = []
    for one in (*READ, CONFIG_MAPS, JOBS):
        name = f"{one.plural}.{one.group}" if one.group else one.plural
        wanted.append(f"| `{name}` | {', '.join(one.verbs)} |")
        wanted += [f"| `{one.plural}/{sub}` | {verb} |" for sub, verb in one.subresources]
    assert rows == wanted


def test_paths_are_those_of_the_api() -> None:
    assert PODS.path() == "/api/v1/pods"
    assert PODS.path("shop", "web-0", "log") == "/api/v1/namespaces/shop/pods/web-0/log"
    assert NETWORK_POLICIES.path("shop") == "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies"
