"""Names in certificates."""

from __future__ import annotations

import pytest

from agent.net.handshake import matches


@pytest.mark.parametrize(
    ("pattern", "name", "match"),
    [
        ("web.example", "web.example", True),
        ("WEB.example", "web.Example.", True),
        ("*.example", "web.example", True),
        ("*.example", "a.web.example", False),
        ("*.example", "example", False),
        ("w*.example", "web.example", False),
        ("web.example", "other.example", False),
        ("198.18.2.2", "198.18.2.2", True),
        ("2001:db8::1", "2001:db8:0:0::1", True),
        ("198.18.2.2", "198.18.2.3", False),
        ("xn--bcher-kva.example", "bücher.example", True),
        ("*", "web", False),
    ],
)
def test_matches(pattern: str, name: str, match: bool) -> None:
    assert matches(pattern, name) is match
