"""What a long run has come to so far, on disk: so that a run which was interrupted, wherever and
however, goes on from there.

Beside the kept runs, in a folder with the run's id: a record for each chunk of checks, written
whole or not at all, as every record is. The folder goes away when the run has come to its end.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prober.cli.output.state import read_report, runs_folder
from prober.cli.terminal import note
from prober.model.errors import ProberError, UsageError
from prober.model.run import CheckRecord, RunRecord

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,80}")
_PART = ".part.json"


@dataclass(slots=True)
class Journal:
    """The chunks of one run."""

    run: str
    command: str
    """What to call to go on, but for the run's id."""
    _parts: int = 0

    @property
    def folder(self) -> Path:
        return runs_folder() / "interrupted" / self.run

    def keep(self, record: RunRecord) -> None:
        """Write a chunk. What cannot be written is said once, and keeps nobody from going on."""
        from prober.files import write_tree
        from prober.model.codec import encode

        self._parts += 1
        name = f"{self._parts:06}{_PART}"
        while (self.folder / name).exists():  # those of the interrupted run
            self._parts += 1
            name = f"{self._parts:06}{_PART}"
        try:
            write_tree(
                self.folder, {name: json.dumps(encode(record))}, what="the state in", private=True
            )
        except ProberError as error:
            if self._parts == 1:
                note(f"this run cannot be resumed when it is interrupted: {error}")
        else:
            if self._parts == 1:
                note(f"if this run is interrupted: {self.command} --resume {self.run}")

    def forget(self) -> None:
        """The run has come to its end."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def resumed(self, scenario: str) -> Sequence[CheckRecord]:
        """What the interrupted run had come to. Raises `UsageError` where there is no such run, or
        it was one of another scenario."""
        parts = sorted(self.folder.glob(f"*{_PART}")) if _ID.fullmatch(self.run) else []
        if not parts:
            known = ", ".join(_interrupted()) or "none"
            raise UsageError(f"no interrupted run {self.run} is kept", hint=f"interrupted: {known}")
        records = [read_report(part).record for part in parts]
        self._parts = len(parts)
        others = {record.scenario for record in records} - {scenario}
        if others:
            raise UsageError(
                f"run {self.run} was one of {', '.join(sorted(others))}, not of {scenario}",
                hint="name the scenario that was interrupted",
            )
        return [check for record in records for check in record.checks]


def _interrupted() -> list[str]:
    """The ids of interrupted runs, the newest first."""
    folder = runs_folder() / "interrupted"
    return sorted((path.name for path in folder.glob("*") if path.is_dir()), reverse=True)[:20]
