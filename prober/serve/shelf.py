"""What runs there are. Folders are looked at again and again, because that works on every file
system and in every pod; a file is read once, and again when it changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from prober.history.reading import NoRunError, read_record
from prober.history.summary import Summary, summary_of
from prober.model.errors import InputError, ProberError
from prober.model.run import RunRecord

MOST_FILES = 500
"""Of all folders together, the newest first; the others are said to be left out."""
MOST_TROUBLES = 20


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file as it was when it was read."""

    stamp: tuple[int, int]
    """Its time and size."""
    summary: Summary | None
    trouble: str


@dataclass(slots=True)
class Shelf:
    """The runs in these folders and files."""

    places: Sequence[Path]
    tell: Callable[[RunRecord], None] = lambda record: None
    """Gets every record that is read, in no order."""
    left_out: int = 0
    _files: dict[Path, _Seen] = field(default_factory=dict)

    @property
    def runs(self) -> list[Summary]:
        """Every run once, the oldest first."""
        summaries = {seen.summary.id: seen.summary for seen in self._files.values() if seen.summary}
        return sorted(summaries.values(), key=lambda run: (run.started, run.id))

    @property
    def troubles(self) -> list[str]:
        """What could not be read, a sentence each."""
        told = [seen.trouble for _, seen in sorted(self._files.items()) if seen.trouble]
        more = [f"and {len(told) - MOST_TROUBLES} more files"] if len(told) > MOST_TROUBLES else []
        late = (
            [f"{self.left_out} older files are left out: {MOST_FILES} are read"]
            if self.left_out
            else []
        )
        return [*told[:MOST_TROUBLES], *more, *late]

    def series(self, run: Summary) -> list[Summary]:
        """The runs that can be compared with this one, itself too, the oldest first."""
        return [other for other in self.runs if other.series == run.series]

    def get(self, identity: str) -> Summary | None:
        """The run of this id."""
        return next((run for run in self.runs if run.id == identity), None)

    def record(self, identity: str) -> RunRecord:
        """The whole record of a run, read anew. Raises `ProberError`, also when it is gone by
        now."""
        for path, seen in self._files.items():
            if seen.summary and seen.summary.id == identity:
                return read_record(path)
        raise ProberError(f"there is no run {identity}", hint="it was removed")

    async def look(self) -> list[Summary]:
        """Look at everything again; the runs that are new."""
        known = {run.id for run in self.runs}
        await asyncio.to_thread(self._read_changed)
        return [run for run in self.runs if run.id not in known]

    async def watch(self, seconds: float, tell: Callable[[list[Summary]], None]) -> None:
        """Look again and again, and tell of new runs."""
        while True:
            await asyncio.sleep(seconds)
            if new := await self.look():
                tell(new)

    def _read_changed(self) -> None:
        stamps = dict(self._present())
        newest = sorted(stamps, key=lambda path: (stamps[path][0], path), reverse=True)
        kept = newest[:MOST_FILES]
        self.left_out = len(newest) - len(kept)
        before = self._files
        self._files = {
            path: before[path]
            if path in before and before[path].stamp == stamps[path]
            else self._read(path, stamps[path])
            for path in kept
        }

    def _present(self) -> Iterator[tuple[Path, tuple[int, int]]]:
        for place in self.places:
            files = place.glob("*.json") if place.is_dir() else [place]
            for path in files:
                try:
                    about = path.stat()
                except OSError:  # it was removed meanwhile
                    continue
                yield path, (about.st_mtime_ns, about.st_size)

    def _read(self, path: Path, stamp: tuple[int, int]) -> _Seen:
        try:
            record = read_record(path)
        except NoRunError:
            return _Seen(stamp, None, "")
        except InputError as error:
            said = "; ".join(mistake.message for mistake in error.mistakes)
            return _Seen(stamp, None, f"{path.name} {said}")
        except ProberError as error:
            return _Seen(stamp, None, f"{path.name}: {error}")
        self.tell(record)
        return _Seen(stamp, summary_of(record), "")
