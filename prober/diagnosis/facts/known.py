"""Of a check without a cause: what is known, what that excludes, and the next thing to do. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from prober.diagnosis.facts.case import Case
from prober.diagnosis.facts.engine import enforcers
from prober.diagnosis.facts.reasons import destination_pods, source_node
from prober.model.check import EndpointKind
from prober.model.listing import listed
from prober.model.outcome import Outcome
from prober.model.prediction import Ruling
from prober.model.run import CheckRecord, Verdict
from prober.model.snapshot import Snapshot

MOST_FACTS = 4


def known(record: CheckRecord) -> Iterator[str]:
    """The sentences under the check, as far as they say something."""
    yield from list(record.reasons)[:MOST_FACTS]
    if not record.reasons:
        yield f"{record.check.name}: {record.observation.outcome}"


def excluded(record: CheckRecord, case: Case) -> Iterator[str]:
    """What it cannot be, each with what shows it."""
    if record.prediction.verdict is Ruling.ALLOWED:
        yield f"the NetworkPolicies: {record.prediction.reason}"
    passed = [control for control in record.target_controls if control.passed]
    if passed:
        yield f"a dead target: {passed[0].name}"
    if record.observation.phases.get("resolve") is not None and record.observation.address:
        yield f"the name: it resolved to {record.observation.address}"
    if record.observation.outcome.reached:
        yield "the way there: the target itself answered"
    source = record.check.flow.source
    for other in case.records:
        same = other is not record and other.check.flow.source == source
        if same and other.observation.outcome is Outcome.OK:
            yield f"a dead source: {other.check.name} works"
            return


def next_step(record: CheckRecord, snapshot: Snapshot) -> str:
    """What to do now, by what was seen."""
    outcome, flow = record.observation.outcome, record.check.flow
    if outcome is Outcome.ERROR:
        detail = record.observation.detail or "no word came back"
        if "connect" in record.observation.phases:
            return (
                f"look at what listens at {flow.destination}:{flow.port}: it takes connections and "
                f"speaks something else than {record.check.probe.kind} ({detail})"
            )
        return f"make the probe itself run ({detail}), then run the checks again"
    if outcome is Outcome.OK or record.verdict is Verdict.LEAK:
        return _look_what_lets_it_through(record, snapshot)
    failed = next((control for control in record.controls if not control.passed), None)
    if failed is not None:
        return f"see why the control failed ({failed.name}), then run the checks again"
    if outcome is Outcome.SILENT:
        return (
            f"ask {flow.destination} for something that it answers (`expect` a reply, or probe "
            "it over TCP): silence of UDP proves nothing"
        )
    if outcome.is_dns:
        return f"ask the name server of {flow.source} yourself: prober check … dns://NAME"
    if outcome in (Outcome.REFUSED, Outcome.RESET):
        return f"read the log of {flow.destination}: it was reached, and ended the connection"
    return _look_where_it_was_lost(record, snapshot)


def _look_what_lets_it_through(record: CheckRecord, snapshot: Snapshot) -> str:
    if record.verdict is not Verdict.LEAK:
        wanted, flow = record.check.expected, record.check.flow
        return (
            f"see whether {wanted} is still what is wanted: {flow.destination} answers "
            f"{flow.source}, and nothing stops it"
        )
    nodes = listed(sorted({node for node in enforcers(record, snapshot) if node}))
    return (
        f"ask the policy agent{f' of {nodes}' if nodes else ''} what it enforces for "
        f"{listed(str(ref) for ref in record.prediction.decisive) or 'these pods'}: whether "
        "enforcement is switched on, when it last read the policies (its log; restart it if it "
        "hangs), and whether it reads them otherwise than the API's documentation does"
    )


def _look_where_it_was_lost(record: CheckRecord, snapshot: Snapshot) -> str:
    nodes = [source_node(record.check.vantage, snapshot)]
    nodes += [pod.node for pod in destination_pods(record, snapshot)[:1]]
    if record.check.flow.destination.kind is EndpointKind.NODE:
        nodes.append(record.check.flow.destination.name)
    named = " and ".join(dict.fromkeys(node for node in nodes if node)) or "the way there"
    return (
        f"take a bundle with `prober evidence`, and look at firewalls and at the network plugin's "
        f"own policies on {named}"
    )
