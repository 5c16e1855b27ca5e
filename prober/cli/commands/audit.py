"""`prober audit`: what is wrong with the policies, without a probe."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from prober.cli import terminal
from prober.cli.options.cluster import access, access_options, current_cluster_options
from prober.cli.options.decorating import takes
from prober.cli.options.manifests import ManifestOptions, manifest_options
from prober.cli.output.interrupts import run_async
from prober.cli.terminal import note
from prober.model.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prober.audit import Audit, View
    from prober.fabric.kubernetes import Access
    from prober.report.audit import AuditReport

NEVER = "never"


@dataclass(frozen=True, slots=True)
class AuditOptions:
    """What `audit` takes."""

    manifests: ManifestOptions
    """None given: the cluster is audited."""
    namespaces: tuple[str, ...]
    ignored: tuple[str, ...]
    fail_on: str
    """The least severity that fails, or `never`."""
    output: str
    color: str


@click.command("audit")
@manifest_options("Audit these manifests (or a scenario's world) instead of a cluster.")
@click.option(
    "-n",
    "--namespace",
    "namespaces",
    multiple=True,
    help="Only findings about this namespace. Repeatable.",
)
@click.option(
    "--ignore",
    "ignored",
    multiple=True,
    metavar="ID",
    help="Skip this check. Repeatable.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "note", NEVER]),
    default="error",
    show_default=True,
    help="Exit with 1 when a finding has at least this severity.",
)
@click.option(
    "-o",
    "--output",
    type=click.Choice(
        ["table", "json", "yaml", "markdown", "sarif", "openreports", "policyreports"]
    ),
    default="table",
    show_default=True,
)
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colors on stdout.",
)
@access_options
@takes(AuditOptions)
def command(options: AuditOptions) -> int:
    """Find mistakes in the NetworkPolicies of a cluster, or of manifests (-f). No packet is sent.

    docs/audit.md lists every check with its id, its severity and the reason for it.
    """
    from prober.report import Page
    from prober.report.audit import render_audit

    _check_ids(options.ignored)
    report = _of_manifests(options) if options.manifests else _of_cluster(options)
    painted = options.color == "always" or (
        options.color == "auto" and terminal.wants_color(sys.stdout)
    )
    page = Page(painted, terminal.width())
    terminal.show(render_audit(report, options.output, page), painted=painted)
    return _exit_code(report.audit, options.fail_on)


def _exit_code(audit: Audit, fail_on: str) -> ExitCode:
    """A finding outranks what could not be checked; what could not be checked is never green."""
    from prober.audit import Severity

    if fail_on != NEVER and audit.reaches(Severity(fail_on)):
        return ExitCode.FAILED
    return ExitCode.UNKNOWN if audit.skipped else ExitCode.OK


def _check_ids(ignored: Sequence[str]) -> None:
    from difflib import get_close_matches

    from prober.audit import CHECKS

    known = [check.id for check in CHECKS]
    for identity in ignored:
        if identity not in known:
            near = get_close_matches(identity, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"one of {', '.join(known)}"
            raise UsageError(f"--ignore {identity}: there is no such check", hint=hint)


def _of_manifests(options: AuditOptions) -> AuditReport:
    from prober import __version__
    from prober.audit import View, audit
    from prober.cli.commands.predict import load
    from prober.report.audit import AuditReport

    loaded = load(options.manifests.within(*options.namespaces))
    view = View(loaded.snapshot)
    _check_namespaces(view, options.namespaces)
    result = audit(view, ignore=options.ignored, namespaces=options.namespaces)
    return AuditReport(str(options.manifests), result, loaded.place, __version__)


def _of_cluster(options: AuditOptions) -> AuditReport:
    from prober import __version__
    from prober.audit import audit
    from prober.report.audit import AuditReport

    name, view = run_async(_read(access(current_cluster_options())))
    _check_namespaces(view, options.namespaces)
    return AuditReport(
        f"context {name}",
        audit(view, ignore=options.ignored, namespaces=options.namespaces),
        lambda ref, path: None,
        __version__,
    )


async def _read(wanted: Access) -> tuple[str, View]:
    from prober.audit import View
    from prober.audit.view import Identity
    from prober.fabric.kubernetes import Settings
    from prober.fabric.kubernetes.client import Api, ApiError
    from prober.fabric.kubernetes.reading import read_cluster, read_identities

    async with await Api.open(wanted, Settings(image="")) as api:
        snapshot = (await read_cluster(api)).snapshot
        identities: Mapping[tuple[str, str], Identity] | None = None
        try:
            by_labels = await read_identities(api)
            if by_labels is not None:
                identities = {
                    key: Identity(identity.number, identity.labels)
                    for key, identity in by_labels.items()
                }
        except ApiError as error:
            note(f"warning: Cilium's identities are not audited: {error}")
    return api.name, View(snapshot, identities)


def _check_namespaces(view: View, namespaces: Sequence[str]) -> None:
    """A misspelt namespace would have no findings, and look sound."""
    known = sorted(view.snapshot.namespaces)
    for namespace in namespaces:
        if namespace not in known:
            raise UsageError(
                f"there is no namespace {namespace}",
                hint=f"there is {', '.join(known) or 'none at all'}",
            )
