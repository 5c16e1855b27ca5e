"""The records of a run, as they grow: in memory while they are few, on disk when they are many."""

from __future__ import annotations

import pickle
import tempfile
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, overload

from prober.coordinator.telling import MOST_IN_MEMORY, telling
from prober.model.run import CheckRecord


class RecordLog(Sequence[CheckRecord]):
    """Append-only. Reads like a tuple, one record at a time from disk where there are many.

    The file has no name, so nobody else reads or writes it, and it is gone with the process,
    however that ends.
    """

    def __init__(self, *, most_in_memory: int = MOST_IN_MEMORY) -> None:
        self._most = most_in_memory
        self._kept: list[CheckRecord] = []
        self._file: IO[bytes] | None = None
        self._starts = array("Q")
        self._ids: list[str] = []

    def extend(self, records: Iterable[CheckRecord]) -> None:
        """Add records at the end. Raises `OSError` when the disk is full."""
        new = list(records)
        self._kept += new
        self._ids += [record.check.id for record in new]
        if self._file is None and len(self._kept) > self._most:
            self._file = tempfile.TemporaryFile(prefix="prober-records-")  # noqa: SIM115 - lives as long as the log
        if self._file is not None:
            self._write(self._file)

    def _write(self, file: IO[bytes]) -> None:
        # Reading moves the position, so every write goes to the end first.
        file.seek(0, 2)
        for record in self._kept:
            self._starts.append(file.tell())
            # pickle, which must never read what somebody else wrote: this file has no name, was
            # made by this process and dies with it (O_TMPFILE, or unlinked at once). It is several
            # times as quick as the published JSON, and keeps what that leaves out.
            pickle.dump(record, file, protocol=pickle.HIGHEST_PROTOCOL)
        self._kept = []

    def __len__(self) -> int:
        return len(self._starts) + len(self._kept)

    def __iter__(self) -> Iterator[CheckRecord]:
        return (self[number] for number in range(len(self)))

    @overload
    def __getitem__(self, index: int) -> CheckRecord: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[CheckRecord]: ...

    def __getitem__(self, index: int | slice) -> CheckRecord | Sequence[CheckRecord]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        index = range(len(self))[index]
        if self._file is None:
            return self._kept[index]
        self._file.seek(self._starts[index])
        record: CheckRecord = pickle.load(self._file)  # noqa: S301 - a nameless file that only this process wrote
        return record

    def arrange(self, ids: Iterable[str]) -> None:
        """Put the records into the order of these check ids, which are all of theirs: chunks end
        in any order, and what was taken over of an interrupted run came first."""
        ids = list(ids)
        if ids == self._ids:
            return
        place = {check: number for number, check in enumerate(ids)}
        order = sorted(range(len(self)), key=lambda number: place[self._ids[number]])
        if self._file is None:
            self._kept = [self._kept[number] for number in order]
        else:
            self._starts = array("Q", (self._starts[number] for number in order))
        self._ids = [self._ids[number] for number in order]

    def all_records(self) -> Sequence[CheckRecord]:
        """The log for whoever reads it: a tuple, or the log itself where that would not fit."""
        return self if self._file is not None else tuple(self._kept)

    def for_diagnosis(self) -> tuple[CheckRecord, ...]:
        """What a diagnosis needs: all of a run that fits into memory; of a larger one, what went
        wrong and as much of the rest as says what works."""
        return telling(self, most=self._most)
