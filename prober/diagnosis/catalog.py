"""The table of rules as a document: docs/diagnosis.md is this text, and a test holds them together.
Pure."""

from __future__ import annotations

from prober.diagnosis.rules import RULES

HEAD = """# Diagnosis: every rule

A run ends with causes, not with a list of symptoms. Each rule below recognises one cause. They are
asked in this order, and later rules do not see what an earlier one has explained: a dead pod
network explains the names that do not resolve, and those explain the connections that were never
tried. The rules about one direction of a policy explain only that direction, because a flow needs
both.

Where a rule cannot decide, it asks for one more observation: from the pod's own node, past the
Service, of another name server, with a larger packet. The run makes these probes in at most three
rounds, and only for checks that went wrong. Without an answer a rule concludes less, never
something else.

How sure a finding is: **certain** (the evidence leaves no other explanation), **likely**,
**possible**.

`tests/lab/incidents` has an incident for each cause that the lab can enact: broken, diagnosed,
fixed as offered, and green. `tests/e2e` enacts more than twenty of them on real clusters,
under kube-router and under Cilium.

## What they conclude, and what to do

If a policy, a label or a port fixes it, the run offers the change itself ([fixes.md](fixes.md));
otherwise it gives the advice below.

| id | concludes | what to do |
| --- | --- | --- |
"""

DECIDES = """
## How they decide

| id | needs | asks |
| --- | --- | --- |
"""


def catalog() -> str:
    """docs/diagnosis.md, generated from the table."""
    concludes = "".join(f"| `{rule.id}` | {rule.concludes} | {rule.advice} |\n" for rule in RULES)
    decides = "".join(f"| `{rule.id}` | {rule.needs} | {rule.asks or '—'} |\n" for rule in RULES)
    return HEAD + concludes + DECIDES + decides


if __name__ == "__main__":
    import sys

    sys.stdout.write(catalog())
