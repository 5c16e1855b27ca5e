"""What evidence consists of, before it is packed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a bundle."""

    path: str
    """In the bundle, with forward slashes."""
    what: str
    """What it is, in a few words."""
    content: str | Sequence[Any]
    """Text, or objects to be written as YAML documents."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that belongs into the bundle and is not there."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Collection:
    """What one source had to say."""

    parts: tuple[Part, ...] = ()
    gaps: tuple[Gap, ...] = ()
