"""The options that `install`, `uninstall` and `manifests` share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from prober.cli.options import PATH
from prober.cli.settings import VARIABLE, load_settings

if TYPE_CHECKING:
    from prober.fabric.kubernetes.installation.names import Choices

F = TypeVar("F", bound=Callable[..., Any])

namespace_option = click.option(
    "-n", "--namespace", default="prober", show_default=True, metavar="NAME", help="Where everything is put."
)


def choice_options(command: F) -> F:
    """--namespace, --image, --coordinator-image, --enter-pods, --settings."""
    options = (
        namespace_option,
        click.option("--image", envvar="PROBER_IMAGE", metavar="IMAGE", help="The agent's image [PROBER_IMAGE]."),
        click.option(
            "--coordinator-image", envvar="PROBER_COORDINATOR_IMAGE", metavar="IMAGE",
            help="The image of runs in the cluster [PROBER_COORDINATOR_IMAGE].",
        ),
        click.option(
            "--enter-pods", is_flag=True,
            help="Agents with the rights to enter the networks of pods (root, hostPID, SYS_ADMIN, SYS_PTRACE).",
        ),
        click.option(
            "--settings", envvar=VARIABLE, type=PATH, metavar="FILE",
            help=f"What the cluster asks of pods: pull secrets, tolerations, resources… [{VARIABLE}].",
        ),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def choices(
    namespace: str, image: str | None, coordinator_image: str | None, enter_pods: bool, settings: Path | None
) -> Choices:
    """What the options say; images that are not named have the names that the manifests have."""
    from prober.fabric.kubernetes.installation.names import Choices

    standard, file = Choices(), load_settings(settings)
    return Choices(
        namespace=namespace,
        image=image or file.image or standard.image,
        coordinator_image=coordinator_image or file.coordinator_image or standard.coordinator_image,
        enters_pods=enter_pods,
        agents=file.pods("agents", standard.agents),
        runs=file.pods("runs", standard.runs),
        settings=file.text,
    )
