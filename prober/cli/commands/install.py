"""`prober install`: agents on every node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from prober.cli.options.cluster import access, access_options, current_cluster_options
from prober.cli.options.decorating import takes
from prober.cli.options.installing import (
    ChoiceOptions,
    RunsOptions,
    choice_options,
    choices,
    run_options,
    scenarios_to_run,
)
from prober.cli.output.interrupts import run_async
from prober.cli.terminal import note, say, show
from prober.model.errors import UsageError

if TYPE_CHECKING:
    from prober.fabric.kubernetes import Access
    from prober.fabric.kubernetes.installation import Choices, PageChoices


@dataclass(frozen=True, slots=True)
class InstallOptions:
    """What `install` takes."""

    choice: ChoiceOptions
    timeout: str
    runs: RunsOptions


@click.command("install")
@choice_options
@click.option(
    "--timeout",
    default="120s",
    show_default=True,
    metavar="DURATION",
    help="How long to wait for the agents.",
)
@run_options
@access_options
@takes(InstallOptions)
def command(options: InstallOptions) -> int:
    """Install an agent on every node, and the RBAC for runs in the cluster; wait until the agents
    are ready.

    Agents have no rights, and probe from their nodes. With --enter-pods they may enter the network
    of a pod, so that probes run as the real pod, at once, and leave nothing behind. Run it again
    with other options to change the installation.

    With --run, scenarios run in the cluster: once, or repeatedly with --schedule. They replace
    those of an earlier --run. Unless agents enter pods, these runs may create probe pods in the
    namespaces that the scenarios start from.
    """
    from prober.scenario import parse_duration

    choice, runs = options.choice, options.runs
    chosen = choices(choice, runs.scenarios)
    _require_images(chosen, runs=bool(runs.scenarios) or choice.operator)
    texts = scenarios_to_run(runs.scenarios, runs.schedule)
    seconds = parse_duration(options.timeout)
    ready = run_async(
        _install(access(current_cluster_options()), chosen, seconds, texts, runs.schedule or "")
    )
    what = "enter pods" if choice.enter_pods else "probe from their nodes"
    say(f"{ready} agents are ready in namespace {choice.namespace}; they {what}")
    if not choice.enter_pods:
        note(_where(chosen))
    if choice.operator:
        say(
            f"the operator runs in namespace {chosen.runs_namespace}: kubectl apply -f SCENARIO, "
            "then kubectl get scenarios -A"
        )
    if chosen.page:
        say(_how_to_open(chosen.runs_namespace, chosen.page))
    if texts:
        show(_how_to_look(chosen.runs_namespace, ", ".join(texts), runs.schedule))
    return 0


def _require_images(chosen: Choices, *, runs: bool) -> None:
    """Raise `UsageError` where an image is wanted and still has the name that only the manifests
    give it."""
    from prober.fabric.kubernetes.installation import Choices

    if chosen.image == Choices().image:
        raise UsageError(
            "the agents need an image, and none is named",
            hint="give --image IMAGE or set PROBER_IMAGE (the Dockerfile builds it)",
        )
    if runs and chosen.coordinator_image == Choices().coordinator_image:
        raise UsageError(
            "runs in the cluster need an image of their own, and none is named",
            hint=(
                "give --coordinator-image IMAGE or set PROBER_COORDINATOR_IMAGE (the Dockerfile "
                "builds it)"
            ),
        )


def _where(chosen: Choices) -> str:
    if chosen.probe_pods_everywhere:
        return "runs in the cluster may make probe pods in all namespaces"
    spaces = ", ".join(chosen.probe_pods_in) or "no namespace (--probe-pods-in NAMESPACE)"
    return f"runs in the cluster may make probe pods in {spaces}"


def _how_to_open(namespace: str, page: PageChoices) -> str:
    """It has no answer yet where there is no Secret: nobody waits for it."""
    from prober.fabric.kubernetes.installation import PAGE as NAME, PAGE_PORT as PORT

    made = f"kubectl create secret generic {page.secret} -n {namespace} --from-file=credentials"
    return (
        f"the page starts as soon as its Secret is there ({made}); then "
        f"kubectl port-forward -n {namespace} service/{NAME} {PORT}, and "
        f"{'https' if page.tls else 'http'}://localhost:{PORT}"
    )


def _how_to_look(namespace: str, names: str, schedule: str | None) -> str:
    from prober.fabric.kubernetes.installation import RUN_NAME

    if schedule:
        now = f"kubectl create job --from=cronjob/{RUN_NAME} by-hand -n {namespace}"
        return f"{names} will run at {schedule}; now: {now}"
    return f"{names} runs: kubectl logs --follow job/{RUN_NAME} -n {namespace}"


async def _install(
    wanted: Access, chosen: Choices, seconds: float, texts: Mapping[str, str], schedule: str
) -> int:
    from prober.fabric.kubernetes import Settings
    from prober.fabric.kubernetes.client import Api
    from prober.fabric.kubernetes.installation import install, start

    async with await Api.open(wanted, Settings(image="")) as api:
        ready = await install(api, chosen, seconds)
        if texts:
            await start(api, chosen, texts, schedule)
        return ready
