"""PURE. Which objects belong together, in the order in which they are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from prober.fabric.kubernetes.installation.agents import daemon_set
from prober.fabric.kubernetes.installation.kinds import KIND, kinds
from prober.fabric.kubernetes.installation.names import OPERATOR, PAGE, Choices, PageChoices
from prober.fabric.kubernetes.installation.operator import operator_manifests
from prober.fabric.kubernetes.installation.page import page_manifests
from prober.fabric.kubernetes.installation.roles import (
    Manifest,
    asking_agents,
    assigning,
    looking_at_runs,
    making_probe_pods,
    operating,
    reading,
)
from prober.fabric.kubernetes.installation.space import (
    namespaces,
    service_account,
    service_accounts,
)


def base(choices: Choices) -> list[Manifest]:
    """The namespaces, the service accounts, and the rights that every run in the cluster needs."""
    return [
        *namespaces(choices),
        *service_accounts(choices),
        *reading(choices),
        *asking_agents(choices),
    ]


def probe_pods(choices: Choices) -> list[Manifest]:
    """The right to make probe pods, which a run in the cluster needs where agents do not enter
    pods; and only there is it given."""
    return [] if choices.enters_pods else making_probe_pods(choices)


def operator_probe_pods(choices: Choices) -> list[Manifest]:
    """The same right for the operator."""
    return [] if choices.enters_pods else making_probe_pods(choices, OPERATOR)


def operator(choices: Choices) -> list[Manifest]:
    """What runs Scenario objects, beside `base`."""
    return [
        *kinds(),
        service_account(OPERATOR, choices.runs_namespace),
        *operating(choices),
        *(assigning(choices) if choices.mesh else []),
        *operator_manifests(choices),
    ]


def page(choices: Choices) -> list[Manifest]:
    """What shows the runs that the operator keeps, beside it."""
    return [
        service_account(PAGE, choices.runs_namespace),
        *looking_at_runs(choices),
        *page_manifests(choices, choices.page or PageChoices()),
    ]


def everything(choices: Choices) -> Sequence[Manifest]:
    """What `prober install` applies."""
    made = [*base(choices), *probe_pods(choices), daemon_set(choices)]
    if choices.operator:
        bindings = [part for part in operator_probe_pods(choices) if "roleRef" in part]
        made += [*bindings, *operator(choices)]
    if choices.page:
        made += page(choices)
    return made


def every_part(choices: Choices) -> Sequence[Manifest]:
    """Everything that an installation may consist of, whatever was chosen; but for what runs
    scenarios, and for bindings in single namespaces, which are looked for. The operator's are among
    them where it is chosen, and with them those of the page."""
    widest = replace(
        choices,
        enters_pods=False,
        probe_pods_in=(),
        probe_pods_everywhere=True,
        mesh=True,
        page=PageChoices() if choices.operator else None,
    )
    return [part for part in everything(widest) if part["kind"] != KIND]
