"""`prober explain`: why the policies allow or deny one flow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from prober.cli.commands.predict import known_hosts, load
from prober.cli.options.shared import PATH
from prober.cli.output.terminal import show
from prober.model.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from prober.model.check import Endpoint, Flow
    from prober.model.snapshot import Snapshot
    from prober.scenario.text.refs import ObjectRef


@click.command("explain")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option(
    "-f",
    "--manifests",
    multiple=True,
    required=True,
    type=PATH,
    metavar="DIR|FILE",
    help="Manifests (or a scenario, for its world). Several at once.",
)
@click.option(
    "-n", "--namespace", default="", help="The namespace of names that do not say theirs."
)
@click.option(
    "--host",
    "hosts",
    multiple=True,
    metavar="NAME=ADDRESS",
    help="What the name of a host outside resolves to. Several at once.",
)
def command(
    source: str, target: str, manifests: tuple[Path, ...], namespace: str, hosts: tuple[str, ...]
) -> int:
    """Say which policies and rules decide about one flow, and where they are written.

    \b FROM  deploy/source-controller.flux-system   pod/web-0.shop   shop/web-0   node/n1
    203.0.113.9 TO    tcp://github.com:22   tcp://svc/web.shop:80   shop/db-0:5432   svc/shop/web:80
    icmp://node/n2"""
    from prober.policy.predictor import Predictor
    from prober.policy.text.explain import explain

    loaded = load(manifests)
    flow = flow_of(source, target, namespace, loaded.snapshot)
    predictor = Predictor(loaded.snapshot, hosts=known_hosts(loaded, hosts))
    show(explain(flow, predictor.predict(flow), loaded.snapshot))
    return ExitCode.OK


def flow_of(source: str, target: str, namespace: str, snapshot: Snapshot) -> Flow:
    """The flow that the two arguments mean. Raises `UsageError` for what means nothing or does not
    exist."""
    from prober.model.check import Flow
    from prober.scenario.text.reference import Scheme, parse_source, parse_target
    from prober.scenario.text.source import is_object

    start = (
        _object(parse_source(source, namespace), snapshot)
        if is_object(source)
        else _end(source, snapshot)
    )
    if "://" not in target and not (is_object(target) and target.count("/") == 1):
        end, protocol, port = _plain(target)
        return Flow(start, _end(end, snapshot, destination=True), protocol, port)
    asked = parse_target(target if "://" in target else f"tcp://{target}", namespace)
    place = asked.place
    if place.object is None and not place.host:
        raise UsageError(
            f"{target} names no server",
            hint="say which one is asked, as in dns://NAME@svc/kube-dns.kube-system",
        )
    end_point = (
        _object(place.object, snapshot)
        if place.object
        else _end(place.host, snapshot, destination=True)
    )
    if asked.scheme is Scheme.ICMP:
        return Flow(start, end_point, "ICMP")
    udp = asked.scheme is Scheme.UDP or (asked.scheme is Scheme.DNS and asked.transport == "udp")
    return Flow(start, end_point, "UDP" if udp else "TCP", place.port)


def _plain(target: str) -> tuple[str, str, int | str]:
    """`END:PORT`, with `/udp` or `/sctp` after the port where it is not TCP."""
    end, colon, rest = target.rpartition(":")
    port, _, protocol = rest.partition("/")
    protocol = (protocol or "TCP").upper()
    if not colon or not port or protocol not in ("TCP", "UDP", "SCTP"):
        raise UsageError(
            f"{target} names no port",
            hint="as in shop/db-0:5432, github.com:22 or shop/dns-0:53/udp",
        )
    if port.isdigit() and not 1 <= int(port) <= 65535:
        raise UsageError(f"port {port} is out of range", hint="1 to 65535")
    return end, protocol, int(port) if port.isdigit() else port


def _end(text: str, snapshot: Snapshot, *, destination: bool = False) -> Endpoint:
    from prober.policy.text.ends import BadEnd, Ends

    try:
        ends = Ends(snapshot)
        return ends.destination(text) if destination else ends.source(text)
    except BadEnd as error:
        raise UsageError(str(error), hint=error.hint) from error


def _object(ref: ObjectRef, snapshot: Snapshot) -> Endpoint:
    """The endpoint that a reference of a scenario means; of several pods the first."""
    from prober.model.check import Endpoint, EndpointKind
    from prober.scenario.resolving.pods import pods_of, service_of
    from prober.scenario.resolving.sources import nodes_of
    from prober.scenario.text.refs import RefKind

    if ref.kind is RefKind.OUTSIDE:
        return Endpoint(EndpointKind.HOST, name=ref.name)
    if ref.kind is RefKind.NODE:
        return Endpoint(EndpointKind.NODE, name=nodes_of(ref, snapshot)[0])
    if ref.kind is RefKind.SERVICE:
        service = service_of(ref, snapshot)
        return Endpoint(EndpointKind.SERVICE, service.namespace, service.name)
    pod = pods_of(ref, snapshot)[0]
    return Endpoint(EndpointKind.POD, pod.namespace, pod.name)
