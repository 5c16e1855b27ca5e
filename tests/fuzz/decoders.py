"""The table of decoders: whatever reads bytes that somebody else wrote.

Each row gives a decoder the bytes and names the errors that it declares: the tree of `ProberError`,
or, for the parsers below a probe, what their docstrings say and their callers turn into an outcome.
Rows with a `corpus` of another's share its examples.
"""

from __future__ import annotations

import asyncio
import base64
import functools
import os
import tempfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dns.message
import dns.name

from agent import wire
from agent.entering import request
from agent.evidence import error_queue
from agent.net import dns_query, handshake, http_wire, resolvconf, sockets
from agent.probes import grpc, icmp, tcp
from agent.serving import counters
from prober.baseline.allow import load_allowances
from prober.baseline.file import load_baseline
from prober.cli.options.settings import load_settings
from prober.cli.output.state import read_report
from prober.fabric.kubernetes.client.answers import decoded
from prober.fabric.kubernetes.client.connection import Access, connect, context_namespace
from prober.fabric.kubernetes.client.refusals import Call
from prober.fabric.kubernetes.interrogation import cilium, counters as rules, kernel
from prober.fabric.kubernetes.labels import Coordinator
from prober.fabric.kubernetes.reading.assembled import snapshot_of
from prober.fabric.lab.keeper import control
from prober.fabric.lab.keeper.main import decode_blueprint
from prober.fabric.ledger import Ledger
from prober.manifest import load_manifests
from prober.manifest.decoding import wire as shapes
from prober.manifest.decoding.gathered import Objects
from prober.manifest.lab.faults import parse_fault
from prober.model.errors import ProberError
from prober.model.outcome import TlsEvidence
from prober.model.packed import unpacked
from prober.model.probe import Plan, Probe, ProbeKind
from prober.model.snapshot import Snapshot
from prober.policy import Predictor
from prober.remedy.offers import offers_of
from prober.scenario import load_scenario, parse_duration, parse_source, parse_target, resolve
from prober.scenario.flows import parse_flows
from prober.scenario.text.selector import parse_selector
from prober.symptom import symptoms_of

Decode = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class Decoder:
    """One row."""

    name: str
    decode: Decode
    declared: tuple[type[Exception], ...] = (ProberError,)
    structured: bool = False
    """Its examples are JSON, whole or by lines."""
    weight: int = 100
    """Its share of the inputs, against the others': slow parsers get fewer."""
    corpus: str = ""
    """The folder of its examples; empty: its own name."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "corpus", self.corpus or self.name)


def _text(parse: Callable[[str], object]) -> Decode:
    """A parser of text: what is not UTF-8 never gets to it."""
    return lambda data: parse(data.decode("utf-8", "replace"))


@functools.cache
def _folder(process: int) -> Path:
    """A place for files, on the memory file system where there is one. One for each process."""
    shared = Path("/dev/shm")
    made = tempfile.mkdtemp(prefix="prober-fuzz-", dir=shared if shared.is_dir() else None)
    return Path(made)


def _file(load: Callable[[Path], object], suffix: str = ".yaml") -> Decode:
    """A loader of files."""

    def decode(data: bytes) -> object:
        path = _folder(os.getpid()) / f"input{suffix}"
        path.write_bytes(data)
        return load(path)

    return decode


def _packed(data: bytes) -> object:
    """The snapshot that a part of a divided run brings along, as it is before it is compressed; and
    what is predicted from it."""
    snapshot = unpacked(base64.b64encode(zlib.compress(data, 1)).decode())
    return Predictor(snapshot)


_PLAN = Plan(
    "pod/shop/web-0",
    tuple(
        Probe(kind.value, kind, "198.18.1.2", 80, attempts=3, url="http://198.18.1.2:80/")
        for kind in ProbeKind
    ),
    nonce="5f1e5f1e5f1e5f1e",
)


def _stream(data: bytes) -> object:
    ledger = Ledger(_PLAN)
    seen = [ledger.take(line) for line in data.split(b"\n") if line]
    ledger.close()
    return seen


def _itinerary(data: bytes) -> object:
    return [wire.decode_plan(bytes(visit.plan)) for visit in request.decode_request(data)]


_QUERY = dns.message.make_query("web.example.", "A", id=4711)
_QUESTION = dns_query.Question("web.example.", "A")


def _dns(data: bytes) -> object:
    """The examples have the id of the query, so that most of the inputs get past it."""
    message = dns_query._parse(data, _QUERY)
    return message and dns_query._said(_QUESTION, "198.18.0.53", "udp", message)


def _http_head(data: bytes) -> object:
    """As it comes in: in pieces, here of up to 1400 bytes."""
    head = http_wire.Head()
    for end in range(1400, len(data) + 1400, 1400):
        if head.is_complete(data[:end]):
            return head.answer
    return None


def _certificate(data: bytes) -> object:
    """Reads whatever it is given; the examples are certificates of many kinds."""
    return handshake.read_certificate(TlsEvidence(), data, "web.example")


def _grpc(data: bytes) -> object:
    exchange = grpc._Call(None, 0.0)  # type: ignore[arg-type]  # nothing is sent
    exchange.ask(grpc.Site("web.example", 80, secure=False, service=""))
    exchange.receive(data)
    return exchange._answer()


def _error_queue(data: bytes) -> object:
    """One control message, and the same with a TTL before it."""
    levels = ((0, error_queue.IP_RECVERR), (41, error_queue.IPV6_RECVERR))
    ttl = (0, 2, data[:4])
    return [error_queue.parse([ttl, (*level, data[4:])]) for level in levels]


def _echo(data: bytes) -> object:
    return [
        icmp.is_reply(family, data, 7, b"token", with_ip_header=header)
        for family in (2, 10)
        for header in (False, True)
    ]


def _kubeconfig(path: Path) -> object:
    access = Access(kubeconfig=path)
    context_namespace(access)

    async def open_and_close() -> str:
        connection = await connect(access)
        await connection.client.close()
        return connection.name

    return asyncio.run(open_and_close())


def _cluster(shape: type, field_name: str, **options: Any) -> Decode:
    """A page of the API server's, into the snapshot."""
    page: Any = shapes.List[shape]  # type: ignore[valid-type]  # a value here

    def decode(data: bytes) -> object:
        items = decoded(data, page, Call("list", field_name)).items or []
        workloads: Any = (
            [("Deployment", item) for item in items] if options.get("workload") else items
        )
        return snapshot_of(Objects(**{field_name: workloads}))

    return decode


@functools.cache
def _snapshot() -> Snapshot:
    corpus = Path(__file__).parent / "corpus" / "manifests"
    return load_manifests([corpus / "shop.yaml"]).snapshot


def _scenario(path: Path) -> object:
    scenario = load_scenario(path)
    return resolve(scenario, _snapshot(), outside=["github.com"], addressed=False)


def _flows(text: str) -> object:
    return parse_flows(text.split("\n"), _snapshot(), "flows.jsonl")


def _report(path: Path) -> object:
    return offers_of(read_report(path).record)


_ROWS = (
    Decoder("agent-stream", _stream, structured=True, weight=300),
    Decoder("plan", wire.decode_plan, structured=True, weight=300),
    Decoder("itinerary", _itinerary, structured=True, weight=150),
    Decoder("visit-line", request.denumbered, weight=50),
    Decoder(
        "lab-control", lambda data: control.decode(data, (0, 1, 2, 3)), structured=True, weight=200
    ),
    Decoder("blueprint", decode_blueprint, structured=True),
    Decoder("dns-answer", _dns, weight=250),
    Decoder("http-head", _http_head, (ValueError,), weight=200),
    Decoder("url", _text(http_wire.parse_url), (ValueError,), weight=100),
    Decoder("certificate", _certificate, weight=200),
    Decoder("grpc-answer", _grpc, (grpc.H2Error, grpc._Broken), weight=100),
    Decoder("banner", tcp.printable, weight=50),
    Decoder("echo-reply", _echo, weight=50),
    Decoder("error-queue", _error_queue, weight=200),
    Decoder("resolv-conf", _text(resolvconf.parse_resolv_conf), weight=150),
    Decoder("hosts", _text(resolvconf.parse_hosts), weight=100),
    Decoder("literal-address", _text(sockets.literal_address), weight=50),
    Decoder("counters", _file(counters.read), structured=True, weight=50),
    Decoder("coordinator", _text(Coordinator.parse), weight=50),
    Decoder("cluster-namespaces", _cluster(shapes.Namespace, "namespaces"), structured=True),
    Decoder("cluster-nodes", _cluster(shapes.Node, "nodes"), structured=True),
    Decoder("cluster-pods", _cluster(shapes.Pod, "pods"), structured=True),
    Decoder(
        "cluster-workloads",
        _cluster(shapes.Workload, "workloads", workload=True),
        structured=True,
    ),
    Decoder("cluster-services", _cluster(shapes.Service, "services"), structured=True),
    Decoder("cluster-slices", _cluster(shapes.EndpointSlice, "slices"), structured=True),
    Decoder("cluster-policies", _cluster(shapes.NetworkPolicy, "policies"), structured=True),
    Decoder("cluster-roles", _cluster(shapes.ClusterRole, "cluster_roles"), structured=True),
    Decoder(
        "cluster-bindings",
        _cluster(shapes.ClusterRoleBinding, "cluster_role_bindings"),
        structured=True,
    ),
    Decoder("manifests", _file(lambda path: load_manifests([path])), weight=6),
    Decoder(
        "manifests-json",
        _file(lambda path: load_manifests([path]), ".json"),
        structured=True,
        weight=20,
    ),
    Decoder("lab-document", _file(lambda path: load_manifests([path])), weight=10),
    Decoder("scenario", _file(_scenario), weight=8),
    Decoder("scenario-json", _file(_scenario, ".json"), structured=True, weight=15),
    Decoder("run-record", _file(_report, ".json"), structured=True, weight=20),
    Decoder("packed-snapshot", _packed, (ValueError,), weight=50),
    Decoder("baseline", _file(load_baseline, ".json"), structured=True, weight=15),
    Decoder("allowances", _file(load_allowances), weight=10),
    Decoder("settings", _file(load_settings), weight=10),
    Decoder("flows", _text(_flows), structured=True, weight=60),
    Decoder("kubeconfig", _file(_kubeconfig), weight=2),
    Decoder("target", _text(parse_target), weight=200),
    Decoder("source", _text(parse_source), weight=200),
    Decoder("selector", _text(parse_selector), weight=200),
    Decoder("duration", _text(parse_duration), weight=50),
    Decoder("monitor", _text(lambda text: list(cilium.dropped(text)))),
    Decoder("endpoint", lambda data: cilium.policies_of(data, "ingress"), structured=True),
    Decoder("rules", _text(lambda text: rules.moved("", text))),
    Decoder("drops", lambda data: list(kernel.drops(data)), structured=True),
    Decoder(
        "symptom", _text(lambda text: [symptoms_of(line) for line in text.splitlines()]), weight=60
    ),
    Decoder("fault", _text(parse_fault), weight=100),
)
TABLE: Mapping[str, Decoder] = {row.name: row for row in _ROWS}
"""By name."""
