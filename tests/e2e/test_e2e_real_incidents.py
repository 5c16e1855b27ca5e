"""Incidents of the lab's table on a real cluster: the same cause named and no other, `prober fix
all` of the run, green.

All of them are there at once, each in namespaces of its own, so that one run probes them all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from e2e_agents import installed
from e2e_cluster import Cluster
from e2e_enacted import Enacted, build, enact, mend
from incident_running import Incident
from incident_table import INCIDENTS
from several_at_once import asked_for

Record = dict[str, Any]

SURENESS = ("possible", "likely", "certain")
MOST_RUNS = 4
"""Until the last change is enforced everywhere; a row that is as it should be is not probed
again."""
ROWS = (
    "egress without SSH",
    "egress without the API server",
    "egress to nobody but DNS",
    "egress to the wrong pods",
    "egress without DNS",
    "ingress names the port of the Service",
    "a misspelt port name",
    "the wrong protocol",
    "a namespace without the label",
    "both selectors where either was meant",
    "either where both selectors were meant",
    "a selector without its namespace",
    "a selector of nobody",
    "a denial that selects no pod",
    "a rule that lets everybody in",
    "a pod on its node's network",
    "nothing listens",
    "a Service that selects nobody",
    "a target port that is misspelt",
    "pods that are not ready",
    "a Service with internal traffic kept local",
    "a name that nobody has",
    "egress without HTTPS",
    "two flows that a default deny forgot",
    "a default deny that forgot one of two",
    "a syslog that is let in over TCP",
    "ingress without the port of artifacts",
    "a namespace that is called otherwise",
    "a policy of nobody",
    "the wrong neighbours",
    "default deny forgot Prometheus",
    "default deny forgot everybody",
    "default deny forgot the webhook",
    "a target port on which nobody listens",
    "a port that the Service does not have",
    "a client that lost its label",
    "a server that lost its label",
    "a namespace that lost its label",
    "policyTypes without Egress",
    "policyTypes without Ingress",
    "the port of a headless Service",
    "the port of a headless Service, by its object",
    "a port's name that pods number differently",
    "a Service of which a part is denied",
    "another name for a host that policies do not mean",
    "an ipBlock of the client's own Service",
    "another name for a Service of another namespace",
    "a label whose value is misspelt",
    "a namespace that lost its label, and runs what its sibling runs",
    "a targetPort and a policy that both mean another port",
    "a selector and a policy",
    "names and the port",
    "both directions",
    "a label, and a targetPort",
)
"""What needs no fault that only a lab can make."""
UNDER_KUBE_ROUTER = {"a misspelt port name": "named-port-enforced-as-all-ports"}
"""What it is there: a name that nobody has stands for all ports, so nothing is stopped."""

UNDER_CILIUM = {
    "policyTypes without Egress": "unnamed-direction-enforced",
    "policyTypes without Ingress": "unnamed-direction-enforced",
}
"""What they are there: Cilium applies the rules of a direction that `policyTypes` leaves out
(measured with 1.15), so the check gets what it wants, and not what the API says."""


@dataclass
class Course:
    """What came of an incident: its checks and findings, before and after."""

    broken: Record = field(default_factory=dict)
    mended: Record = field(default_factory=dict)


@pytest.fixture(scope="module")
def courses(
    cluster: Cluster, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Course]]:
    """By the incident's name: all that are asked for are broken, looked at, mended, looked at
    again. Where nobody enforces policies, those that are about none."""
    wanted = {params["name"] for params in asked_for(request, "courses")}
    chosen = [incident for incident in INCIDENTS if incident.name in wanted]
    if cluster.policy == "none":
        chosen = [entry for entry in chosen if not _is_about_policies(entry)]
    with enacted(cluster, chosen, tmp_path_factory.mktemp("incidents")) as by_name:
        yield by_name


@contextmanager
def enacted(
    cluster: Cluster, chosen: Sequence[Incident], folder: Path
) -> Iterator[Mapping[str, Course]]:
    """Incidents, broken, looked at, mended as is offered, and looked at again; by their names."""
    rows = enact(chosen, cluster.image)
    look = Looking(cluster, folder / "incidents.yaml")
    by_incident: dict[str, Course] = {row.incident.name: Course() for row in rows}
    try:
        build(cluster, rows)
        with installed(cluster, "--enter-pods"):  # a probe pod for each of them would take minutes
            whole = look.until(rows, _named, Enacted.checks)
            for row in rows:
                by_incident[row.incident.name].broken = part_of(whole, row)
            mend(cluster, rows, whole, folder / "record.json")
            whole = look.until(rows, lambda _, part: is_green(part), Enacted.last_checks)
            for row in rows:
                by_incident[row.incident.name].mended = part_of(whole, row)
        yield by_incident
    finally:
        names = sorted(
            {
                item["metadata"]["name"]
                for row in rows
                for item in row.broken
                if item["kind"] == "Namespace"
            }
        )
        cluster.kubectl("delete", "namespace", *names, "--ignore-not-found", "--wait=false")


def _is_about_policies(incident: Incident) -> bool:
    return any(item["kind"] == "NetworkPolicy" for item in incident.objects)


@dataclass(frozen=True)
class Looking:
    """Runs over many rows."""

    cluster: Cluster
    scenario: Path

    def until(self, rows: Sequence[Enacted], good: Any, checks: property) -> Record:
        """A run over all rows, when each is `good` or was looked at often enough: those that are
        not good yet are looked at alone, and all together once more, since what is offered for
        all at once is what is applied."""
        waiting, record, of_all = list(rows), Record(), False
        for _ in range(MOST_RUNS):
            record, of_all = self._over(waiting, checks), len(waiting) == len(rows)
            waiting = [row for row in waiting if not good(row, part_of(record, row))]
            if not waiting:
                break
        return record if of_all else self._over(rows, checks)

    def _over(self, rows: Sequence[Enacted], checks: property) -> Record:
        asked = [check for row in rows for check in checks.__get__(row)]
        return run(self.cluster, asked, self.scenario)


def run(cluster: Cluster, checks: Sequence[str], scenario: Path) -> Record:
    document = {
        "apiVersion": "prober.dev/v1alpha1",
        "kind": "Scenario",
        "metadata": {"name": "incidents"},
        "defaults": {"expect": "ok"},
        "checks": list(checks),
    }
    scenario.write_text(yaml.safe_dump(document))
    done = cluster.prober("run", str(scenario), "-o", "json")
    assert done.stdout, done.stderr
    record: Record = json.loads(done.stdout)
    return record


def part_of(record: Record, row: Enacted) -> Record:
    """The row's checks, and the findings that speak of them."""
    checks = [
        entry for entry in record["checks"] if f"{row.prefix}-" in json.dumps(entry["vantage"])
    ]
    ids = {check["id"] for check in checks}
    return {
        "checks": checks,
        "findings": [finding for finding in record["findings"] if ids & set(finding["checks"])],
    }


def _named(row: Enacted, part: Record) -> bool:
    causes = {row.incident.cause, *row.incident.also}
    others = ({table.get(row.incident.name)} for table in (UNDER_KUBE_ROUTER, UNDER_CILIUM))
    return {finding["id"] for finding in part["findings"]} in (causes, *others)


def is_green(part: Record) -> bool:
    """Nothing is told of it, and every check passes."""
    return not part["findings"] and all(check["result"] == "pass" for check in part["checks"])


@pytest.mark.parametrize("name", ROWS)
def test_the_cause_is_named_and_mended(
    cluster: Cluster, courses: Mapping[str, Course], name: str
) -> None:
    row = next(incident for incident in INCIDENTS if incident.name == name)
    if name not in courses:
        pytest.skip("nobody enforces policies here")
    tables = {"kube-router": UNDER_KUBE_ROUTER, "cilium": UNDER_CILIUM}
    otherwise = tables.get(cluster.policy, {})
    broken, mended = courses[name].broken, courses[name].mended
    causes = {otherwise[name]} if name in otherwise else {row.cause, *row.also}
    assert {finding["id"] for finding in broken["findings"]} == causes, json.dumps(broken, indent=1)
    for finding in broken["findings"]:
        assert SURENESS.index(finding["confidence"]) >= SURENESS.index(row.confidence), json.dumps(
            broken, indent=1
        )
    assert is_green(mended), json.dumps([broken["findings"], mended], indent=1)
