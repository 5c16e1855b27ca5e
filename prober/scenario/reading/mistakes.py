"""Mistakes as they are found, in all the files of a scenario, so that loading need not stop at the
first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from prober.manifest import Document, FieldPath
from prober.model.errors import InputError, Mistake, UsageError, in_order


@dataclass(slots=True)
class Findings:
    """What is wrong so far, and which fields are known to be wrong and need not be looked at
    again."""

    mistakes: list[Mistake] = field(default_factory=list)
    _spoiled: set[tuple[str, FieldPath]] = field(default_factory=set)
    """The fields with a mistake, and those that they are in. There may be thousands of them."""

    def add(self, document: Document, path: FieldPath, message: str, hint: str = "") -> None:
        """Note a mistake at a field of a document."""
        self.mistakes.append(document.mistake(path, message, hint))
        self._spoiled.update((document.file, path[:end]) for end in range(len(path) + 1))

    def extend(self, mistakes: Iterable[Mistake]) -> None:
        """Note mistakes that were found elsewhere."""
        self.mistakes.extend(mistakes)

    def sound(self, document: Document, path: FieldPath) -> bool:
        """Is nothing wrong so far at a field, or in it."""
        return (document.file, path) not in self._spoiled

    @contextmanager
    def noting(self, document: Document, path: FieldPath) -> Iterator[None]:
        """Turn a `UsageError` inside into a mistake at this field."""
        try:
            yield
        except UsageError as error:
            self.add(document, path, str(error), error.hint)

    def in_order(self) -> tuple[Mistake, ...]:
        """All mistakes, each once, file by file and line by line."""
        return in_order(self.mistakes)

    def raise_if_any(self) -> None:
        """Raise one `InputError` with all mistakes."""
        if mistakes := self.in_order():
            raise InputError(mistakes)
