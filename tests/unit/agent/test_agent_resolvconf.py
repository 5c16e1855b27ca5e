"""resolv.conf and hosts, as glibc reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.net import resolvconf
from agent.net.resolvconf import ResolverConfig

POD = """
search flux-system.svc.cluster.local svc.cluster.local cluster.local
nameserver 198.19.0.10
options ndots:5 timeout:2 attempts:3 rotate
"""


def test_a_pods_resolv_conf() -> None:
    assert resolvconf.parse_resolv_conf(POD) == ResolverConfig(
        servers=("198.19.0.10",),
        search=("flux-system.svc.cluster.local", "svc.cluster.local", "cluster.local"),
        ndots=5,
        timeout=2.0,
        attempts=3,
    )


def test_an_empty_or_missing_file_means_a_server_on_this_host(tmp_path: Path) -> None:
    text = resolvconf.read(tmp_path / "none")
    assert resolvconf.parse_resolv_conf(text) == ResolverConfig(servers=("127.0.0.1",))


def test_what_is_wrong_or_too_much_is_ignored() -> None:
    config = resolvconf.parse_resolv_conf(
        (
            "nameserver nonsense\n; comment\n# nameserver "
            "198.18.0.9\nsearch\nnameserver\noptions ndots:many timeout:99\n"
        )
        + "".join(f"nameserver 198.18.0.{last}\n" for last in range(1, 6))
    )
    assert config.servers == ("198.18.0.1", "198.18.0.2", "198.18.0.3")
    assert (config.ndots, config.timeout) == (1, 30.0)


def test_the_last_of_domain_and_search_counts() -> None:
    assert resolvconf.parse_resolv_conf("search a b\ndomain c.\n").search == ("c",)


@pytest.mark.parametrize(
    ("name", "ndots", "expected"),
    [
        ("github.com", 5, ("github.com.ns.svc.", "github.com.svc.", "github.com.")),
        ("github.com", 1, ("github.com.", "github.com.ns.svc.", "github.com.svc.")),
        ("web", 1, ("web.ns.svc.", "web.svc.", "web.")),
        ("web.", 5, ("web.",)),
    ],
)
def test_candidates(name: str, ndots: int, expected: tuple[str, ...]) -> None:
    assert (
        resolvconf.candidates(name, ResolverConfig(search=("ns.svc", "svc"), ndots=ndots))
        == expected
    )


def test_hosts() -> None:
    hosts = resolvconf.parse_hosts(
        "127.0.0.1 localhost # me\n::1 Localhost ip6\nbad line\n198.18.0.5\tpod pod.ns\n"
    )
    assert hosts.names == {
        "localhost": ("127.0.0.1", "::1"),
        "ip6": ("::1",),
        "pod": ("198.18.0.5",),
        "pod.ns": ("198.18.0.5",),
    }
