"""Options that several commands share, each declared once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import click

from prober.cli.options.cluster import cluster_options
from prober.cli.options.decorating import PATH, with_options
from prober.cli.options.manifests import ManifestOptions, manifest_options
from prober.model.lab import Enforcement

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class FabricOptions:
    """Where to run: the values of `fabric_options`."""

    lab: bool
    manifests: ManifestOptions
    enforcement: str | None
    faults: tuple[str, ...]

    def within(self, *namespaces: str) -> FabricOptions:
        """The same, with this namespace for objects of manifests that do not say theirs."""
        return replace(self, manifests=self.manifests.within(*namespaces))


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """What to write: the values of `output_options`."""

    output: str
    reports: tuple[Path, ...]
    color: str


@dataclass(frozen=True, slots=True)
class ProbeOptions:
    """How to probe: the values of `probe_options`. None where a scenario's own counts."""

    timeout: str | None
    attempts: int | None


def fabric_options(command: F) -> F:
    """--lab, --enforcement, --fault; -f and its kin; and which cluster, where it is not the lab."""
    options: tuple[Callable[[F], F], ...] = (
        click.option(
            "--lab",
            is_flag=True,
            help=("Run in the embedded lab, without a cluster."),
        ),
        click.option(
            "--enforcement",
            type=click.Choice([item.value for item in Enforcement]),
            help=(
                "What the lab does with a denied packet: reject (like K3s), drop (like Calico), "
                "none (like Flannel)."
            ),
        ),
        click.option(
            "--fault",
            "faults",
            multiple=True,
            metavar="KIND[=TARGET[:PORT]]",
            help="Break something in the lab, as in firewall=github.com:22 or dead-dns.",
        ),
    )
    world = manifest_options("Manifests (or a scenario, for its world) to build the lab from.")
    lab, *others = options
    return cluster_options(lab(world(with_options(others, command))))


def output_options(formats: tuple[str, ...], default: str) -> Callable[[F], F]:
    """-o, --report, --color."""
    options = (
        click.option(
            "-o", "--output", type=click.Choice(formats), default=default, show_default=True
        ),
        click.option(
            "--report",
            "reports",
            multiple=True,
            type=PATH,
            metavar="FILE",
            help=(
                "Also write a report; its suffix selects the format (.json .yaml .xml .tap .txt). "
                "Several at once."
            ),
        ),
        click.option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            help="Colors on stdout.",
        ),
    )
    return lambda command: with_options(options, command)


def probe_options(command: F) -> F:
    """--timeout and --attempts."""
    options = (
        click.option(
            "--timeout", metavar="DURATION", help="Timeout of each attempt, as in 500ms or 2s."
        ),
        click.option(
            "--attempts",
            type=click.IntRange(1, 100),
            help="Try up to this many times; every attempt is shown.",
        ),
    )
    return with_options(options, command)
