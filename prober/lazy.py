"""What a package offers to others, each name loaded when it is first used (PEP 562).

A command pays at its start for what it imports: `prober explain` needs manifests but no writer of
YAML, `--version` needs neither. So a package that exports more than a few light names says where
each of them is, and nothing is imported before somebody asks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def exports(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """The `__getattr__` of a package whose names are in these modules of its own. A name that its
    module does not have is the module itself, as in `wire`."""

    def load(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = import_module(f"{package}.{homes[name]}")
        value = getattr(module, name, module)
        # The next use finds the name in the package, without this function.
        setattr(sys.modules[package], name, value)
        return value

    return load
