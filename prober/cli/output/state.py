"""Runs that are kept, so that `prober fix 1` knows what 1 is, and `prober evidence` what happened.

In the user's state directory (XDG_STATE_HOME), readable by the user only: the last run, the last
one that offered a fix, and the one whose fixes were applied last; and for `prober serve` the
records of the last runs, a file each. Only the last run is meant where
none is named: an older one's fixes are for objects that may have become something else since. What
`--undo` takes back is what was applied.

Nothing depends on them: a run that cannot write them is as good as any.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prober.model.errors import InputError, ReportError, UsageError

if TYPE_CHECKING:
    from prober.model.run import RunRecord

_NO_RUN = "run the checks first, or name a run's JSON report with --from"
_WRITE_ONE = "write one with `prober run … --report run.json`"
MOST_RUNS = 200
"""Runs that are kept for `prober serve`, the newest."""
MOST_BYTES = 256 << 20
"""Of all of them together."""
MOST_OF_ONE = 32 << 20
"""Characters of one; a larger run is the last run, and is not kept beyond the next."""
_LAST, _OFFERING, _APPLIED = "last-run.json", "last-offer.json", "last-applied.json"


@dataclass(frozen=True, slots=True)
class KeptRun:
    """What is kept of a run."""

    record: RunRecord
    manifests: tuple[Path, ...]
    """Of the lab that it ran on; empty for a cluster."""


def state_file(*, offering: bool = False) -> Path:
    """Where the last run is kept, or the last that offered a fix."""
    return _file(_OFFERING if offering else _LAST)


def _file(name: str) -> Path:
    home = os.environ.get("XDG_STATE_HOME", "")
    return (Path(home) if home else Path.home() / ".local" / "state") / "prober" / name


def runs_folder() -> Path:
    """Where the records of the last runs are, a file each."""
    return _file("runs")


def remember(record: RunRecord, manifests: Sequence[Path]) -> None:
    """Keep a run. The places of its manifests are kept from the root: the next command may be
    called elsewhere."""
    from prober.files import identity

    # Two files, because they answer two questions: what was the last run (for `evidence`), and
    # which run had offers (for the hint that its id is still known).
    run = KeptRun(record, tuple(identity(path) for path in manifests))
    offers = any(finding.fix and finding.fix.command for finding in record.findings)
    _keep(run, _LAST, *([_OFFERING] if offers else []))


def remember_applied(run: KeptRun) -> None:
    """Keep the run whose fixes were just applied: those are what `--undo` takes back."""
    _keep(run, _APPLIED)


def _keep(run: KeptRun, *names: str) -> None:
    from prober.files import file_name, write_tree
    from prober.model.codec import encode

    manifests = [str(path) for path in run.manifests]
    record = encode(run.record)
    text = json.dumps({"record": record, "manifests": manifests})
    texts = dict.fromkeys(names, text)
    if len(text) <= MOST_OF_ONE:
        texts[f"runs/{file_name(run.record.id)}.json"] = json.dumps(record)
    folder = _file(_LAST).parent
    # A home directory that is read-only or full must not make a run fail: the run is done, and
    # only `prober fix` without --from suffers.
    with suppress(ReportError):
        write_tree(folder, texts, what="the state in", private=True)
        _thin_out()


def _thin_out() -> None:
    """Let the oldest runs go, so that what is kept stays within its bounds."""
    with suppress(OSError):
        files = [(path, path.stat()) for path in runs_folder().glob("*.json")]
        files.sort(key=lambda entry: entry[1].st_mtime_ns, reverse=True)
        total = 0
        for number, (path, about) in enumerate(files, start=1):
            total += about.st_size
            if number > 1 and (number > MOST_RUNS or total > MOST_BYTES):
                path.unlink(missing_ok=True)


def recall(name: str = "") -> KeptRun:
    """The last run; with a name, the kept run whose id it is. Raises `UsageError` when there is
    none."""
    if name:
        kept = _all()
        if name not in kept:
            known = ", ".join(kept) or "none"
            raise UsageError(
                f"run {name} is not remembered",
                hint=f"remembered: {known}; or give its report with --from",
            )
        return kept[name]
    run = _read(_newest(_LAST, _OFFERING))
    if run is None:
        raise UsageError("no run is remembered", hint=_NO_RUN)
    return run


def _newest(*names: str) -> str:
    """The one that was written last. (Either may be missing: a run writes what it can.)"""

    def written(name: str) -> int:
        with suppress(OSError):
            return _file(name).stat().st_mtime_ns
        return 0

    return max(names, key=written)


def is_last(record: RunRecord) -> bool:
    """Whether it is the last run, which is meant where none is named."""
    with suppress(UsageError):
        return recall().record.id == record.id
    return False


def recall_applied() -> KeptRun:
    """The run whose fixes were applied last; the last run where that is not known. Raises
    `UsageError`."""
    return _read(_APPLIED) or recall()


def older_offer(run: KeptRun) -> KeptRun | None:
    """An older run than this last one that offered a fix, for hints."""
    with suppress(UsageError):
        older = _read(_OFFERING)
        return older if older and older.record.id != run.record.id else None
    return None


def _all() -> dict[str, KeptRun]:
    runs: dict[str, KeptRun] = {}
    for name in (_LAST, _OFFERING, _APPLIED):
        with suppress(UsageError):  # one that is damaged is none
            if run := _read(name):
                runs.setdefault(run.record.id, run)
    return runs


def _read(name: str) -> KeptRun | None:
    from prober.model.codec import RecordError, decode

    file = _file(name)
    if not file.exists():
        return None
    try:
        kept = _mapping(file)
        paths = tuple(Path(path) for path in kept["manifests"])
        return KeptRun(decode(kept["record"]), paths)
    except (InputError, RecordError, LookupError, TypeError, AttributeError) as error:
        raise UsageError(f"the last run cannot be read: {error}", hint=_NO_RUN) from error


def read_report(path: Path) -> KeptRun:
    """A run's JSON or YAML report. Raises `UsageError`."""
    from prober.model.codec import RecordError, decode

    try:
        return KeptRun(decode(_mapping(path)), ())
    except InputError as error:
        raise UsageError(f"cannot read the record of a run: {error}", hint=_WRITE_ONE) from error
    except RecordError as error:
        raise RecordError(f"{path}: {error}", hint=error.hint) from error


def _mapping(path: Path) -> Mapping[str, Any]:
    from prober.manifest import load_documents

    document, *more = load_documents(path)
    if more:
        raise UsageError(f"{path} has several documents, and one was written", hint=_WRITE_ONE)
    return document.value
