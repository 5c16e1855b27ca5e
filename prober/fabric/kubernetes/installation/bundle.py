"""Which objects belong together, in the order in which they are made. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from prober.fabric.kubernetes.client.rights import Purpose
from prober.fabric.kubernetes.installation.agents import daemon_set
from prober.fabric.kubernetes.installation.names import Choices
from prober.fabric.kubernetes.installation.roles import roles
from prober.fabric.kubernetes.installation.space import namespace, service_accounts

Manifest = Mapping[str, Any]
BASE_ROLES = (Purpose.READ, Purpose.AGENTS)
PROBE_POD_ROLES = (Purpose.PROBE_PODS,)


def base(choices: Choices) -> list[Manifest]:
    """The namespace, the service accounts, and the rights that every run in the cluster needs."""
    space = choices.namespace
    return [namespace(space), *service_accounts(space), *roles(space, BASE_ROLES)]


def probe_pods(choices: Choices) -> list[Manifest]:
    """The right to make probe pods, which a run in the cluster needs where agents do not enter
    pods.

    Not given where they do: who may make pods in every namespace can act as any service account in
    them.
    """
    return roles(choices.namespace, PROBE_POD_ROLES)


def everything(choices: Choices) -> Sequence[Manifest]:
    """What `prober install` applies."""
    between = [] if choices.enters_pods else probe_pods(choices)
    return [*base(choices), *between, daemon_set(choices)]


def every_part(choices: Choices) -> Sequence[Manifest]:
    """Everything that an installation may consist of, whatever was chosen; but for what runs
    scenarios."""
    return everything(replace(choices, enters_pods=False))
