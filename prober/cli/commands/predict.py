"""`prober predict`: what the policies allow, from manifests alone."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prober.cli.options.hosts import host_addresses
from prober.cli.options.manifests import OBJECTS_NAMESPACE, ManifestOptions, manifest_options
from prober.cli.terminal import note, say, say_all, show
from prober.model.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from prober.manifest import Loaded
    from prober.model.snapshot import Snapshot
    from prober.policy import Cell, Predictor
    from prober.scenario.flows import FlowLine

STDIN = "-"


@click.command("predict")
@manifest_options("Manifests (or a scenario, for its world).", required=True)
@OBJECTS_NAMESPACE
@click.option(
    "--flows",
    metavar="FLOWS.jsonl",
    help='Predict these, one {"from", "to", "protocol", "port"} a line; - is stdin.',
)
@click.option(
    "-o",
    "--output",
    type=click.Choice(["table", "summary", "json", "jsonl"]),
    default="table",
    show_default=True,
    help="summary: by pair of namespaces, on one screen.",
)
@click.option(
    "--host",
    "hosts",
    multiple=True,
    metavar="NAME=ADDRESS",
    help="The address of a host outside the cluster. Repeatable.",
)
def command(
    manifests: ManifestOptions,
    namespace: str,
    flows: str | None,
    output: str,
    hosts: tuple[str, ...],
) -> int:
    """Say what the policies in manifests allow. No cluster is needed, and no packet is sent.

    Without --flows: the whole matrix, from every pod to every port that a pod declares. A denied
    flow is an answer like any other: the exit code is 0.
    """
    if flows is not None and output == "summary":
        raise UsageError(
            "-o summary is of the whole matrix, not of --flows", hint="use -o table, json or jsonl"
        )
    loaded = load(manifests.within(namespace))
    if flows is None:
        _matrix(loaded.snapshot, output)
    else:
        from prober.manifest.standard import with_standard_services
        from prober.policy import Predictor
        from prober.scenario.resolving.recognise import doubt

        world = with_standard_services(loaded.snapshot)
        lines = read_flows(flows, world)
        for said in dict.fromkeys(doubt(line.flow.destination, world) for line in lines):
            if said:
                note(f"warning: {said}")
        _flows(lines, Predictor(world, hosts=known_hosts(loaded, hosts)), output)
    return ExitCode.OK


def load(manifests: ManifestOptions) -> Loaded:
    """The objects of the manifests; what is odd about them goes to stderr. Raises `InputError`."""
    from prober.manifest import load_sources

    loaded = load_sources(manifests.sources())
    for warning in loaded.warnings:
        note(f"warning: {warning}")
    return loaded


def known_hosts(loaded: Loaded, options: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """The addresses of hosts outside: those that the manifests' lab words give, and those of the
    command line."""
    known: dict[str, list[str]] = {}
    for host in loaded.lab.outside if loaded.lab else ():
        for name in (host.name, *host.aliases):
            known[name] = list(host.addresses)
    return {**known, **host_addresses("--host", options)}


def read_flows(source: str, snapshot: Snapshot) -> tuple[FlowLine, ...]:
    """The flows of a file or of stdin. Raises `UsageError` where it cannot be read, `InputError`
    for its mistakes."""
    from prober.scenario.flows import parse_flows

    try:
        raw = sys.stdin.buffer.read() if source == STDIN else Path(source).read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(
            f"cannot read {source}: {error.strerror}", hint="check the path after --flows"
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(
            f"cannot read {source}: it is not UTF-8 text", hint="one JSON object a line"
        ) from error
    return parse_flows(text.splitlines(), snapshot, "stdin" if source == STDIN else source)


def _flows(lines: Sequence[FlowLine], predictor: Predictor, output: str) -> None:
    """Each flow with its prediction, in the order of the input."""
    if output == "table":
        _table(lines, predictor)
    else:
        _emit((_answered(line, predictor) for line in lines), output)


def _answered(line: FlowLine, predictor: Predictor) -> dict[str, Any]:
    from prober.policy import plain_trail

    prediction = predictor.predict(line.flow)
    return {
        **line.members,
        "ingress": prediction.ingress.value,
        "egress": prediction.egress.value,
        "verdict": prediction.verdict.value,
        "trail": plain_trail(prediction),
    }


def _table(lines: Sequence[FlowLine], predictor: Predictor) -> None:
    from prober.model.prediction import Ruling

    counts: Counter[Ruling] = Counter()
    for line in lines:
        prediction = predictor.predict(line.flow)
        counts[prediction.verdict] += 1
        shown = (
            prediction.verdict.value.upper()
            if prediction.verdict is Ruling.DENIED
            else prediction.verdict.value
        )
        say(f"  {shown:<10} {line.flow}")
        if prediction.verdict is not Ruling.ALLOWED:
            say(f"{'':<13}{prediction.reason}")
    counted = ", ".join(f"{counts[ruling]} {ruling.value}" for ruling in Ruling)
    say(f"{len(lines)} flows: {counted}")


def _matrix(snapshot: Snapshot, output: str) -> None:
    from prober.policy import reachability, summary, too_many

    matrix = reachability(snapshot)
    if output == "summary" or (output == "table" and too_many(matrix)):
        show(summary(matrix))
    elif output == "table":
        from prober.policy import grid, strangers

        show(grid(matrix, strangers(snapshot)))
    else:
        _emit(map(_plain_cell, matrix.cells()), output)


def _plain_cell(cell: Cell) -> dict[str, Any]:
    """A cell as a flow line with its answer; the trail is one `--flows` or `prober explain`
    away."""
    return {
        "from": f"{cell.source.namespace}/{cell.source.name}",
        "to": f"{cell.destination.namespace}/{cell.destination.name}",
        "protocol": cell.protocol,
        "port": cell.port,
        "ingress": cell.ingress.value,
        "egress": cell.egress.value,
        "verdict": cell.verdict.value,
    }


def _emit(objects: Iterable[Mapping[str, Any]], output: str) -> None:
    """Write objects as they come: one a line, or as one JSON list."""
    from prober.report.json_ import dump_line

    lines = map(dump_line, objects)
    say_all((line + "\n" for line in lines) if output == "jsonl" else _listed(lines))


def _listed(lines: Iterable[str]) -> Iterator[str]:
    separator = "[\n"
    for line in lines:
        yield separator + line
        separator = ",\n"
    yield "[]\n" if separator == "[\n" else "\n]\n"
