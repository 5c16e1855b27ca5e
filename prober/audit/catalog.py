"""The table of checks as a document: docs/audit.md is this text, and a test holds them together.
Pure."""

from __future__ import annotations

from prober.audit.check import Check
from prober.audit.checks import CHECKS

HEAD = """# Audit: every check

`prober audit` looks for what is wrong with the policies, without a single probe: in a cluster, or
in manifests.

    prober audit                                   # the current context
    prober audit -f manifests/ -n shop             # files, and only findings about namespace shop
    prober audit -f manifests/ -o sarif > audit.sarif     # for code scanning, with file and line
    prober audit --ignore ingress-from-everywhere --fail-on warning

Each finding has the stable id of its check, a severity, the object, the field that is meant and, in
manifests, the file and the line.

| severity | means |
| --- | --- |
| `error` | something does not work, or is not protected although somebody meant it to be |
| `warning` | probably not meant |
| `note` | worth knowing; often meant |

**Exit codes.** 1 when a finding is at least as severe as `--fail-on` says (`error` by default;
`never`: no finding counts), else 0. 2 for a wrong option or manifest. 3 when the cluster could not
be read, or when checks could not be made because the manifests have no pods: what was not checked
is not passed. `--ignore ID` leaves a check out, also for this.

**Formats.** `table` for people (with how much is covered), `json` and `yaml` for scripts
(`apiVersion`, `kind: Audit`, `coverage`, `findings`, `skipped`), `markdown` for a ticket or a pull
request, `sarif` (2.1.0) for code scanning.

**Coverage** counts pods that policies can govern: running, and not on their node's network. A pod
isolated in both directions counts fully, in one direction half. Namespaces are those with such
pods, without `kube-system` and its kin. *Entries* are peers × ports, summed over the policies of
every pod on the busiest node: what a node that lists rules has to keep.

**Manifests.** Pods are those that the manifests make ([manifests.md](manifests.md)): of CronJobs
and of other kinds with a pod template too, of Helm hooks and tests none. Pods that are not among
them may come from elsewhere, so a finding says "no pod in these manifests"; a policy for a workload
that is scaled to zero is no finding.

**Cilium.** In a cluster with Cilium the identities of its CiliumEndpoints are read too (one list;
without the right to do so that check is left out with a warning). In manifests nothing is known
about them.

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
