"""`prober cleanup`: remove what dead or expired runs left in a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from prober.cli.options.cluster import access, access_options, current_cluster_options
from prober.cli.output.interrupts import run_async
from prober.cli.terminal import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prober.fabric.kubernetes import Access
    from prober.fabric.kubernetes.probe_pods import SweptRun


@click.command("cleanup")
@click.option(
    "--all", "everything", is_flag=True, help="Also clean up active runs, which ends them."
)
@access_options
def command(everything: bool) -> int:
    """Remove what crashed or expired runs left behind in the cluster."""
    removed = run_async(_sweep(access(current_cluster_options()), everything))
    for name in removed:
        say(f"removed {name}")
    if not removed:
        say("nothing to remove")
    return 0


async def _sweep(wanted: Access, everything: bool) -> Sequence[SweptRun]:
    from prober.fabric.kubernetes import Settings
    from prober.fabric.kubernetes.client import Api
    from prober.fabric.kubernetes.probe_pods import sweep

    async with await Api.open(wanted, Settings(image="")) as api:
        return await sweep(api, everything=everything)
