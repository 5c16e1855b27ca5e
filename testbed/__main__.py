"""The two commands, and two for people who work on the testbed itself."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import click

from testbed import cluster
from testbed.binaries import build
from testbed.layout import AGENT_IMAGE
from testbed.policy import POLICIES
from testbed.requirements import missing
from testbed.shell import TestbedError

_policy = click.option(
    "--policy", type=click.Choice(list(POLICIES)), default="kube-router", show_default=True
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """A real Kubernetes cluster on this machine, for the end-to-end tests."""


@cli.command("build")
@_policy
def build_command(policy: str) -> None:
    """Compile the binaries that are not in the cache yet."""
    _require(policy)
    click.echo(", ".join(build(policy)) or "all binaries are in the cache")


@cli.command()
@click.option("--nodes", type=click.IntRange(1, 9), default=2, show_default=True)
@_policy
def up(nodes: int, policy: str) -> None:
    """Start the cluster."""
    _require(policy)
    started = time.monotonic()
    path = cluster.up(nodes, policy)
    click.echo(f"up in {time.monotonic() - started:.0f} s")
    click.echo(f"export KUBECONFIG={path} PROBER_IMAGE={AGENT_IMAGE}")


@cli.command()
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load(archive: Path) -> None:
    """Import an image archive on every node."""
    cluster.load(archive)


@cli.command()
def down() -> None:
    """Take the cluster away."""
    cluster.down()


def _require(policy: str) -> None:
    if why := missing(policy):
        raise TestbedError(why)


def main() -> None:
    """Run the command line; an error is a sentence."""
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    try:
        cli()
    except TestbedError as error:
        click.echo(f"testbed: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
