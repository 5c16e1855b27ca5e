"""`prober serve`: a page over the last runs."""

from __future__ import annotations

import datetime
import ipaddress
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prober.cli.options.cluster import (
    access,
    access_options,
    current_cluster_options,
)
from prober.cli.options.decorating import PATH, takes
from prober.model.errors import UsageError

if TYPE_CHECKING:
    from prober.serve.shelf import Ask
    from prober.web.credentials import Credentials

PORT = 9733


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """What `serve` takes."""

    places: tuple[Path, ...]
    addresses: tuple[str, ...]
    port: int
    names: tuple[str, ...]
    credentials: Path | None
    tls_cert: Path | None
    tls_key: Path | None
    stale_after: str
    cluster: bool
    namespace: str


@click.command("serve")
@click.argument("places", nargs=-1, type=PATH, metavar="[FOLDER|RUN.json]...")
@click.option(
    "--address",
    "addresses",
    multiple=True,
    default=("127.0.0.1",),
    show_default="127.0.0.1",
    metavar="ADDRESS",
    help="The address to listen on. Repeatable.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True)
@click.option(
    "--host", "names", multiple=True, metavar="NAME", help="A name that it is asked for by."
)
@click.option(
    "--credentials",
    type=PATH,
    metavar="FILE",
    help="Who may look: tokens or USER:PASSWORD, a line each. Needed off loopback.",
)
@click.option("--tls-cert", type=PATH, metavar="FILE", help="Its certificate, for https.")
@click.option("--tls-key", type=PATH, metavar="FILE", help="The certificate's key.")
@click.option(
    "--stale-after",
    default="1h",
    show_default=True,
    metavar="DURATION",
    help="From this age on a run says nothing about now.",
)
@click.option(
    "--cluster", is_flag=True, help="The runs of Scenario objects, which the operator keeps."
)
@click.option("-n", "--namespace", default="", help="With --cluster: of this namespace only.")
@access_options
@takes(ServeOptions)
def command(options: ServeOptions) -> int:
    """Show the runs of FOLDERs and files as pages, new ones as they come.

    Without any it shows the runs that this machine keeps.

    It reads and never probes. It listens on this machine only, unless it is told another address
    and who may look.
    """
    from prober.cli import terminal
    from prober.cli.output.interrupts import run_async
    from prober.scenario import parse_age
    from prober.serve.application import Pages
    from prober.serve.running import Listening, serve
    from prober.serve.shelf import Shelf
    from prober.web.tls import context_of

    listening = Listening(
        options.addresses,
        options.port,
        options.names,
        _credentials(options),
        context_of(options.tls_cert, options.tls_key),
    )
    for place in options.places:
        if not place.exists():
            raise UsageError(f"{place} is not there", hint="name a folder, or a run's JSON report")
    pages = Pages(
        Shelf(options.places or _default_places(options), cluster=_asking(options)),
        datetime.timedelta(seconds=parse_age(options.stale_after)),
    )
    with suppress(KeyboardInterrupt):  # a signal is how it is meant to end
        run_async(serve(pages, listening, lambda url: terminal.say(f"serving {url}", err=True)))
    return 0


def _default_places(options: ServeOptions) -> tuple[Path, ...]:
    from prober.cli.output.state import runs_folder

    return () if options.cluster else (runs_folder(),)


def _asking(options: ServeOptions) -> Ask | None:
    from prober.cli.output.past import seen_in_cluster

    which = current_cluster_options()
    if not options.cluster:
        if options.namespace or which.kubeconfig or which.context or which.impersonate:
            raise UsageError(
                "it was said which cluster, and not --cluster", hint="add it, or leave that out"
            )
        return None
    where = access(which)
    return lambda: seen_in_cluster(where, options.namespace)


def _credentials(options: ServeOptions) -> Credentials:
    from prober.web.credentials import Credentials, read_credentials

    if options.credentials is not None:
        return read_credentials(options.credentials)
    exposed = [address for address in options.addresses if not _is_loopback(address)]
    if exposed:
        raise UsageError(
            f"{exposed[0]} is not this machine alone, and nobody said who may look",
            hint="give --credentials FILE with a token, or leave --address at 127.0.0.1",
        )
    return Credentials()


def _is_loopback(address: str) -> bool:
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
