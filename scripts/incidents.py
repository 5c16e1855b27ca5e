"""Writes docs/incidents.md: every incident that comes with prober, with what its run in the lab
prints, as it came out.

    python scripts/incidents.py

A test holds the document to what runs print, but for the times in it.
"""

from __future__ import annotations

import ast
import importlib
import itertools
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
E2E = ROOT / "tests" / "e2e"
INCIDENTS = ("flux-ssh", "flux-artifact", "shared-vip", "policy-guide", "cni-identity")
HEAD = """# Incidents

Five failures from real clusters, each as a scenario with its manifests in `scenarios/`. `--lab`
breaks the embedded lab in the same way, with real packets; `--enforcement drop` shows the same
failure under an implementation that drops denied packets without an answer. Below each description
is the output of its run; `python scripts/incidents.py` regenerates this page.
"""


TABLE = """
## Every incident that the tests reproduce

For each incident a test creates the failure, expects this diagnosis and no other, and repairs it:
it applies the fix that prober offers, or removes the fault if no object is wrong and prober can
only give advice. Then it runs the checks again, and expects all of them to pass without a finding.
The lab reproduces {lab} incidents, with rejected or dropped packets. Real clusters reproduce
{real}, under kube-router and under Cilium (incidents without a policy run without either).
`tests/lab/incidents` uses the same names. The list after the table has the failures of nodes and
cluster components that only real clusters reproduce.

| incident | cause | lab | kube-router, Cilium |
| --- | --- | --- | --- |
"""
BROKEN = """
The tests on real clusters (`tests/e2e`) also create these failures, under kube-router, Cilium or no
policy engine, depending on which of them has the failing part:

"""
MISSES = """
In these situations, which resemble incidents, the rule must report nothing:

"""


def main() -> None:
    text = HEAD + "".join(map(section, INCIDENTS)) + table()
    (ROOT / "docs" / "incidents.md").write_text(text, encoding="utf-8")


def section(name: str) -> str:
    """An incident: its story, and its run."""
    command = ["run", f"scenarios/{name}.yaml", "--lab"]
    done = subprocess.run(
        [sys.executable, "-m", "prober.cli.main", *command],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        check=False,
    )
    return (
        f"\n## {name}\n\n{story(name)}\n\n```console\n$ prober "
        f"{' '.join(command)}\n{done.stdout.rstrip()}\n```\n"
    )


def table() -> str:
    """Every incident of the tests, with its cause and where it is enacted."""
    tests = ROOT / "tests"
    sys.path[:0] = [str(tests / "lab" / "incidents"), str(tests / "lab")]
    enacted = importlib.import_module("incident_table").INCIDENTS
    near_misses = importlib.import_module("incident_near_misses").NEAR_MISSES

    real, under_cilium = frozenset(names_of("ROWS")), written("UNDER_CILIUM")
    rows = "".join(
        f"| {incident.name} | {_causes(incident)} | yes | "
        f"{_where(incident.name in real, under_cilium.get(incident.name, ''))} |\n"
        for incident in enacted
    )
    misses = "".join(f"- {miss.name}{_not(miss.silent)}\n" for miss in near_misses)
    broken = "".join(f"- {name}\n" for name in broken_on_clusters())
    head = TABLE.format(lab=len(enacted), real=len(real))
    return head + rows + BROKEN + broken + MISSES + misses


def broken_on_clusters() -> Iterator[str]:
    """What the tests of nodes, machinery and the ways between them break on real clusters, as they
    are called; of the ways, where that was seen to pass."""
    file = E2E / "test_e2e_real_machinery.py"
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name.removeprefix("test_").replace("_", " ")
    for name, engines in written("SEEN", "test_e2e_paths.py").items():
        yield f"{name} ({', '.join(engines)})"


def _causes(incident: Any) -> str:
    return ", ".join(f"`{cause}`" for cause in (incident.cause, *incident.also))


def _not(rules: Sequence[str]) -> str:
    return f": not {' nor '.join(f'`{rule}`' for rule in rules)}" if rules else ""


def _where(real: bool, under_cilium: str) -> str:
    """The cell about clusters; Cilium reads some policies otherwise, and the cause is that then."""
    if not real:
        return "-"
    return f"yes; under Cilium `{under_cilium}`" if under_cilium else "yes"


def names_of(table: str) -> tuple[str, ...]:
    """A table of incidents' names in the tests on real clusters."""
    return tuple(written(table))


def written(table: str, name: str = "test_e2e_real_incidents.py") -> Any:
    """A table of the tests on real clusters: read, since importing them takes a cluster's tools."""
    for node in ast.parse((E2E / name).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == table:
            return ast.literal_eval(node.value)
    raise AssertionError(f"tests/e2e/{name} has no {table}")


def story(name: str) -> str:
    """What the scenario's file says at its top, after the line for editors."""
    lines = (ROOT / "scenarios" / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    comment = itertools.takewhile(lambda line: line.startswith("#"), lines)
    return "\n".join(line.removeprefix("#").strip() for line in list(comment)[1:]).strip()


if __name__ == "__main__":
    main()
