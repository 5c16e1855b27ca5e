"""What a package offers to others, each name loaded when it is first used (PEP 562).

A command pays at its start for what it imports: `prober explain` needs manifests but no writer of
YAML, `--version` needs neither. So a package that exports more than a few light names says where
each of them is, and nothing is imported before somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def exports(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """The `__getattr__` of a package whose names are in these modules of its own. A name that its
    module does not have is the module itself, as in `wire`."""

    def load(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        # Not kept in the package: the module is the one home of the name, also for a test that
        # puts something else in its place. What is imported at the top of a file asks only once.
        module = import_module(f"{package}.{homes[name]}")
        return getattr(module, name, module)

    return load
