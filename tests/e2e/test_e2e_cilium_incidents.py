"""Incidents of Cilium's own policies on a real Cilium: named, mended by what is offered, green.

They have a run of their own: where a policy of Cilium's is in the cluster, everything is predicted as
Cilium has it, and the incidents of NetworkPolicies are about what the API says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import pytest
from e2e_cluster import Cluster
from incident_table import INCIDENTS
from test_e2e_real_incidents import Course, enacted, is_green

OFFERED = (
    "a policy of Cilium's that admits somebody else",
    "a policy of Cilium's that lets out to somebody else",
)
"""What a rule in the denying policy mends."""
ADVISED = ("a denial of Cilium's beside an allowance",)
"""What its owner has to mend: nothing wins over a denial."""


@pytest.fixture(scope="module")
def courses(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Course]]:
    """All of them, broken, looked at, mended, looked at again."""
    if cluster.policy != "cilium":
        pytest.skip("only Cilium enforces its policies")
    chosen = [entry for entry in INCIDENTS if entry.name in (*OFFERED, *ADVISED)]
    with enacted(cluster, chosen, tmp_path_factory.mktemp("incidents")) as by_name:
        yield by_name


@pytest.mark.parametrize("name", (*OFFERED, *ADVISED))
def test_the_policy_is_named_and_mended(courses: Mapping[str, Course], name: str) -> None:
    row = next(entry for entry in INCIDENTS if entry.name == name)
    (finding,) = courses[name].broken["findings"]
    assert finding["id"] == row.cause, json.dumps(finding, indent=1)
    assert finding["confidence"] == "certain"
    assert "CiliumNetworkPolicy" in finding["cause"]
    assert bool(finding["fix"]["patch"]) == (name in OFFERED)
    assert is_green(courses[name].mended), json.dumps(courses[name].mended, indent=1)
