"""--shard: which part of a run to make."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from prober.coordinator.shards import Shard

F = TypeVar("F", bound=Callable[..., Any])


def shard_option(command: F) -> F:
    """--shard I/N."""
    return click.option(
        "--shard",
        default="",
        metavar="I/N",
        help="Run only part I (from 0) of N; `prober report` merges the records.",
    )(command)


def shard_of(text: str) -> Shard | None:
    """The part that is asked for; None: all of it. Raises `UsageError`."""
    from prober.coordinator.shards import Shard

    return Shard.parse(text) if text else None
