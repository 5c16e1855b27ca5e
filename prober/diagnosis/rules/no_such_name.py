"""DNS says that the name does not exist: the network is not to blame."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from prober.diagnosis.facts.case import Case, Rule
from prober.model.listing import listed
from prober.model.outcome import Outcome
from prober.model.run import CheckRecord, Confidence, Finding

ID = "no-such-name"


def find(case: Case) -> Iterable[Finding]:
    groups: dict[str, list[CheckRecord]] = {}
    for record in case.troubled:
        if record.observation.outcome is Outcome.DNS_NXDOMAIN:
            groups.setdefault(record.check.probe.host.rstrip("."), []).append(record)
    for name, records in groups.items():
        servers = listed(
            dict.fromkeys(dns.server for r in records for dns in r.observation.evidence.dns[-1:])
        )
        yield Finding(
            id=ID,
            cause=f"there is no name {name}, says {servers}: {_advice(name, case)}",
            confidence=Confidence.CERTAIN,
            evidence=tuple(
                dict.fromkeys(
                    record.observation.detail for record in records if record.observation.detail
                )
            ),
            checks=tuple(record.check.id for record in records),
        )


def _advice(name: str, case: Case) -> str:
    """What a person may have meant, where a Service is called nearly like this."""
    known = {
        service.name: f"{service.name}.{service.namespace}"
        for service in case.snapshot.services.values()
    }
    near = get_close_matches(name.split(".", maxsplit=1)[0], known, n=1)
    return f"did you mean {known[near[0]]}" if near else "check how it is written"


RULE = Rule(
    id=ID,
    concludes=(
        "The name does not exist: it is misspelt, or the Service or the record was never made."
    ),
    advice="put the name right, or make what it should name",
    needs="a name for which a DNS server answered NXDOMAIN",
    find=find,
)
