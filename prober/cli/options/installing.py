"""The options that `install`, `uninstall` and `manifests` share."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from prober.cli.options.decorating import PATH, with_options
from prober.cli.options.settings import VARIABLE, load_settings
from prober.model.errors import UsageError

if TYPE_CHECKING:
    from prober.fabric.kubernetes.installation.names import Choices

F = TypeVar("F", bound=Callable[..., Any])

_SCHEDULE = re.compile(
    r"@(yearly|annually|monthly|weekly|daily|midnight|hourly|every \S+)|[\w*/,?-]+( +[\w*/,?-]+){4}"
)
"""The shape of one; the API server looks closer."""
namespace_option = click.option(
    "-n",
    "--namespace",
    default="prober",
    show_default=True,
    metavar="NAME",
    help="Where everything is put.",
)


def choice_options(command: F) -> F:
    """--namespace, --image, --coordinator-image, --enter-pods, --settings."""
    options = (
        namespace_option,
        click.option(
            "--image",
            envvar="PROBER_IMAGE",
            metavar="IMAGE",
            help="The agent's image [PROBER_IMAGE].",
        ),
        click.option(
            "--coordinator-image",
            envvar="PROBER_COORDINATOR_IMAGE",
            metavar="IMAGE",
            help="The image of runs in the cluster [PROBER_COORDINATOR_IMAGE].",
        ),
        click.option(
            "--enter-pods",
            is_flag=True,
            help=(
                "Agents with the rights to enter the networks of pods (root, hostPID, SYS_ADMIN, "
                "SYS_PTRACE, NET_RAW, SETPCAP)."
            ),
        ),
        click.option(
            "--settings",
            envvar=VARIABLE,
            type=PATH,
            metavar="FILE",
            help=(
                "What the cluster asks of pods: pull secrets, tolerations, resources… "
                f"[{VARIABLE}]."
            ),
        ),
    )
    return with_options(options, command)


def run_options(command: F) -> F:
    """--run, --schedule."""
    options = (
        click.option(
            "--run",
            "scenarios",
            multiple=True,
            type=PATH,
            metavar="SCENARIO",
            help=(
                "Also what runs this scenario in the cluster: a ConfigMap and a Job. Several at "
                "once."
            ),
        ),
        click.option(
            "--schedule",
            metavar="CRON",
            help=("With --run: a CronJob instead, as in '*/15 * * * *'."),
        ),
    )
    return with_options(options, command)


def scenarios_to_run(paths: Sequence[Path], schedule: str | None) -> Mapping[str, str]:
    """The scenario files, by the names that they have in the cluster.

    Raises `UsageError` for what would only fail there, and `InputError` with the mistakes of a
    scenario.
    """
    if schedule and not paths:
        raise UsageError(
            "--schedule says when scenarios are run, and none is named", hint="add --run SCENARIO"
        )
    if schedule and not _SCHEDULE.fullmatch(schedule.strip()):
        raise UsageError(
            f"{schedule!r} is no cron schedule",
            hint=(
                "five fields (minute, hour, day, month, weekday) as in '*/15 * * * *', or "
                "@hourly and its like"
            ),
        )
    texts = {path.name: _text(path) for path in paths}
    if len(texts) < len(paths):
        raise UsageError("two of the scenarios have the same file name", hint="rename one of them")
    return texts


def _text(path: Path) -> str:
    from prober.manifest.reading.document import load_documents
    from prober.scenario import load_scenario
    from prober.scenario.reading.include import LIBRARY_PREFIX

    load_scenario(path)
    included = load_documents(path)[0].value.get("include", ())
    beside = [one for one in included if not one.startswith(LIBRARY_PREFIX)]
    if beside:
        raise UsageError(
            f"{path} includes {beside[0]}, which would not be there in the cluster",
            hint="only the library's files are: write the rest into one file",
        )
    return path.read_text(encoding="utf-8")


def choices(
    namespace: str,
    image: str | None,
    coordinator_image: str | None,
    enter_pods: bool,
    settings: Path | None,
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
