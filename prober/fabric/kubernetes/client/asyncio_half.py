"""Only the half of the Kubernetes client that is used.

The client is two libraries in one: `kubernetes`, which blocks, and `kubernetes.aio`. Importing the
second runs the `__init__` of the first, which imports all of it, and with it `requests`, `urllib3`,
`oauthlib` and `websocket`: 270 modules that nobody calls, and a fifth of the CPU time of a command
that asks a cluster one question. The client has no switch for this. So the two packages stand in
`sys.modules` as what they are beside their modules, a name and a path, before anything of them is
imported; Python then runs no `__init__` of theirs. What is below `kubernetes.aio` is as it is.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from types import ModuleType

_PACKAGES = ("kubernetes", "kubernetes.aio")


def without_the_blocking_half() -> None:
    """To be called before `kubernetes.aio.…` is imported. Does nothing where somebody has imported
    the whole library before. Raises `ImportError` where it is not installed."""
    if _PACKAGES[0] in sys.modules:
        return
    for name in _PACKAGES:
        spec = find_spec(name)
        if spec is None or spec.submodule_search_locations is None:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        package = ModuleType(name)
        package.__spec__ = spec
        package.__path__ = list(spec.submodule_search_locations)
        sys.modules[name] = package
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, package)
