"""The resolver's decisions, with servers that a test speaks for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from agent.net import dns_query
from agent.net.dns_query import QueryResult, Question
from agent.net.resolvconf import Hosts, ResolverConfig
from agent.net.resolver import Query, Resolver
from prober.model.outcome import DnsEvidence, Outcome

Say = Callable[[Question, str], tuple[str, tuple[str, ...], str]]
"""Question and server → rcode, answers, error."""


class Servers:
    """Stands in for the network; remembers what was asked."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self.asked: list[tuple[str, str, str]] = []

    async def ask(self, question: Question, server: str, deadline: float) -> QueryResult:
        self.asked.append((question.name, question.record, server))
        await asyncio.sleep(0)
        rcode, answers, error = self.say(question, server)
        return QueryResult(DnsEvidence(question.name, server, rcode, answers, error=error))


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Callable[[Say], Servers]:
    def install(say: Say) -> Servers:
        servers = Servers(say)
        monkeypatch.setattr(dns_query, "ask", servers.ask)
        return servers

    return install


def soon() -> float:
    return asyncio.get_running_loop().time() + 5


def resolver(**config: object) -> Resolver:
    return Resolver(ResolverConfig(**{"servers": ("s1",), **config}), Hosts())  # type: ignore[arg-type]  # its fields


async def test_ipv4_first_and_ipv6_only_when_there_is_none(
    network: Callable[[Say], Servers],
) -> None:
    servers = network(lambda q, _: ("NOERROR", ("2001:db8::1",) if q.record == "AAAA" else (), ""))
    lookup = await resolver().addresses("six.example", "", soon())
    assert (lookup.outcome, lookup.answers) == (Outcome.OK, ("2001:db8::1",))
    assert [record for _, record, _ in servers.asked] == ["A", "AAAA"]


async def test_the_search_path_ends_at_the_first_hit_and_keeps_no_misses(
    network: Callable[[Say], Servers],
) -> None:
    servers = network(
        lambda q, _: (
            ("NOERROR", ("198.18.0.9",), "") if q.name == "a.two." else ("NXDOMAIN", (), "")
        )
    )
    lookup = await resolver(search=("one", "two", "three")).addresses("a", "ipv4", soon())
    assert [name for name, _, _ in servers.asked] == ["a.one.", "a.two."]
    assert [item.name for item in lookup.dns] == ["a.two."]


async def test_a_servers_failure_on_the_search_path_is_not_forgotten(
    network: Callable[[Say], Servers],
) -> None:
    network(lambda q, _: ("SERVFAIL" if q.name == "a.one." else "NXDOMAIN", (), ""))
    lookup = await resolver(search=("one", "two")).addresses("a", "ipv4", soon())
    assert lookup.outcome is Outcome.DNS_SERVFAIL
    assert "SERVFAIL" in lookup.detail


async def test_a_name_without_records_says_more_than_no_such_name(
    network: Callable[[Say], Servers],
) -> None:
    network(lambda q, _: ("NOERROR" if q.name == "a.one." else "NXDOMAIN", (), ""))
    lookup = await resolver(search=("one", "two")).addresses("a", "", soon())
    assert lookup.outcome is Outcome.DNS_NXDOMAIN
    assert lookup.detail == "a.one. exists, but has no A or AAAA record"


@pytest.mark.parametrize("error", ["timeout", "refused", "unreachable"])
async def test_when_nobody_answers_the_rest_of_the_search_path_is_not_tried(
    network: Callable[[Say], Servers], error: str
) -> None:
    servers = network(lambda q, s: ("", (), error))
    lookup = await resolver(servers=("s1", "s2"), search=("one", "two")).addresses("a", "", soon())
    assert lookup.outcome is (Outcome.DNS_REFUSED if error == "refused" else Outcome.DNS_TIMEOUT)
    assert [server for _, _, server in servers.asked] == ["s1", "s2"]


@pytest.mark.parametrize(
    ("first", "error"), [("SERVFAIL", ""), ("REFUSED", ""), ("", "timeout"), ("", "refused")]
)
async def test_the_next_server_is_asked_and_both_are_shown(
    network: Callable[[Say], Servers], first: str, error: str
) -> None:
    network(lambda q, s: (first, (), error) if s == "s1" else ("NOERROR", ("198.18.0.9",), ""))
    lookup = await resolver(servers=("s1", "s2")).addresses("a.b", "ipv4", soon())
    assert lookup.outcome is Outcome.OK
    assert [(item.server, item.rcode, item.error) for item in lookup.dns] == [
        ("s1", first, error),
        ("s2", "NOERROR", ""),
    ]


async def test_probes_share_a_lookup_and_its_failure_but_a_retry_asks_again(
    network: Callable[[Say], Servers],
) -> None:
    servers = network(lambda q, _: ("NXDOMAIN", (), ""))
    shared = resolver()
    deadline = soon()
    lookups = await asyncio.gather(*(shared.addresses("a.b", "ipv4", deadline) for _ in range(100)))
    assert {lookup.outcome for lookup in lookups} == {Outcome.DNS_NXDOMAIN}
    assert len(servers.asked) == 1
    servers.say = lambda q, _: ("NOERROR", ("198.18.0.9",), "")
    assert (await shared.addresses("a.b", "ipv4", deadline, attempt=1)).outcome is Outcome.OK
    assert (await shared.addresses("a.b", "ipv4", deadline, attempt=2)).outcome is Outcome.OK
    assert len(servers.asked) == 2


async def test_a_lookup_that_hangs_does_not_hold_up_the_probe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def hang(*_: object) -> QueryResult:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(dns_query, "ask", hang)
    shared = resolver()
    lookup = await shared.addresses("a.b", "", asyncio.get_running_loop().time() + 0.01)
    assert lookup.outcome is Outcome.DNS_TIMEOUT
    await shared.close()


async def test_hosts_come_before_dns_and_know_families(network: Callable[[Say], Servers]) -> None:
    servers = network(lambda q, _: ("NXDOMAIN", (), ""))
    local = Resolver(ResolverConfig(), Hosts({"pod": ("2001:db8::5", "198.18.0.5")}))
    assert (await local.addresses("Pod", "", soon())).answers == ("198.18.0.5",)
    assert (await local.addresses("pod", "ipv6", soon())).answers == ("2001:db8::5",)
    assert servers.asked == []


@pytest.mark.parametrize(
    ("name", "record", "message"),
    [
        ("a..b", "A", "cannot be a name"),
        ("x" * 64, "A", "cannot be a name"),
        ("a.b", "WHAT", "not a record type"),
    ],
)
async def test_what_cannot_be_asked_is_an_error(name: str, record: str, message: str) -> None:
    lookup = await resolver().look_up(Query(name, (record,), ("198.18.0.1",)), soon())
    assert lookup.outcome is Outcome.ERROR
    assert message in lookup.detail
