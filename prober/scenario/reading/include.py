"""Scenario files and the files they include, read into a tree; every file once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from prober.files import identity
from prober.manifest import Document, load_documents
from prober.model.errors import InputError
from prober.scenario.hints import suggest
from prober.scenario.reading.mistakes import Findings
from prober.scenario.reading.schema import check_document

LIBRARY = Path(__file__).with_name("library")
"""The files that come with prober, named `library:NAME` in `include`."""

LIBRARY_PREFIX = "library:"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a scenario."""

    document: Document
    path: Path
    includes: tuple[Part, ...] = ()
    complete: bool = True
    """Could every included file be read. If not, a name that is missing may be in one of those."""

    def all(self) -> Iterator[Part]:
        """This file and everything below it, included ones first, each file once."""
        seen: set[Path] = set()

        def walk(part: Part) -> Iterator[Part]:
            for included in part.includes:
                yield from walk(included)
            if identity(part.path) not in seen:
                seen.add(identity(part.path))
                yield part

        yield from walk(self)


@dataclass(slots=True)
class Reader:
    """Reads a file and what it includes, noting mistakes."""

    findings: Findings
    _read: dict[Path, Part | None] = field(default_factory=dict)

    def read_object(self, document: Document) -> Part | None:
        """An object of a cluster as a part. There are no files beside it: only the library's can be
        included, and the world of a lab is passed over."""
        if not check_document(document, self.findings):
            return None
        path = Path(document.file)
        own = [index for index in self._includes(document) if not _of_library(document, index)]
        for index in own:
            hint = f"include one that comes with prober ({LIBRARY_PREFIX}NAME), or write it out"
            self.findings.add(document, ("include", index), "is a file, which no object has", hint)
        parts = [
            self._included(document, path, index, ())
            for index in self._includes(document)
            if index not in own
        ]
        complete = tuple(part for part in parts if part)
        return Part(document, path, complete, complete=len(complete) == len(parts) and not own)

    def read(self, path: Path, chain: tuple[Path, ...] = ()) -> Part | None:
        """The file as a part of the scenario; None when nothing of it can be used. `chain` is who
        includes it."""
        real = identity(path)
        if real not in self._read:
            self._read[real] = self._fresh(path, (*chain, real))
        return self._read[real]

    def _fresh(self, path: Path, chain: tuple[Path, ...]) -> Part | None:
        try:
            document, *more = load_documents(path)
        except InputError as error:
            self.findings.extend(error.mistakes)
            return None
        if more:
            hint = (
                "split it: one scenario a file, brought together by `include` or on the command "
                "line"
            )
            self.findings.add(more[0], (), "is a second document in a scenario file", hint)
        if not check_document(document, self.findings):
            return None
        parts = [self._included(document, path, index, chain) for index in self._includes(document)]
        complete = tuple(part for part in parts if part)
        sound = self.findings.sound(document, ("include",)) and all(
            part.complete for part in complete
        )
        return Part(document, path, complete, complete=sound and len(complete) == len(parts))

    def _includes(self, document: Document) -> list[int]:
        written = document.value.get("include", [])
        indices = range(len(written)) if isinstance(written, list) else ()
        return [index for index in indices if self.findings.sound(document, ("include", index))]

    def _included(
        self, document: Document, path: Path, index: int, chain: tuple[Path, ...]
    ) -> Part | None:
        written: str = document.value["include"][index]
        target = _target(path, written)
        if not target.is_file():
            self.findings.add(
                document, ("include", index), f"there is no file `{written}`", _near(path, written)
            )
            return None
        if identity(target) in chain:
            circle = [*chain[chain.index(identity(target)) :], target]
            names = " → ".join(part.name for part in circle)
            self.findings.add(
                document, ("include", index), f"includes itself: {names}", "take one of them out"
            )
            return None
        return self.read(target, chain)


def _of_library(document: Document, index: int) -> bool:
    return str(document.value["include"][index]).startswith(LIBRARY_PREFIX)


def _target(path: Path, written: str) -> Path:
    if written.startswith(LIBRARY_PREFIX):
        return LIBRARY / f"{written.removeprefix(LIBRARY_PREFIX)}.yaml"
    return path.parent / written


def _near(path: Path, written: str) -> str:
    if written.startswith(LIBRARY_PREFIX):
        return suggest(written, (f"{LIBRARY_PREFIX}{file.stem}" for file in LIBRARY.glob("*.yaml")))
    folder = (path.parent / written).parent
    prefix = written.rpartition("/")[0]
    files = sorted(file.name for file in folder.glob("*.yaml")) if folder.is_dir() else []
    names = [f"{prefix}/{name}" if prefix else name for name in files if folder / name != path]
    return suggest(written, names, otherwise="paths are relative to this file")
