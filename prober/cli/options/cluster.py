"""The options that say which cluster, and the fabric that they ask for.

Commands take these options without listing them in their signature: they say where to run, not
what. They are kept with the click context, and read by whoever builds the fabric.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from prober.cli.options.decorating import with_options
from prober.cli.options.hosts import host_addresses
from prober.cli.options.settings import VARIABLE, load_settings
from prober.cli.terminal import note
from prober.model.errors import UsageError

if TYPE_CHECKING:
    from prober.fabric.kubernetes import Access, KubernetesFabric, Settings

F = TypeVar("F", bound=Callable[..., Any])
_META = "prober.cli.options.cluster"
_NO_LAB = (
    ("kubeconfig", "--kubeconfig"),
    ("context", "--context"),
    ("impersonate", "--as"),
    ("outside", "--outside"),
)
_PROBE_NAMESPACE = "prober"


@dataclass(frozen=True, slots=True)
class ClusterOptions:
    """The values of `cluster_options` (and of `access_options`, whose are the first three)."""

    kubeconfig: Path | None = None
    context: str = ""
    impersonate: str = ""
    image: str = ""
    probe_namespace: str = _PROBE_NAMESPACE
    via: str = "auto"
    settings: Path | None = None
    """A file of kind Settings."""
    outside: tuple[str, ...] = ()
    """What this machine is called in scenarios, as NAME or NAME=ADDRESS."""


def access_options(command: F) -> F:
    """--kubeconfig, --context, --as: named as kubectl names them."""
    return with_options(_ACCESS, command)


def cluster_options(command: F) -> F:
    """Those of `access_options`, and --via, --image, --probe-namespace, --settings, --outside."""
    return with_options((*_ACCESS, *_PODS), command)


def current_cluster_options() -> ClusterOptions:
    """What the command that runs now was given."""
    return ClusterOptions(**click.get_current_context().meta.get(_META, {}))


def reject_cluster_options() -> None:
    """Raises `UsageError` where a cluster was named and the lab is meant: one of the two is a
    mistake."""
    context = click.get_current_context(silent=True)
    given = context.meta.get(_META, {}) if context else {}
    for name, option in _NO_LAB:
        if given.get(name):
            raise UsageError(
                f"{option} is about a cluster, and --lab needs none", hint="leave one of them out"
            )


def default_namespace() -> str:
    """The namespace of the current context, as kubectl has it; empty where there is no context to
    read."""
    from prober.fabric.kubernetes import context_namespace

    return context_namespace(access(current_cluster_options()))


def access(options: ClusterOptions) -> Access:
    """Which cluster, and as whom."""
    from prober.fabric.kubernetes import Access

    return Access(options.kubeconfig, options.context, options.impersonate)


def build_cluster(options: ClusterOptions) -> KubernetesFabric:
    """The fabric of the cluster. Nothing is sent before it is entered."""
    from prober.fabric.kubernetes import KubernetesFabric

    return KubernetesFabric(access(options), settings_of(options))


def settings_of(options: ClusterOptions) -> Settings:
    """What the options and the settings file say. Raises `InputError` with the mistakes of the
    file."""
    from prober.fabric.kubernetes import Settings, Via

    file = load_settings(options.settings)
    standard = Settings("")
    return Settings(
        options.image or file.image,
        via=Via(options.via),
        pods=file.pods("probePods", standard.pods),
        probe_namespace=options.probe_namespace,
        outside=host_addresses("--outside", options.outside, bare=True),
        start_timeout=file.start_timeout or standard.start_timeout,
        warn=lambda text: note(f"warning: {text}"),
    )


def warnings_of(options: ClusterOptions) -> tuple[str, ...]:
    """What is worth saying about how probes will be run."""
    if options.via != "ephemeral":
        return ()
    from prober.fabric.kubernetes.transports import LEFT_BEHIND

    return (LEFT_BEHIND,)


def _keep(ctx: click.Context, param: click.Parameter, value: object) -> None:
    if value is not None:
        ctx.meta.setdefault(_META, {})[param.name] = value


def _option(*names: str, **settings: Any) -> Callable[[F], F]:
    return click.option(*names, expose_value=False, callback=_keep, **settings)


_ACCESS = (
    _option(
        "--kubeconfig",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="The kubeconfig file [default: KUBECONFIG, then ~/.kube/config].",
    ),
    _option("--context", metavar="NAME", help="The context to use [default: the current one]."),
    _option("--as", "impersonate", metavar="USER", help="Impersonate this user."),
)
_VIA = ("auto", "pod", "agent", "ephemeral")
"""The members of `Via`, which is not imported for a help text."""
_PODS = (
    _option(
        "--via",
        type=click.Choice(_VIA),
        help="How to probe as a pod: from a probe pod, its node's agent, or a container in the "
        "pod itself "
        "[default: auto, the agent where possible].",
    ),
    _option(
        "--image", envvar="PROBER_IMAGE", metavar="IMAGE", help="The agent's image [PROBER_IMAGE]."
    ),
    _option(
        "--probe-namespace",
        envvar="PROBER_NAMESPACE",
        metavar="NAME",
        help=f"Where probes from nodes run [PROBER_NAMESPACE, default: {_PROBE_NAMESPACE}].",
    ),
    _option(
        "--settings",
        envvar=VARIABLE,
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help=(f"Pull secrets, tolerations, resources and more for probe pods [{VARIABLE}]."),
    ),
    _option(
        "--outside",
        multiple=True,
        metavar="NAME[=ADDRESS]",
        help="This machine is the outside host NAME: checks from outside/NAME run here.",
    ),
)
