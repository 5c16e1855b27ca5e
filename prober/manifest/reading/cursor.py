"""Walking through a document and noting every mistake on the way, instead of stopping at the
first."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from prober.manifest.reading.document import Document, FieldPath, format_path, type_name
from prober.model.errors import Mistake


@dataclass(slots=True)
class Report:
    """What was found so far, in all files."""

    mistakes: list[Mistake] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """Those of the warnings that are about what an API server takes and an engine does not."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A value with the place it stands at. Each question about its type notes a mistake when the
    answer is wrong and then answers as if the field were absent, so that a walk never ends early.
    Null is the same as absent."""

    document: Document
    path: FieldPath
    value: Any
    report: Report

    @property
    def absent(self) -> bool:
        return self.value is None

    def wrong(self, message: str, hint: str = "") -> None:
        """Note a mistake here."""
        self.report.mistakes.append(self.document.mistake(self.path, message, hint))

    def warn(self, message: str) -> None:
        """Note something that is accepted but is probably not meant."""
        place = f"{self.document.location(self.path)}: {format_path(self.path)}"
        self.report.warnings.append(f"{place.removesuffix(': ')}: {message}")

    def refuse(self, message: str) -> None:
        """Note what an API server takes and the engine that it is for refuses."""
        self.warn(message)
        self.report.refused.append(self.report.warnings[-1])

    def field(self, key: str) -> Cursor:
        """A field of this mapping; an absent one when there is none (or this is no mapping)."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return Cursor(self.document, (*self.path, key), value, self.report)

    def mapping(self, known: Collection[str] | None = None) -> dict[str, Any] | None:
        """This mapping, with every field that is not `known` noted as a mistake; None when absent
        or something else."""
        if self.value is None:
            return None
        if not isinstance(self.value, dict):
            self.wrong(f"must be a mapping, not {self.describe()}")
            return None
        if known is not None:
            for key in self.value:
                if key not in known:
                    self.field(key).unknown(known)
        return self.value

    def unknown(self, known: Collection[str]) -> None:
        """Note that this field should not be here, with the known one it resembles."""
        close = difflib.get_close_matches(str(self.path[-1]), sorted(known), n=1)
        self.wrong(
            "unknown field",
            f"did you mean `{close[0]}`?" if close else f"known are {', '.join(sorted(known))}",
        )

    def items(self) -> Iterator[Cursor]:
        """The items of this list."""
        if self.value is None:
            return
        if not isinstance(self.value, list):
            self.wrong(f"must be a list, not {self.describe()}", "start each item with `- `")
            return
        for index, value in enumerate(self.value):
            yield Cursor(self.document, (*self.path, index), value, self.report)

    def entries(self) -> Iterator[Cursor]:
        """The fields of this mapping."""
        for key in self.mapping() or ():
            yield self.field(key)

    def text(self) -> str | None:
        """This text. Numbers and booleans are not text: they must be quoted."""
        if self.value is None or isinstance(self.value, str):
            return self.value
        written = self.document.written(self.path)
        hint = (
            f'quote it: {self.path[-1]}: "{written}"'
            if written and isinstance(self.path[-1], str)
            else ""
        )
        self.wrong(f"must be text, not {self.describe()}", hint or ("quote it" if written else ""))
        return None

    def integer(self) -> int | None:
        """This whole number. Text is not a number: it must be unquoted."""
        if self.value is None or (isinstance(self.value, int) and not isinstance(self.value, bool)):
            return self.value
        hint = "remove the quotes" if isinstance(self.value, str) and self.value.isdigit() else ""
        self.wrong(f"must be a whole number, not {self.describe()}", hint)
        return None

    def boolean(self) -> bool | None:
        """This boolean."""
        if self.value is None or isinstance(self.value, bool):
            return self.value
        self.wrong(f"must be true or false, not {self.describe()}")
        return None

    def choice(self, options: Collection[str]) -> str | None:
        """This text, which must be one of the options."""
        text = self.text()
        if text is None or text in options:
            return text
        close = [option for option in options if option.lower() == text.lower()]
        close = close or difflib.get_close_matches(text, options, n=1)
        self.wrong(
            f"must be one of {', '.join(options)}, not `{text}`",
            f"did you mean `{close[0]}`?" if close else "",
        )
        return None

    def describe(self) -> str:
        """The value for a message: its type, and itself as it was written."""
        if isinstance(self.value, dict | list) or self.value is None:
            return type_name(self.value)
        written = self.document.written(self.path)
        return type_name(self.value) + (f" (`{written}`)" if written else "")
