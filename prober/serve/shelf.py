"""What runs there are. Folders are looked at again and again, because that works on every file
system and in every pod; a file is read once, and again when it changes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from prober.history.reading import NoRunError, read_record
from prober.history.summary import Summary, summary_of
from prober.model.errors import InputError, ProberError
from prober.model.run import RunRecord
from prober.serve.standing import Answer, Standing

MOST_FILES = 500
"""Of all folders together, the newest first; the others are said to be left out."""
MOST_TROUBLES = 20
ASK_EVERY = 15.0
"""Seconds between two questions to a cluster."""
Ask = Callable[[], Awaitable[Answer]]


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
    cluster: Ask | None = None
    """Asks for the runs that the operator keeps, and how its Scenarios are; None: nobody is
    asked."""
    standings: Mapping[str, Standing] = field(default_factory=dict)
    """How the Scenarios of the cluster are, by the name that their runs have."""
    left_out: int = 0
    _asked: float = field(default=float("-inf"))
    _lost: Sequence[str] = ()
    """What the cluster did not answer the last time; what it said before stays."""
    _kept: dict[str, tuple[Summary, RunRecord]] = field(default_factory=dict)
    """The runs of the cluster, by id."""
    _files: dict[Path, _Seen] = field(default_factory=dict)

    @property
    def runs(self) -> list[Summary]:
        """Every run once, the oldest first."""
        summaries = {seen.summary.id: seen.summary for seen in self._files.values() if seen.summary}
        summaries |= {identity: summary for identity, (summary, _) in self._kept.items()}
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
        return [*self._lost, *told[:MOST_TROUBLES], *more, *late]

    def series(self, run: Summary) -> list[Summary]:
        """The runs that can be compared with this one, itself too, the oldest first."""
        return [other for other in self.runs if other.series == run.series]

    def get(self, identity: str) -> Summary | None:
        """The run of this id."""
        return next((run for run in self.runs if run.id == identity), None)

    def record(self, identity: str) -> RunRecord:
        """The whole record of a run, read anew. Raises `ProberError`, also when it is gone by
        now."""
        if identity in self._kept:
            return self._kept[identity][1]
        for path, seen in self._files.items():
            if seen.summary and seen.summary.id == identity:
                return read_record(path)
        raise ProberError(f"there is no run {identity}", hint="it was removed")

    async def look(self) -> list[Summary]:
        """Look at everything again; the runs that are new."""
        known = {run.id for run in self.runs}
        await asyncio.to_thread(self._read_changed)
        await self._ask()
        return [run for run in self.runs if run.id not in known]

    async def watch(self, seconds: float, tell: Callable[[list[Summary]], None]) -> None:
        """Look again and again, and tell of new runs; of none where something else is not what it
        was."""
        while True:
            before = (self.standings, self.troubles)
            await asyncio.sleep(seconds)
            new = await self.look()
            if new or before != (self.standings, self.troubles):
                tell(new)

    async def _ask(self) -> None:
        """The runs of the cluster, at most every `ASK_EVERY` seconds."""
        now = asyncio.get_running_loop().time()
        if self.cluster is None or now - self._asked < ASK_EVERY:
            return
        self._asked = now
        try:
            answer = await self.cluster()
        except ProberError as error:
            self._lost = (f"the cluster gives no answer: {error}",)
            return
        self._lost, self.standings, before = answer.troubles, answer.standings, self._kept
        self._kept = {
            record.id: before.get(record.id) or (summary_of(record), record)
            for record in answer.records
        }
        for identity in self._kept.keys() - before.keys():
            self.tell(self._kept[identity][1])

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
