"""`prober fix`: look at the fixes that a run offered, apply them, and take them back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prober.cli.options.cluster import access_options, current_cluster_options
from prober.cli.options.shared import PATH
from prober.model.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from prober.cli.options.cluster import ClusterOptions
    from prober.model.run import RunRecord
    from prober.remedy.offers import Offer, Offers

ALL = "all"


@click.command("fix")
@click.argument("wanted", nargs=-1, metavar="[NUMBER|RULE|all]...")
@click.option(
    "--from",
    "report",
    type=PATH,
    metavar="FILE",
    help="A run's JSON or YAML report; default: the last run.",
)
@click.option("--diff", "show", is_flag=True, help="Show what would change; change nothing.")
@click.option(
    "--apply",
    "apply_",
    is_flag=True,
    help="Make the change, in the cluster or in the manifests of the lab.",
)
@click.option("--undo", is_flag=True, help="Take the change back.")
@click.option(
    "--emit", type=PATH, metavar="DIR", help="Write patches, whole objects and the way back to DIR."
)
@click.option(
    "-f",
    "--manifests",
    multiple=True,
    type=PATH,
    metavar="DIR|FILE",
    help="Change these manifests, not a cluster. Default: those of the run, if it was in the lab.",
)
@click.option("-y", "--yes", is_flag=True, help="Do not ask before a cluster is changed.")
@access_options
def command(
    wanted: tuple[str, ...],
    report: Path | None,
    show: bool,
    apply_: bool,
    undo: bool,
    emit: Path | None,
    manifests: tuple[Path, ...],
    yes: bool,
) -> int:
    """Show, apply or undo the fixes that a run offered, by their NUMBER in the report or by RULE.

    A cluster is asked first whether it would take the change (a server-side dry run), the
    difference is shown, and you are asked. Manifests are edited in place: comments and layout stay.
    """
    from prober.cli.output.state import read_report, recall
    from prober.remedy.offers import choose, read_offers

    if apply_ + undo + show + (emit is not None) > 1:
        raise UsageError(
            "--diff, --apply, --undo and --emit exclude each other", hint="give one of them"
        )
    if (apply_ or undo) and not wanted:
        act = "--undo" if undo else "--apply"
        raise UsageError(
            "which fix?", hint=f"name its number or its rule, or all: prober fix 1 {act}"
        )
    kept = read_report(report) if report else recall(offering=True)
    offers = read_offers(kept.record)
    chosen = choose(offers, () if ALL in wanted else wanted)
    if emit is not None:
        return _emit(offers, chosen, emit)
    if not (show or apply_ or undo):
        return _list(offers, chosen)
    if not chosen:
        raise UsageError(f"run {offers.run} offers no fix", hint="see its causes with `prober fix`")
    paths = manifests or kept.manifests
    if paths:
        return _files(paths, chosen, offers, undo=undo, write=not show)
    if offers.fabric != "kubernetes":
        raise UsageError(
            "the run was in a lab, and nothing says where its manifests are",
            hint="name them with -f DIR",
        )
    from prober.cli.output.fix_cluster import change

    return change(_context(offers), chosen, offers.items, undo=undo, make=not show, yes=yes)


def _context(offers: Offers) -> ClusterOptions:
    """The cluster that the run was on, unless the command line names another one."""
    options = current_cluster_options()
    return (
        options
        if options.context or offers.context == "in-cluster"
        else replace(options, context=offers.context)
    )


def _list(offers: Offers, chosen: Sequence[Offer]) -> int:
    """What there is, as a person chooses from it."""
    click.echo(f"run {offers.run} · {offers.fabric} {offers.context}")
    for offer in chosen:
        click.echo(f"\n{offer.number:>3}  {offer.id}, {offer.confidence}: {offer.cause}")
        click.echo(f"     fix    {offer.fix.summary}")
        for line in offer.fix.opens:
            click.echo(f"     opens  {line}")
    for one in offers.without:
        click.echo(f"\n     no fix for {one}")
        if one.by_hand:
            click.echo(f"     by hand  {one.by_hand}")
    if chosen:
        click.echo(
            f"\nlook: prober fix {chosen[0].number} --diff    apply: prober fix "
            f"{chosen[0].number} --apply"
        )
    return ExitCode.OK


def _emit(offers: Offers, chosen: Sequence[Offer], folder: Path) -> int:
    from prober.remedy.emit import emit

    count = emit(offers, folder, chosen)
    click.echo(
        f"wrote {count} files for {_fixes(len(chosen))} to {folder}; start with "
        f"{folder / 'README.md'}"
    )
    return ExitCode.OK


def emit_fixes_of(records: Sequence[RunRecord], folder: Path) -> None:
    """Write what runs offer to a directory; of several labs, which are worlds of their own, to one
    for each."""
    from prober.coordinator.merge import merge
    from prober.remedy.emit import emit
    from prober.remedy.offers import offers_of

    if all(record.fabric.kind == "kubernetes" for record in records):
        records = [merge(records)]
    for record in records:
        offers = offers_of(record)
        place = folder / record.scenario if len(records) > 1 else folder
        count = emit(offers, place)
        click.echo(
            f"prober: wrote {_fixes(len(offers.items))} ({count} files) to {place}", err=True
        )


def _fixes(count: int) -> str:
    return f"{count} fix{'es' * (count != 1)}"


def _files(
    paths: Sequence[Path], chosen: Sequence[Offer], offers: Offers, *, undo: bool, write: bool
) -> int:
    from prober.model.errors import ReportError
    from prober.remedy.rework import rework

    edits = rework(paths, chosen, offers.items, undo=undo)
    if not edits:
        click.echo("prober: nothing to change: the manifests have it already", err=True)
        return ExitCode.OK
    for edit in edits:
        click.echo(edit.diff.rstrip("\n"))
        if write:
            try:
                edit.file.write_bytes(edit.after.encode("utf-8"))
            except OSError as error:
                raise ReportError(
                    f"{edit.file} cannot be written: {error.strerror}", hint="check its permissions"
                ) from error
            click.echo(f"prober: edited {edit.file}", err=True)
    if write and not undo:
        click.echo(
            f"prober: to undo: prober fix {' '.join(str(one.number) for one in chosen)} --undo",
            err=True,
        )
    return ExitCode.OK
