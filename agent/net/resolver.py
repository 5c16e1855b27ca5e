"""The vantage's own resolver: which name was asked, which server said what, and who stood in the
way.

The C library's resolver says only "temporary failure in name resolution", so this one follows its
rules (resolv.conf, hosts, search path, order of servers) and keeps what it loses. Where it departs
from glibc:

- A lookup must end within its probe's timeout, so the servers share that time: a dead first server
  does not hide what the second one says.
- IPv4 is asked for first, and IPv6 only if there is no IPv4 address, since one address is what a
  probe needs.

All probes of a run share the lookups: see `Resolver.addresses`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from agent.evidence import classify
from agent.net import resolvconf
from agent.net.resolvconf import Hosts, ResolverConfig
from prober.model.outcome import DnsEvidence, IcmpEvidence, Outcome

if TYPE_CHECKING:
    from agent.net.dns_query import QueryResult

RECORDS: Mapping[str, tuple[str, ...]] = {"ipv4": ("A",), "ipv6": ("AAAA",), "": ("A", "AAAA")}
"""The record types that are asked for, by the probe's family."""
_FINAL = frozenset({Outcome.OK, Outcome.DNS_TIMEOUT, Outcome.DNS_REFUSED, Outcome.ERROR})
"""After these there is no use in asking for the next name of the search path."""
_PATIENCE = 0.05
"""Seconds past the deadline, in which a lookup that ends by itself can still say which server was
to blame."""
_SAME_PATIENCE = 0.25
"""Seconds by which the timeouts of probes may differ that share a lookup: those of one run do not
start all at once."""
_FAILURES: Mapping[str, Outcome] = {
    "timeout": Outcome.DNS_TIMEOUT,
    "unreachable": Outcome.DNS_TIMEOUT,
    "refused": Outcome.DNS_REFUSED,
    "malformed": Outcome.DNS_SERVFAIL,
}


@dataclass(frozen=True, slots=True)
class Lookup:
    """How one name was resolved, or not."""

    outcome: Outcome
    """OK, one of the `dns-` outcomes, or ERROR for what cannot be asked."""
    answers: tuple[str, ...] = ()
    """Addresses, or the text form of the records that were asked for; empty unless OK."""
    dns: tuple[DnsEvidence, ...] = ()
    """Who was asked, without the names of the search path that simply do not exist; the last
    decided."""
    icmp: tuple[IcmpEvidence, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """What is wanted, and from whom."""

    name: str
    """As the user wrote it: the search path applies."""
    records: tuple[str, ...]
    """Tried in order until one has answers."""
    servers: tuple[str, ...]
    port: int = 53
    transport: str = "udp"


class _Shared(NamedTuple):
    """A lookup that several probes wait for."""

    seconds: float
    """How long it may take. Probes with another timeout make their own, which has other shares for
    its servers."""
    task: asyncio.Task[Lookup]


class Resolver:
    """Looks names up as the vantage would. One for a run: see `close`."""

    def __init__(self, config: ResolverConfig, hosts: Hosts) -> None:
        self.config = config
        self._hosts = hosts
        self._shared: dict[tuple[Query, int], list[_Shared]] = {}
        self._known: dict[Query, Lookup] = {}

    @classmethod
    def of_files(cls, resolv_conf: Path, hosts: Path) -> Resolver:
        """A resolver that does what these files say."""
        config = resolvconf.parse_resolv_conf(resolvconf.read(resolv_conf))
        return cls(config, resolvconf.parse_hosts(resolvconf.read(hosts)))

    async def close(self) -> None:
        """Stop the lookups that are still under way."""
        tasks = [shared.task for alike in self._shared.values() for shared in alike]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def addresses(
        self, name: str, family: str, deadline: float, *, attempt: int = 0
    ) -> Lookup:
        """The addresses of a name, by `deadline` (loop time).

        An answer is good for the whole run, in the order it came: servers like to shuffle, and a
        retry that takes the next address must not get the same one again. A failure is shared only
        by those who make the same attempt.
        """
        query = Query(name, RECORDS[family], self.config.servers)
        known = self._from_hosts(name, family) or self._known.get(query)
        if known:
            return known
        seconds = deadline - asyncio.get_running_loop().time()
        task = self._shared_by(query, attempt, seconds, deadline)
        await asyncio.wait({task}, timeout=max(seconds, 0.0) + _PATIENCE)
        if task.done():
            return task.result()
        return Lookup(Outcome.DNS_TIMEOUT, detail=f"looking up {name} did not end in time")

    def _shared_by(
        self, query: Query, attempt: int, seconds: float, deadline: float
    ) -> asyncio.Task[Lookup]:
        """The lookup that this one would only repeat, or a new one."""
        alike = self._shared.setdefault((query, attempt), [])
        for shared in alike:
            if abs(shared.seconds - seconds) <= _SAME_PATIENCE:
                return shared.task
        task = asyncio.create_task(self._find(query, deadline), name=f"lookup {query.name}")
        alike.append(_Shared(seconds, task))
        return task

    async def _find(self, query: Query, deadline: float) -> Lookup:
        lookup = await self.look_up(query, deadline)
        if lookup.outcome is Outcome.OK:
            self._known[query] = lookup
        return lookup

    async def look_up(self, query: Query, deadline: float) -> Lookup:
        """Ask for each name of the search path in turn, until one has an answer or no server
        answers at all."""
        kept: list[DnsEvidence] = []
        icmp: list[IcmpEvidence] = []
        last: Lookup | None = None
        for name in resolvconf.candidates(query.name, self.config):
            lookup = await self._ask_for(name, query, deadline)
            icmp += lookup.icmp
            if lookup.outcome in _FINAL:
                return replace(lookup, dns=(*kept, *lookup.dns), icmp=tuple(icmp))
            kept += [
                item
                for item in lookup.dns
                if item.error or item.rcode not in ("NXDOMAIN", "NOERROR")
            ]
            last = _worse(last, lookup)
        assert last is not None  # noqa: S101 - for the type checker: there is at least one candidate
        decided = tuple(item for item in last.dns if item not in kept)
        return replace(
            last, dns=(*kept, *decided), icmp=tuple(icmp), detail=_not_found(query, last)
        )

    async def _ask_for(self, name: str, query: Query, deadline: float) -> Lookup:
        """One absolute name: each record type in turn, while the name exists without it."""
        lookup = Lookup(Outcome.DNS_NXDOMAIN)
        for record in query.records:
            before = lookup.dns
            lookup = await self._ask_servers(name, record, query, deadline)
            lookup = replace(lookup, dns=(*(item for item in before if item.error), *lookup.dns))
            if not _has_no_data(lookup):
                break
        return lookup

    async def _ask_servers(self, name: str, record: str, query: Query, deadline: float) -> Lookup:
        """Each server in turn, until one knows: a server that fails or says nothing hands over to
        the next."""
        from agent.net import dns_query

        question = dns_query.Question(name, record, query.port, query.transport)
        if problem := dns_query.problem(question):
            return Lookup(Outcome.ERROR, detail=problem)
        loop = asyncio.get_running_loop()
        asked: list[QueryResult] = []
        for index, server in enumerate(query.servers):
            share = (deadline - loop.time()) / (len(query.servers) - index)
            patience = min(share, self.config.timeout * self.config.attempts)
            asked.append(await dns_query.ask(question, server, loop.time() + patience))
            if asked[-1].evidence.rcode in ("NOERROR", "NXDOMAIN"):
                break
        return _conclude(asked)

    def _from_hosts(self, name: str, family: str) -> Lookup | None:
        """What the hosts file says, which comes before DNS (nsswitch.conf: `hosts: files dns`)."""
        known = self._hosts.names.get(name.rstrip(".").lower(), ())
        sixes = tuple(address for address in known if ":" in address)
        fours = tuple(address for address in known if ":" not in address)
        wanted = {"ipv4": fours, "ipv6": sixes}.get(family, fours or sixes)
        if not wanted:
            return None
        return Lookup(
            Outcome.OK, wanted, (DnsEvidence(name, "hosts", "NOERROR", wanted, transport="file"),)
        )


def _conclude(asked: Sequence[QueryResult]) -> Lookup:
    """What the servers' answers come to: the last one decides."""
    seen = tuple(item.evidence for item in asked)
    icmp = tuple(error for item in asked for error in item.icmp)
    last = seen[-1]
    if last.error:
        outcome = _FAILURES[last.error]
    elif last.rcode == "NOERROR":
        outcome = Outcome.OK if last.answers else Outcome.DNS_NXDOMAIN
    elif last.rcode in ("NXDOMAIN", "REFUSED"):
        outcome = Outcome(f"dns-{last.rcode.lower()}")
    else:
        outcome = Outcome.DNS_SERVFAIL
    return Lookup(outcome, last.answers, seen, icmp, detail=_sentence(asked[-1]))


def _sentence(asked: QueryResult) -> str:
    """What the deciding server did, where the outcome alone does not say it."""
    said = asked.evidence
    if said.error == "timeout":
        return f"DNS server {said.server} did not answer"
    if said.error and asked.icmp:
        return f"DNS server {said.server}: {classify.describe(asked.icmp[-1])}"
    if said.error:
        return f"DNS server {said.server}: {said.error}"
    return (
        ""
        if said.rcode == "NOERROR" and said.answers
        else f"DNS server {said.server} answered {said.rcode}"
    )


def _has_no_data(lookup: Lookup) -> bool:
    """The name exists, but not with that record type."""
    return (
        lookup.outcome is Outcome.DNS_NXDOMAIN
        and bool(lookup.dns)
        and lookup.dns[-1].rcode == "NOERROR"
    )


def _worse(first: Lookup | None, other: Lookup) -> Lookup:
    """The lookup that says more about why a name was not found: a server's failure, then a name
    without such records, then no such name (glibc, `__res_context_search`)."""
    if first is None or other.outcome is Outcome.DNS_SERVFAIL:
        return other
    if first.outcome is Outcome.DNS_SERVFAIL or (_has_no_data(first) and not _has_no_data(other)):
        return first
    return other


def _not_found(query: Query, last: Lookup) -> str:
    if last.outcome is not Outcome.DNS_NXDOMAIN:
        return last.detail
    if _has_no_data(last):
        return f"{last.dns[-1].name} exists, but has no {' or '.join(query.records)} record"
    return f"no such name, says DNS server {last.dns[-1].server}"
