"""`prober fix`: look at the fixes that a run offered, apply them, and take them back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prober.cli.options.cluster import access_options, current_cluster_options
from prober.cli.options.decorating import PATH, takes
from prober.cli.terminal import note, say, show
from prober.model.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from prober.cli.options.cluster import ClusterOptions
    from prober.cli.output.state import KeptRun
    from prober.model.run import RunRecord
    from prober.remedy.offers import Offer, Offers

ALL = "all"


@dataclass(frozen=True, slots=True)
class FixOptions:
    """What `fix` takes."""

    wanted: tuple[str, ...]
    report: Path | None
    older: str
    diff: bool
    apply_: bool
    undo: bool
    emit: Path | None
    manifests: tuple[Path, ...]
    yes: bool

    @property
    def changes(self) -> bool:
        """Whether a change is asked for, or a look at one."""
        return self.diff or self.apply_ or self.undo


@click.command("fix")
@click.argument("wanted", nargs=-1, metavar="[NUMBER|RULE|all]...")
@click.option(
    "--from",
    "report",
    type=PATH,
    metavar="FILE",
    help="The JSON or YAML report of a run [default: the last run].",
)
@click.option(
    "--run",
    "older",
    metavar="ID",
    default="",
    help="Use an older run that is still kept, by its id.",
)
@click.option("--diff", is_flag=True, help="Show what would change; change nothing.")
@click.option(
    "--apply",
    "apply_",
    is_flag=True,
    help="Make the change, in the cluster or in the manifests of the lab.",
)
@click.option("--undo", is_flag=True, help="Revert the change.")
@click.option(
    "--emit",
    type=PATH,
    metavar="DIR",
    help="Write patches, complete objects and their reverts to DIR.",
)
@click.option(
    "-f",
    "--manifests",
    multiple=True,
    type=PATH,
    metavar="DIR|FILE",
    help="Change these manifests, not a cluster [default: those of the run, if it was in the lab].",
)
@click.option("-y", "--yes", is_flag=True, help="Do not ask before a cluster is changed.")
@access_options
@takes(FixOptions)
def command(options: FixOptions) -> int:
    """Show, apply or undo the fixes that a run offered, by their NUMBER in the report or by RULE.

    In a cluster, prober first validates the change by a server-side dry run, shows the difference,
    and asks. Manifests are edited in place; comments and layout are kept.
    """  # fmt: skip
    from prober.cli.output.state import remember_applied
    from prober.remedy.offers import choose, offers_of

    undo, diff = options.undo, options.diff
    if options.apply_ + undo + diff + (options.emit is not None) > 1:
        raise UsageError(
            "--diff, --apply, --undo and --emit exclude each other", hint="give one of them"
        )
    if (options.apply_ or undo) and not options.wanted:
        act = "--undo" if undo else "--apply"
        raise UsageError(
            "which fix?", hint=f"name its number or its rule, or all: prober fix 1 {act}"
        )
    kept = _wanted_run(options.report, options.older, undo=undo)
    offers = offers_of(kept.record)
    if not offers.items and options.changes:
        raise UsageError(f"run {offers.run} offers no fix", hint=_older_hint(kept))
    chosen = choose(offers, () if ALL in options.wanted else options.wanted)
    if options.emit is not None:
        return _emit(offers, chosen, options.emit)
    if not options.changes:
        return _list(offers, chosen)
    paths = options.manifests or kept.manifests
    if undo:
        note(f"undoing fixes of run {offers.run}, started {kept.record.started}")

    def applied() -> None:
        if options.apply_:
            from prober.files import identity

            remember_applied(replace(kept, manifests=tuple(identity(path) for path in paths)))

    if paths:
        return _files(paths, chosen, offers, undo=undo, applied=None if diff else applied)
    if offers.fabric != "kubernetes":
        raise UsageError(
            "the run was in a lab, and nothing says where its manifests are",
            hint=f"name its manifests with -f {_manifests_of(kept)}",
        )
    from prober.cli.output.fix_cluster import change

    return change(
        _context(offers),
        chosen,
        offers.items,
        undo=undo,
        applied=None if diff else applied,
        yes=options.yes,
    )


def _wanted_run(report: Path | None, older: str, *, undo: bool) -> KeptRun:
    """The run that is named; else the last one, or for an undo the one whose fixes were applied
    last."""
    from prober.cli.output.state import read_report, recall, recall_applied

    if report is not None and older:
        raise UsageError("--from and --run exclude each other", hint="give one of them")
    if report is not None:
        return read_report(report)
    return recall_applied() if undo and not older else recall(older)


def _manifests_of(run: KeptRun) -> str:
    """What the run's lab was built from, as it was given there; a report may say anything, so this
    is for a hint alone."""
    return run.record.notes.get("manifests") or "DIR"


def _older_hint(run: KeptRun) -> str:
    """What to do when the last run offers nothing. An older run's fixes are never taken by
    themselves: the objects may be others by now."""
    from prober.cli.output.state import older_offer

    older = older_offer(run)
    if older is None:
        return "see its causes with `prober fix`"
    record = older.record
    return f"an older run did, started {record.started}: if you mean it, add --run {record.id}"


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
    say(f"run {offers.run} · {offers.fabric} {offers.context}")
    for offer in chosen:
        say()
        say(f"{offer.number:>3}  {offer.id}, {offer.confidence}: {offer.cause}")
        say(f"     fix    {offer.fix.summary}")
        for line in offer.fix.opens:
            say(f"     opens  {line}")
        if offer.fix.command:
            say(f"     or     {offer.fix.command}")
    for advice in offers.without:
        say()
        say(f"     no fix for {advice}")
        if advice.by_hand:
            say(f"     by hand  {advice.by_hand}")
    if chosen:
        say()
        number = chosen[0].number
        say(f"look: prober fix {number} --diff    apply: prober fix {number} --apply")
    return ExitCode.OK


def _emit(offers: Offers, chosen: Sequence[Offer], folder: Path) -> int:
    from prober.remedy.emit import emit

    count = emit(offers, folder, chosen)
    first = folder / "README.md"
    say(f"wrote {count} files for {_fixes(len(chosen))} to {folder}; start with {first}")
    return ExitCode.OK


def emit_fixes_of(records: Sequence[RunRecord], folder: Path) -> None:
    """Write what runs offer to a directory; of several labs, which are worlds of their own, to one
    for each."""
    from prober.coordinator.merge import merge
    from prober.files import file_name
    from prober.remedy.emit import emit
    from prober.remedy.offers import offers_of

    if all(record.fabric.kind == "kubernetes" for record in records):
        records = [merge(records)]
    for record in records:
        offers = offers_of(record)
        place = folder / file_name(record.scenario) if len(records) > 1 else folder
        count = emit(offers, place)
        note(f"wrote {_fixes(len(offers.items))} ({count} files) to {place}")


def _fixes(count: int) -> str:
    return f"{count} fix{'es' * (count != 1)}"


def _files(
    paths: Sequence[Path],
    chosen: Sequence[Offer],
    offers: Offers,
    *,
    undo: bool,
    applied: Callable[[], None] | None,
) -> int:
    """Edit manifests, and call `applied`; None: only show what would change."""
    from prober.files import write_files
    from prober.remedy.rework import rework

    edits = rework(paths, chosen, offers.items, undo=undo)
    if not edits:
        note("nothing to change: the manifests have it already")
        return ExitCode.OK
    for edit in edits:
        show(edit.diff)
        if applied:
            write_files({edit.file: edit.after}, what="manifest")
            applied()
            note(f"edited {edit.file}")
    if applied and not undo:
        note(f"to undo: prober fix {' '.join(str(offer.number) for offer in chosen)} --undo")
    return ExitCode.OK
