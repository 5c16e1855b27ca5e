"""Several tasks failed at once: what a person is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def first_cause() -> Iterator[None]:
    """Raise the first of a group's exceptions instead: they have one cause most of the time, and a
    person mends one at a time."""
    try:
        yield
    except BaseExceptionGroup as several:
        raise _first(several) from several


def _first(group: BaseExceptionGroup[Any]) -> BaseException:
    error: BaseException = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
