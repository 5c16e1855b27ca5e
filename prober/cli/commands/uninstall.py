"""`prober uninstall`: the agents and the rights away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from prober.cli.options.cluster import access, access_options, current_cluster_options
from prober.cli.options.installing import namespace_option
from prober.cli.output.interrupts import run_async
from prober.cli.terminal import say

if TYPE_CHECKING:
    from prober.fabric.kubernetes import Access
    from prober.fabric.kubernetes.installation.lifecycle import Left


@click.command("uninstall")
@namespace_option
@click.option(
    "--timeout",
    default="120s",
    show_default=True,
    metavar="DURATION",
    help="How long to wait until everything is deleted.",
)
@access_options
def command(namespace: str, timeout: str) -> int:
    """Remove the agents, the RBAC objects and the namespaces, and wait until they are gone.

    A namespace that existed before the installation stays, and the kind Scenario stays as long as
    there are objects of it.
    """
    from prober.scenario import parse_duration

    left = run_async(
        _uninstall(access(current_cluster_options()), namespace, parse_duration(timeout))
    )
    stays = [f"namespace {' and '.join(left.namespaces)}, which prober did not make"]
    stays = stays if left.namespaces else []
    if left.scenarios:
        stays.append(
            f"the kind Scenario, of which there are {left.scenarios} objects (kubectl delete crd "
            "scenarios.prober.dev scenariohistories.prober.dev takes them away)"
        )
    say(f"everything is gone{' but ' if stays else ''}{', and '.join(stays)}")
    return 0


async def _uninstall(wanted: Access, namespace: str, seconds: float) -> Left:
    from prober.fabric.kubernetes import Settings
    from prober.fabric.kubernetes.client import Api
    from prober.fabric.kubernetes.installation import Choices, uninstall

    async with await Api.open(wanted, Settings(image="")) as api:
        return await uninstall(api, Choices(namespace), seconds)
