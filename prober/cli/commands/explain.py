"""`prober explain`: why the policies allow or deny one flow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from prober.cli.commands.predict import known_hosts, load
from prober.cli.options.decorating import takes
from prober.cli.options.manifests import ManifestOptions, manifest_options
from prober.cli.terminal import note, show
from prober.model.errors import ExitCode

if TYPE_CHECKING:
    from prober.model.check import Flow
    from prober.model.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class ExplainOptions:
    """What `explain` takes."""

    source: str
    target: str
    manifests: ManifestOptions
    namespace: str
    hosts: tuple[str, ...]


@click.command("explain")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@manifest_options("Manifests (or a scenario, for its world).", required=True)
@click.option("-n", "--namespace", default="", help="Namespace for names without one.")
@click.option(
    "--host",
    "hosts",
    multiple=True,
    metavar="NAME=ADDRESS",
    help="The address of a host outside the cluster. Repeatable.",
)
@takes(ExplainOptions)
def command(options: ExplainOptions) -> int:
    """Say which policies and rules decide about one flow, and where they are written.

    \b
    FROM  deploy/web.shop   pod/web-0.shop   shop/web-0   node/n1   203.0.113.9
    TO    tcp://github.com:22   tcp://svc/web.shop:80   shop/db-0:5432   svc/shop/web:80/udp
    """  # fmt: skip
    from prober.manifest import with_standard_services
    from prober.policy import Predictor, explain
    from prober.scenario import doubt

    loaded = load(options.manifests.within(options.namespace))
    world = with_standard_services(loaded.snapshot)
    flow = flow_of(options.source, options.target, options.namespace, world)
    if said := doubt(flow.destination, world):
        note(f"warning: {said}")
    predictor = Predictor(world, hosts=known_hosts(loaded, options.hosts))
    show(explain(flow, predictor.predict(flow), world))
    return ExitCode.OK


def flow_of(source: str, target: str, namespace: str, snapshot: Snapshot) -> Flow:
    """The flow that the two arguments mean, as a scenario would have it. Raises `UsageError` for
    what means nothing or does not exist."""
    from prober.scenario import Ends, parse_source, parse_target

    return Ends(snapshot).flow(parse_source(source, namespace), parse_target(target, namespace))
