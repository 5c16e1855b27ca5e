"""The table of checks as a document: docs/audit.md is this text, and a test holds them together.
Pure."""

from __future__ import annotations

from prober.audit.check import Check
from prober.audit.checks import CHECKS

HEAD = """# Audit: every check

`prober audit` finds mistakes in the policies of a cluster or of manifests, without a single probe.

    prober audit                                   # the current context
    prober audit -f manifests/ -n shop             # files, and only findings about namespace shop
    prober audit -f manifests/ -o sarif > audit.sarif     # for code scanning, with file and line
    prober audit --ignore ingress-from-everywhere --fail-on warning

Each finding has the stable id of its check, a severity, the object, the field and, in manifests,
the file and the line.

| severity | means |
| --- | --- |
| `error` | something does not work, or is not protected although it should be |
| `warning` | probably not intended |
| `note` | worth knowing; often intended |

**Exit codes.** 1 if a finding has at least the severity of `--fail-on` (default `error`; with
`never` no finding counts), otherwise 0. 2 for a wrong option or manifest. 3 if the cluster could
not be read, or if checks could not run because the manifests have no pods: what was not checked has
not passed. `--ignore ID` skips a check, also for the exit code.

**Formats.** `table` for people (with how much is covered), `json` and `yaml` for scripts
(`apiVersion`, `kind: Audit`, `coverage`, `findings`, `skipped`), `markdown` for a ticket or a pull
request, `sarif` (2.1.0) for code scanning.

**Coverage** counts the pods that policies apply to: running, and not on the host network. A pod
that is isolated in both directions counts fully, in one direction half. Only namespaces with such
pods count, without `kube-system` and similar. *Entries* are peers × ports, summed over the policies
of every pod on the busiest node: the number of rules that a node has to hold.

**Manifests.** The pods are those that the manifests create ([manifests.md](manifests.md)),
including those of CronJobs and of other kinds with a pod template, without Helm hooks and tests.
Other pods may come from elsewhere, so a finding says "no pod in these manifests". A policy for a
workload that is scaled to zero is not a finding.

**Cilium.** In a cluster with Cilium, prober also reads the identities of its CiliumEndpoints (one
list; without this right it skips that check with a warning). Manifests do not have identities.

## The checks

| id | severity | finds | why | languages |
| --- | --- | --- | --- | --- |
"""


def _languages(check: Check) -> str:
    return ", ".join(language.value for language in check.languages)


def catalog() -> str:
    """docs/audit.md, generated from the table."""
    return HEAD + "".join(
        f"| `{check.id}` | {check.severity} | {check.title} | {check.why} | {_languages(check)} |\n"
        for check in CHECKS
    )


if __name__ == "__main__":
    import sys

    sys.stdout.write(catalog())
