"""The options that `install`, `uninstall` and `manifests` share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from prober.fabric.kubernetes.installation.names import Choices

F = TypeVar("F", bound=Callable[..., Any])

namespace_option = click.option(
    "-n", "--namespace", default="prober", show_default=True, metavar="NAME", help="Where everything is put."
)


def choice_options(command: F) -> F:
    """--namespace, --image, --coordinator-image, --enter-pods."""
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
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def choices(namespace: str, image: str | None, coordinator_image: str | None, enter_pods: bool) -> Choices:
    """What the options say; images that are not named have the names that the manifests have."""
    from prober.fabric.kubernetes.installation.names import Choices

    standard = Choices()
    return Choices(
        namespace=namespace,
        image=image or standard.image,
        coordinator_image=coordinator_image or standard.coordinator_image,
        enters_pods=enter_pods,
    )
