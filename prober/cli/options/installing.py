"""The options that `install`, `uninstall` and `manifests` share."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from prober.cli.options.decorating import PATH, with_options
from prober.cli.options.settings import VARIABLE, load_settings
from prober.model.errors import UsageError

if TYPE_CHECKING:
    from prober.fabric.kubernetes.installation import Choices

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
    help="Namespace of the agents; runs in the cluster use NAME-runs.",
)


def choice_options(command: F) -> F:
    """--namespace, --image, --coordinator-image, --enter-pods, --operator, --probe-pods-in,
    --probe-pods-everywhere, --settings."""
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
                "Give agents the rights to enter the network of a pod (root, hostPID, SYS_ADMIN, "
                "SYS_PTRACE, NET_RAW, SETPCAP)."
            ),
        ),
        click.option(
            "--probe-pods-in",
            multiple=True,
            metavar="NAMESPACE",
            help=(
                "Where runs in the cluster may create probe pods. Repeatable [default: where the "
                "scenarios of --run start]."
            ),
        ),
        click.option(
            "--operator",
            is_flag=True,
            help="With the operator, which runs Scenario objects (kubectl apply -f SCENARIO).",
        ),
        click.option(
            "--mesh",
            is_flag=True,
            help="With --operator: agents also probe each other, cluster DNS and the API server.",
        ),
        click.option(
            "--page",
            is_flag=True,
            help="With --operator: a page over its runs (Secret prober-page: who may look).",
        ),
        click.option(
            "--probe-pods-everywhere", is_flag=True, help="Allow probe pods in all namespaces."
        ),
        click.option(
            "--settings",
            envvar=VARIABLE,
            type=PATH,
            metavar="FILE",
            help=(f"Pull secrets, tolerations, resources and more for pods [{VARIABLE}]."),
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
            help=("Also run this scenario in the cluster, by a ConfigMap and a Job. Repeatable."),
        ),
        click.option(
            "--schedule",
            metavar="CRON",
            help=("With --run: use a CronJob instead, as in '*/15 * * * *'."),
        ),
    )
    return with_options(options, command)


@dataclass(frozen=True, slots=True)
class ChoiceOptions:
    """The values of `choice_options`: what an installation is made of."""

    namespace: str
    image: str | None
    coordinator_image: str | None
    enter_pods: bool
    probe_pods_in: tuple[str, ...]
    probe_pods_everywhere: bool
    operator: bool
    mesh: bool
    page: bool
    settings: Path | None


@dataclass(frozen=True, slots=True)
class RunsOptions:
    """The values of `run_options`: which scenarios run in the cluster, and when."""

    scenarios: tuple[Path, ...]
    schedule: str | None
    """None: once, now."""


@dataclass(frozen=True, slots=True)
class ProbePods:
    """Where runs in the cluster may make probe pods."""

    namespaces: tuple[str, ...] = ()
    everywhere: bool = False


def where_probe_pods(options: ChoiceOptions, scenarios: Sequence[Path]) -> ProbePods:
    """What the options say; if they say nothing, the namespaces of the pods that the scenarios
    start from. Raises `UsageError` where the options contradict each other."""
    named, everywhere = options.probe_pods_in, options.probe_pods_everywhere
    if options.enter_pods and (named or everywhere):
        raise UsageError(
            "agents that enter pods need no probe pods, and runs are not given the right to make "
            "them",
            hint="leave out --enter-pods, or --probe-pods-in and --probe-pods-everywhere",
        )
    if named and everywhere:
        raise UsageError(
            "--probe-pods-everywhere includes what --probe-pods-in names", hint="give one of them"
        )
    if named or everywhere or options.enter_pods:
        return ProbePods(tuple(dict.fromkeys(named)), everywhere)
    return ProbePods(_sources(scenarios))


def _sources(scenarios: Sequence[Path]) -> tuple[str, ...]:
    from prober.scenario import RefKind, load_scenario

    nowhere = (RefKind.NODE, RefKind.OUTSIDE)
    checks = [check for path in scenarios for check in load_scenario(path).checks]
    pods = [check for check in checks if check.source.kind not in nowhere]
    return tuple(sorted({check.source.namespace or check.namespace for check in pods} - {""}))


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
    from prober.manifest import load_documents
    from prober.scenario import LIBRARY_PREFIX, load_scenario

    load_scenario(path)
    included = load_documents(path)[0].value.get("include", ())
    missing = [entry for entry in included if not entry.startswith(LIBRARY_PREFIX)]
    if missing:
        raise UsageError(
            f"{path} includes {missing[0]}, which would not be there in the cluster",
            hint="only the library's files are: write the rest into one file",
        )
    return path.read_text(encoding="utf-8")


def choices(options: ChoiceOptions, scenarios: Sequence[Path]) -> Choices:
    """What the options say; images that are not named have the names that the manifests have."""
    from prober.fabric.kubernetes.installation import Choices

    if options.mesh and not options.operator:
        raise UsageError(
            "--mesh has the operator assign what agents probe, and there is to be none",
            hint="add --operator",
        )
    if options.page and not options.operator:
        raise UsageError(
            "--page shows the runs of the operator, and there is to be none", hint="add --operator"
        )
    standard, file = Choices(), load_settings(options.settings)
    probe_pods = where_probe_pods(options, scenarios)
    coordinator = options.coordinator_image or file.coordinator_image or standard.coordinator_image
    return Choices(
        namespace=options.namespace,
        image=options.image or file.image or standard.image,
        coordinator_image=coordinator,
        enters_pods=options.enter_pods,
        probe_pods_in=probe_pods.namespaces,
        probe_pods_everywhere=probe_pods.everywhere,
        agents=file.pods("agents", standard.agents),
        runs=file.pods("runs", standard.runs),
        metrics_secret=file.metrics_secret,
        operator_metrics_secret=file.operator_metrics_secret,
        page=file.page if options.page else None,
        settings=file.text,
        operator=options.operator,
        mesh=options.mesh,
    )
