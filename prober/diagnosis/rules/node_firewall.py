"""A node's own firewall: what listens on the node answers there, and to nobody from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prober.diagnosis.facts.case import Case, Rule
from prober.diagnosis.facts.followups import echo
from prober.diagnosis.facts.reasons import source_node, target_nodes
from prober.model.outcome import Outcome
from prober.model.prediction import Ruling
from prober.model.probe import Probe, ProbeKind
from prober.model.run import CheckRecord, Confidence, Finding

ID = "node-firewall"


Pair = tuple[str, str]
"""A node, and a port of it as in `9100/tcp`."""


def find(case: Case) -> Iterable[Finding]:
    groups: dict[Pair, list[tuple[CheckRecord, str]]] = {}
    for record in case.troubled:
        node = _node(record, case)
        sign = next(_signs_of_life(record, node, case), "") if node else ""
        if sign:
            groups.setdefault((node, _port_text(record)), []).append((record, sign))
    yield from _findings(groups)


def find_supplementary(case: Case) -> Iterable[Finding]:
    """Where policies deny the flow as well, the source's node is asked, whom they do not concern:
    to it the port is closed, too, and the node answers otherwise."""
    groups: dict[Pair, list[tuple[CheckRecord, str]]] = {}
    for record in case.denied:
        source = source_node(record.check.vantage, case.snapshot)
        for node in target_nodes(record, case.snapshot):
            sign = _closed_to_nodes(node, source, record, case)
            if sign:
                groups.setdefault((node, _port_text(record)), []).append((record, sign))
                break
    yield from _findings(groups)


def _closed_to_nodes(node: str, source: str, record: CheckRecord, case: Case) -> str:
    """What shows that another node does not get to this port, though it reaches the node; empty:
    it does, or nobody knows."""
    known, port = case.snapshot.nodes.get(node), _port(record)
    if source in ("", node) or known is None or not known.addresses or not isinstance(port, int):
        return ""
    address, timeout = known.addresses[0], record.check.probe.timeout
    answer = case.ask_node(source, Probe("", ProbeKind.TCP, address, port, timeout))
    if answer is None or not answer.outcome.closed or not _listens(node, record, case):
        return ""
    alive = case.ask_node(source, echo(address, timeout))
    if alive is None or alive.outcome is not Outcome.OK:
        return ""
    return f"from node {source}, {address}:{port} says {answer.outcome}, and an echo is answered"


def _findings(groups: dict[Pair, list[tuple[CheckRecord, str]]]) -> Iterator[Finding]:
    for (node, port), group in groups.items():
        records = [record for record, _ in group]
        yield Finding(
            id=ID,
            cause=f"the firewall of node {node} stops {port} from elsewhere: what listens there "
            "answers on the node itself, and no NetworkPolicy is about it",
            confidence=Confidence.LIKELY,
            evidence=(
                f"from node {node} itself, {port} answers",
                *dict.fromkeys(sign for _, sign in group),
                *(f"{record.check.name}: {record.observation.outcome}" for record in records[:3]),
            ),
            checks=tuple(record.check.id for record in records),
        )


def _node(record: CheckRecord, case: Case) -> str:
    """The node at whose own network the target is, if it answers there and not from elsewhere."""
    outcome = record.observation.outcome
    lost = outcome.closed or outcome is Outcome.SILENT
    if not lost or record.prediction.verdict is Ruling.DENIED:
        return ""
    for node in target_nodes(record, case.snapshot):
        away = source_node(record.check.vantage, case.snapshot) != node
        if away and _listens(node, record, case):
            return node
    return ""


def _listens(node: str, record: CheckRecord, case: Case) -> bool:
    """Whether it answers on the node itself."""
    known = case.snapshot.nodes.get(node)
    port = _port(record)
    if known is None or not known.addresses or not isinstance(port, int):
        return False
    probe = Probe("", ProbeKind.TCP, known.addresses[0], port, record.check.probe.timeout)
    answer = case.ask_node(node, probe)
    return answer is not None and answer.outcome is Outcome.OK


def _port_text(record: CheckRecord) -> str:
    return f"{_port(record)}/{str(record.check.flow.protocol).lower()}"


def _port(record: CheckRecord) -> int | str | None:
    number = next((backend.port for backend in record.prediction.backends), None)
    return number or record.check.flow.port


def _signs_of_life(record: CheckRecord, node: str, case: Case) -> Iterator[str]:
    """What shows that packets get from there to the node otherwise."""
    addresses = case.snapshot.nodes[node].addresses if node in case.snapshot.nodes else ()
    for other in case.records:
        same = other.check.vantage == record.check.vantage
        if (
            same
            and other.observation.outcome is Outcome.OK
            and node in target_nodes(other, case.snapshot)
        ):
            yield f"{other.check.name}: {other.observation.outcome}, to the same node"
    for address in addresses[:1]:
        answer = case.ask(record.check.vantage, echo(address, record.check.probe.timeout))
        if answer is not None and answer.outcome is Outcome.OK:
            yield f"from the same place, node {node} ({address}) answers an echo"


RULE = Rule(
    id=ID,
    concludes=(
        "What listens on a node answers there and not from elsewhere, though the node is reached: "
        "a firewall on the node itself."
    ),
    advice="look at the firewall of that node (nft list ruleset, firewalld, ufw) and open the port",
    needs="a lost connection to a node or a pod on its network",
    asks="the node itself: the same port; from the same place, or from its node: an echo of the "
    "node, and the port where policies deny it to the source",
    find=find,
    find_supplementary=find_supplementary,
)
