"""How commands get options that several of them share."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar, cast, get_type_hints

import click

F = TypeVar("F", bound=Callable[..., Any])

PATH = click.Path(path_type=Path)
"""The type of options that take files and directories."""


def with_options(options: Sequence[Callable[[F], F]], command: F) -> F:
    """The command with these options, which its help lists in this order."""
    for option in reversed(options):
        command = option(command)
    return command


def takes(options: type[Any]) -> Callable[[F], F]:
    """What click hands to a command, as one object: a dataclass whose fields are called as the
    options and arguments are. A field that is such a dataclass itself takes its own part of them,
    so that options which several commands share stay together."""

    def decorate(command: F) -> F:
        @functools.wraps(command)
        def called(**given: Any) -> Any:
            return command(_made(options, given))

        return cast(F, called)

    return decorate


def _made(options: type[Any], given: Mapping[str, Any]) -> Any:
    hints = get_type_hints(options)
    return options(
        **{
            field.name: given[field.name]
            if field.name in given
            else _made(hints[field.name], given)
            for field in fields(options)
        }
    )
