"""Which pods: -n, -A and -l, as kubectl has them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from prober.cli.options.decorating import with_options
from prober.model.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class SelectionOptions:
    """Which pods: the values of `selection_options`."""

    namespaces: tuple[str, ...]
    all_namespaces: bool
    selector: str

    @property
    def chosen(self) -> tuple[str, ...]:
        """The namespaces to keep to; empty: all. Raises `UsageError` where both are asked for."""
        return chosen_namespaces(self.namespaces, self.all_namespaces)


def selection_options(command: F) -> F:
    """-n (several at once), -A and -l. Without -n it is every namespace, as -A says in so many
    words."""
    options = (
        click.option(
            "-n",
            "--namespace",
            "namespaces",
            multiple=True,
            metavar="NAMESPACE",
            help="Only pods of this namespace. Repeatable.",
        ),
        click.option(
            "-A", "--all-namespaces", is_flag=True, help="Pods of every namespace (the default)."
        ),
        click.option(
            "-l",
            "--selector",
            default="",
            metavar="SELECTOR",
            help=("Only pods with these labels; the syntax is that of kubectl -l."),
        ),
    )
    return with_options(options, command)


def chosen_namespaces(namespaces: tuple[str, ...], all_namespaces: bool) -> tuple[str, ...]:
    """The namespaces to keep to; empty: all. Raises `UsageError` where both are asked for."""
    if namespaces and all_namespaces:
        raise UsageError("-n and -A contradict each other", hint="leave one of them out")
    return tuple(dict.fromkeys(namespaces))
