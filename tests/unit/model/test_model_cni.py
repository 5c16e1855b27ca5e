"""Every known network plugin is known to whoever asks: the doctor, the audit, the diagnosis, the
evidence."""

from __future__ import annotations

import itertools

import pytest

from prober.audit.agents import agents
from prober.diagnosis.facts.machinery import part_on
from prober.fabric.kubernetes.reading.collecting import selectors
from prober.fabric.kubernetes.reading.engines import DaemonSet, recognise
from prober.model.network.cni import PLUGINS, Plugin
from prober.model.network.components import Component, component_of
from prober.model.objects import Pod
from prober.model.snapshot import Snapshot

LABELS = [
    pytest.param(one, label, id=f"{one.name} {'='.join(label)}")
    for one in PLUGINS
    for label in one.labels
]


def agent(label: tuple[str, str], *, host_network: bool = True) -> Pod:
    return Pod("kube-system", "agent", labels=dict([label]), node="n1", host_network=host_network)


@pytest.mark.parametrize(("plugin", "label"), LABELS)
def test_everyone_recognises_its_agents(plugin: Plugin, label: tuple[str, str]) -> None:
    pod = agent(label)
    snapshot = Snapshot(pods={("kube-system", "agent"): pod})
    found = recognise((), [DaemonSet(pod.labels, (plugin.enforcer,))], ())
    assert found is not None
    assert found.plugin == plugin
    assert agents(snapshot) == ((plugin, (pod,)),)
    assert part_on(snapshot, Component.CNI_AGENT, "n1") is pod
    assert any(key == label[0] and label[1] in values for key, values in map(parsed, selectors()))


@pytest.mark.parametrize(("plugin", "label"), LABELS)
def test_an_application_with_the_same_label_is_none(plugin: Plugin, label: tuple[str, str]) -> None:
    pod = agent(label, host_network=False)
    assert component_of(pod) is None
    assert agents(Snapshot(pods={("kube-system", "agent"): pod})) == ()
    assert recognise((), [DaemonSet(pod.labels, host_network=False)], ()) is None


def test_a_label_means_one_plugin() -> None:
    for one, other in itertools.combinations(PLUGINS, 2):
        assert not set(one.labels) & set(other.labels)
        assert not set(one.groups) & set(other.groups)


def parsed(selector: str) -> tuple[str, list[str]]:
    """`app in (a, b)` → app and its values."""
    key, _, values = selector.partition(" in ")
    return key, values.strip("()").split(", ")
