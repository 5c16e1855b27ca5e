"""`prober operator`: runs Scenario objects, again and again."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from prober.cli.options.cluster import (
    access,
    cluster_options,
    current_cluster_options,
    settings_of,
)
from prober.cli.options.decorating import PATH
from prober.cli.options.settings import load_settings
from prober.cli.output.interrupts import run_async
from prober.cli.terminal import say


@click.command("operator")
@click.option(
    "--address",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="Where its health and metrics are.",
)
@click.option("--port", default=9732, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--secret",
    type=PATH,
    metavar="DIR",
    help="tls.crt and tls.key to serve with, and credentials: who may ask for metrics.",
)
@click.option(
    "--lease-namespace",
    metavar="NAMESPACE",
    help="Where replicas agree on who acts [default: the namespace of the pod, or of the context].",
)
@click.option(
    "--mesh",
    is_flag=True,
    help="Assign agents (in --probe-namespace) what they probe by themselves.",
)
@cluster_options
def command(
    address: str, port: int, secret: Path | None, lease_namespace: str | None, mesh: bool
) -> int:
    """Run the Scenario objects of the cluster at their times, and say in their status how it is.

    It is what `prober install --operator` starts in the cluster. Of several replicas one acts. It
    ends on Ctrl-C or SIGTERM, and then says of all Scenarios that nobody runs them, unless another
    replica does.
    """
    from prober.fabric.kubernetes import context_namespace
    from prober.operator.grants import Grants
    from prober.operator.service import Service, serve
    from prober.operator.serving import Listening
    from prober.web.server_secret import read_server_secret

    options = current_cluster_options()
    wanted = access(options)
    service = Service(
        access=wanted,
        settings=settings_of(options),
        grants=Grants(load_settings(options.settings).grants),
        namespace=lease_namespace or context_namespace(wanted) or "default",
        listening=Listening(address, port, read_server_secret(secret)),
        tell=_tell,
        mesh=mesh,
    )
    run_async(serve(service))
    return 0


def _tell(text: str) -> None:
    say(f"{datetime.datetime.now(datetime.UTC):%Y-%m-%dT%H:%M:%SZ} {text}")
