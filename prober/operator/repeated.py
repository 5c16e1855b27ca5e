"""PURE. Which checks of Scenarios agents repeat by themselves, and from which node.

A check of a workload may start from any of its pods, so of the nodes that have one, rendezvous
hashing chooses the one that probes; a check of `pods: all` starts from each. What an agent repeats
is bounded for each node, and what is left out are always the same checks.

An agent compares an outcome with what is expected, and nothing else: it makes no controls. So only
checks are repeated of which one outcome tells something, and none that may change anything at the
target: whoever wrote the Scenario asked for that at its times, and not every half minute.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from prober.fabric.kubernetes.transports import AgentTarget
from prober.metrics.runs import pair_labels
from prober.model.check import Check, Expectation, Flow, Vantage, VantageKind
from prober.model.prediction import Ruling
from prober.model.run import Place
from prober.operator.grants import SAFE
from prober.operator.peers import prober_of, seed
from prober.scenario import Scenario
from prober.scenario.spec import MANY, CheckSpec

MOST_OF_NODE = 200
"""Checks that one agent repeats."""
_ANSWERS = {Ruling.ALLOWED: True, Ruling.DENIED: False}
Labels = tuple[str, str, str, str, str, str, str]
"""Of a flow, as metrics have them."""
Predict = Callable[[Flow], Ruling]
Reach = Callable[[Vantage], AgentTarget | None]
"""Which agent can probe from a pod, and how; None: none can."""


@dataclass(frozen=True, slots=True)
class World:
    """What is known of the cluster."""

    predict: Predict
    reach: Reach
    places: Mapping[str, Place]
    """Of the pods of checks."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """A check that the agent of one node repeats."""

    scenario: str
    check: Check
    target: AgentTarget
    answers: bool
    """Its target is to answer; else it is not to."""
    labels: Labels

    @property
    def key(self) -> str:
        """Tells it from all others."""
        return f"{self.scenario} {self.check.id}"


def spread(scenario: Scenario) -> Scenario:
    """The scenario with a candidate on each node for what starts from any pod of a workload."""
    checks = tuple(
        replace(spec, pods="per-node") if _any_pod(spec) else spec for spec in scenario.checks
    )
    return replace(scenario, checks=checks)


def fitting(
    name: str,
    scenario: Scenario,
    checks: Iterable[Check],
    world: World,
) -> list[Repeated]:
    """What of a scenario agents can repeat: of a check of any pod, what one node does."""
    any_pod = {spec.title for spec in scenario.checks if _any_pod(spec)}
    several: defaultdict[str, dict[str, Repeated]] = defaultdict(dict)
    for check in checks:
        answers, target = _answers(check, world.predict), world.reach(check.vantage)
        if answers is None or target is None or not target.container:
            continue
        end = str(check.flow.destination)
        key = f"{name} {check.group} {end if check.group in any_pod else check.id}"
        labels = pair_labels(name, check.flow, world.places)
        item = Repeated(name, check, target, answers, labels)
        several[key].setdefault(target.agent.node, item)
    return [nodes[prober_of(key, nodes)] for key, nodes in several.items()]


def by_node(
    repeated: Iterable[Repeated], nodes: Iterable[str], most: int = MOST_OF_NODE
) -> tuple[Mapping[str, Sequence[Repeated]], int]:
    """What the agent of each of these nodes repeats, and how many checks are left out, for they
    are more than an agent may have."""
    shares: dict[str, list[Repeated]] = {node: [] for node in nodes}
    for item in repeated:
        if item.target.agent.node in shares:
            shares[item.target.agent.node].append(item)
    kept = {node: _in_turn(items)[:most] for node, items in shares.items()}
    return kept, sum(map(len, shares.values())) - sum(map(len, kept.values()))


def _in_turn(items: Iterable[Repeated]) -> list[Repeated]:
    """A check of each namespace, and again, so that many of one leave room for those of others;
    among those of a namespace always the same come first."""
    spaces: defaultdict[str, list[Repeated]] = defaultdict(list)
    for item in sorted(items, key=lambda item: (seed(item.key), item.key)):
        spaces[item.scenario.partition("/")[0]].append(item)
    turns = [(turn, item) for mine in spaces.values() for turn, item in enumerate(mine)]
    return [item for _, item in sorted(turns, key=lambda pair: (pair[0], seed(pair[1].key)))]


def _any_pod(spec: CheckSpec) -> bool:
    """Does it start from one pod, whichever."""
    return spec.pods == "one" or (not spec.pods and spec.source.kind not in MANY)


def _answers(check: Check, predict: Predict) -> bool | None:
    """Is its target to answer; None where an agent cannot tell, or is not to ask."""
    probe = check.probe
    if check.vantage.kind is not VantageKind.POD or check.skip_reason:
        return None
    if probe.payload or probe.method not in SAFE:
        return None
    if check.expected is Expectation.PREDICTED:
        return _ANSWERS.get(predict(check.flow))
    return {Expectation.OK: True, Expectation.DENIED: False}.get(check.expected)
