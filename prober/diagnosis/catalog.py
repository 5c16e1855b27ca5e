"""The table of rules as a document: docs/diagnosis.md is this text, and a test holds them together. Pure."""

from __future__ import annotations

from prober.diagnosis.rules import RULES

HEAD = """# Diagnosis: every rule

A run ends with causes, not with a list of symptoms. Each rule below recognises one cause. They are asked in this order,
and a check that one rule has explained is not shown to later ones; the rules about one direction of a policy explain
only that direction, because a flow needs both.

How sure a finding is: **certain** (the evidence leaves no other explanation), **likely**, **possible**.

| id | concludes | needs |
| --- | --- | --- |
"""


def catalog() -> str:
    """docs/diagnosis.md, generated from the table."""
    return HEAD + "".join(f"| `{rule.id}` | {rule.concludes} | {rule.needs} |\n" for rule in RULES)


if __name__ == "__main__":
    import sys

    sys.stdout.write(catalog())
