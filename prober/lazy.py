"""Names that a package exports, imported by whoever first asks for one.

An `__init__` that imports all that it exports makes every command pay for every module below it,
and runs them in an order that nobody chose. Python asks a module's `__getattr__` for names that it
lacks (PEP 562), so a package can say where a name lives and leave the import to its first use. Type
checkers do not run that function: what the table says is said to them, too, as imports under
`TYPE_CHECKING`. A test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

Homes = Mapping[str, str]
"""Modules of a package, each with the names that the package exports from it, between spaces."""


def exports(package: str, homes: Homes) -> Callable[[str], object]:
    """The `__getattr__` of a package. Raises `AttributeError` for a name that it does not export,
    as any module does."""
    home_of = {name: module for module, names in homes.items() for name in names.split()}

    def get(name: str) -> object:
        home = home_of.get(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{home}"), name)

    return get
