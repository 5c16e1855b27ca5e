"""`prober explain`: why the policies allow or deny one flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from prober.cli.commands.predict import known_hosts, load
from prober.cli.options.manifests import ManifestOptions, manifest_options
from prober.cli.terminal import note, show
from prober.model.errors import ExitCode

if TYPE_CHECKING:
    from prober.model.check import Flow
    from prober.model.snapshot import Snapshot


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
def command(
    source: str, target: str, manifests: ManifestOptions, namespace: str, hosts: tuple[str, ...]
) -> int:
    """Say which policies and rules decide about one flow, and where they are written.

    \b
    FROM  deploy/web.shop   pod/web-0.shop   shop/web-0   node/n1   203.0.113.9
    TO    tcp://github.com:22   tcp://svc/web.shop:80   shop/db-0:5432   svc/shop/web:80/udp
    """  # fmt: skip
    from prober.manifest.standard import with_standard_services
    from prober.policy import Predictor, explain
    from prober.scenario.resolving.recognise import doubt

    loaded = load(manifests.within(namespace))
    world = with_standard_services(loaded.snapshot)
    flow = flow_of(source, target, namespace, world)
    if said := doubt(flow.destination, world):
        note(f"warning: {said}")
    predictor = Predictor(world, hosts=known_hosts(loaded, hosts))
    show(explain(flow, predictor.predict(flow), world))
    return ExitCode.OK


def flow_of(source: str, target: str, namespace: str, snapshot: Snapshot) -> Flow:
    """The flow that the two arguments mean, as a scenario would have it. Raises `UsageError` for
    what means nothing or does not exist."""
    from prober.scenario.resolving.ends import Ends
    from prober.scenario.text.reference import parse_source, parse_target

    return Ends(snapshot).flow(parse_source(source, namespace), parse_target(target, namespace))
