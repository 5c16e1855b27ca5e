"""The agent's image, without a base image: this machine's Python, the libraries it links, the agent and its imports.

The project's Dockerfile needs a base image to start from, which a machine without a registry does not have. This image
holds the same code at the same paths and runs it the same way.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

from testbed.archive import write_image
from testbed.layout import AGENT_IMAGE, PROJECT
from testbed.shell import sh

_ROOTS = ("aiohttp", "cryptography", "dnspython", "msgspec", "scapy")
"""What the agent imports; the rest follows from their own requirements."""
_APP = "/app"
_LIBRARIES = "/opt/lib"
_SKIPPED = ("test", "idlelib", "tkinter", "turtledemo", "ensurepip", "lib2to3", "site-packages")


def write_agent_image(archive: Path) -> None:
    """Write the archive of the agent's image."""
    python = Path(os.path.realpath(sys.executable))
    packages = list(_packages(_ROOTS))
    binaries = [python, *_shared_objects(packages)]
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    # Resolved: an archive keeps a link as a link, and what it points to has another name.
    files: dict[str, Path] = {f"{_LIBRARIES}/{library.name}": library.resolve() for library in _linked(binaries)}
    files |= {f"/usr/lib/{version}/{one.name}": one for one in _standard_library()}
    files |= {f"/opt/site/{one.name}": one for one in packages}
    files |= {f"{_APP}/{part}": PROJECT / part for part in ("agent", "prober/model", "prober/__init__.py")}
    files["/usr/bin/python3"] = python
    loader = Path("/lib64/ld-linux-x86-64.so.2")
    files[str(loader)] = loader.resolve()
    for name in ("passwd", "nsswitch.conf"):
        if (Path("/etc") / name).exists():
            files[f"/etc/{name}"] = Path("/etc") / name
    env = {"PYTHONPATH": f"{_APP}:/opt/site", "PYTHONHOME": "/usr", "LD_LIBRARY_PATH": _LIBRARIES}
    entrypoint = ("python3", "-m", "agent.runner")
    write_image(archive, AGENT_IMAGE, files, entrypoint, env=env, user="65532:65532", workdir=_APP)


def _standard_library() -> Iterator[Path]:
    for one in Path(sysconfig.get_path("stdlib")).iterdir():
        if one.name not in _SKIPPED and not one.name.startswith("config-"):
            yield one


def _packages(roots: Iterable[str]) -> Iterator[Path]:
    """The top-level files and folders of the distributions, and of those they require."""
    wanted, seen = list(roots), set()
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # required on other platforms only
        wanted += [_plain_name(one) for one in distribution.requires or () if "extra ==" not in one]
        tops = {file.parts[0] for file in distribution.files or () if file.parts[0] not in ("..", "__pycache__")}
        yield from (Path(str(distribution.locate_file(top))) for top in sorted(tops))


def _plain_name(requirement: str) -> str:
    """`yarl<2.0,>=1.17 ; python_version > "3"` → `yarl`."""
    end = next((at for at, char in enumerate(requirement) if not (char.isalnum() or char in "-_.")), len(requirement))
    return requirement[:end]


def _shared_objects(packages: Iterable[Path]) -> Iterator[Path]:
    yield from Path(sysconfig.get_path("stdlib"), "lib-dynload").glob("*.so")
    for package in packages:
        yield from package.rglob("*.so") if package.is_dir() else ([package] if package.suffix == ".so" else [])


def _linked(binaries: Iterable[Path]) -> set[Path]:
    """Every shared library that these load, as `ldd` finds them here."""
    lines = sh("ldd", *map(str, binaries), check=False).splitlines()
    return {Path(line.split("=>")[1].split()[0]) for line in lines if "=> /" in line}
