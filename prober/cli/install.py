"""`prober install`: agents on every node."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from prober.cli.cluster import access, access_options, current_cluster_options
from prober.cli.installing import choice_options, choices
from prober.cli.interrupts import run_async
from prober.model.errors import UsageError

if TYPE_CHECKING:
    from prober.fabric.kubernetes import Access
    from prober.fabric.kubernetes.installation.names import Choices


@click.command("install")
@choice_options
@click.option("--timeout", default="120s", show_default=True, metavar="DURATION", help="For the agents to be ready.")
@access_options
def command(
    namespace: str,
    image: str | None,
    coordinator_image: str | None,
    enter_pods: bool,
    settings: Path | None,
    timeout: str,
) -> int:
    """Put an agent on every node, and the rights for runs in the cluster; wait until the agents are ready.

    Agents have no rights, and probe from their nodes. With --enter-pods they have those to enter the networks of pods,
    so that probes run as the real pods, at once and without a trace. Repeat it with other options to change.
    """
    from prober.fabric.kubernetes.installation.names import Choices
    from prober.scenario import parse_duration

    chosen = choices(namespace, image, coordinator_image, enter_pods, settings)
    if chosen.image == Choices().image:
        raise UsageError(
            "the agents need an image, and none is named",
            hint="give --image IMAGE or set PROBER_IMAGE (the Dockerfile builds it)",
        )
    ready = run_async(_install(access(current_cluster_options()), chosen, parse_duration(timeout)))
    what = "enter pods" if enter_pods else "probe from their nodes"
    click.echo(f"{ready} agents are ready in namespace {namespace}; they {what}")
    return 0


async def _install(wanted: Access, chosen: Choices, seconds: float) -> int:
    from prober.fabric.kubernetes.api import Api
    from prober.fabric.kubernetes.installation.install import install
    from prober.fabric.kubernetes.settings import Settings

    async with await Api.open(wanted, Settings(image="")) as api:
        return await install(api, chosen, seconds)
