"""The one error of this package that is no `InputError`: a reference that a person typed, perhaps
on a command line."""

from __future__ import annotations

from prober.model.errors import UsageError


class BadReference(UsageError):  # noqa: N818 - the name says what the user wrote, as `UsageError`'s kin do
    """A source or target that cannot be read: what is wrong, where in the text, and an example of
    how to write it."""

    def __init__(self, text: str, position: int, problem: str, *, hint: str = "") -> None:
        where = f", character {position + 1}" if position else ""
        super().__init__(f"`{text}`{where}: {problem}" if text else problem, hint=hint)
        self.text = text
        self.position = position
        """0-based, where in the text."""
        self.problem = problem
