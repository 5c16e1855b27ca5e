"""--resume: going on with a run that was interrupted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def resume_option(command: F) -> F:
    """--resume ID."""
    return click.option(
        "--resume",
        default="",
        metavar="ID",
        help="Go on with an interrupted run: its checks that were made are kept.",
    )(command)
