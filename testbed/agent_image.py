"""The two images, without a base image: this machine's Python, the libraries it links, prober and
its imports.

The project's Dockerfile takes minutes, and these images seconds, of what the machine has already.
They hold the same code at the same paths and run it the same way.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from importlib import metadata
from pathlib import Path

from testbed.archive import write_image
from testbed.layout import AGENT_IMAGE, COORDINATOR_IMAGE, PROJECT
from testbed.shell import sh
from testbed.slim import UNUSED

_AGENT = ("aiohttp", "cryptography", "dnspython", "h2", "msgspec", "prometheus-client", "scapy")
"""What the agent imports; the rest follows from their own requirements."""
_COORDINATOR = (
    *_AGENT,
    "click",
    "cronsim",
    "jsonschema",
    "kubernetes",
    "pyyaml",
    "rich",
    "structlog",
)
_AGENT_CODE = ("agent", "prober/model", "prober/metrics", "prober/web", "prober/__init__.py")
_APP = "/app"
_LIBRARIES = "/opt/lib"
_SKIPPED = ("test", "idlelib", "tkinter", "turtledemo", "ensurepip", "lib2to3", "site-packages")


def write_agent_image(archive: Path) -> None:
    """Write the archive of the agent's image."""
    _write(archive, AGENT_IMAGE, _AGENT, _AGENT_CODE, ("python3", "-m", "agent.runner"))


def write_coordinator_image(archive: Path) -> None:
    """Write the archive of the image of runs in the cluster."""
    _write(
        archive,
        COORDINATOR_IMAGE,
        _COORDINATOR,
        ("agent", "prober"),
        ("python3", "-m", "prober.cli.main"),
    )


def _write(
    archive: Path,
    name: str,
    requirements: Iterable[str],
    code: Iterable[str],
    entrypoint: Sequence[str],
) -> None:
    packages = list(_packages(requirements))
    files, env = interpreter(packages)
    files |= {f"/opt/site/{package.name}": package for package in packages}
    files |= {f"{_APP}/{part}": PROJECT / part for part in code}
    env["PYTHONPATH"] = f"{_APP}:/opt/site"
    write_image(
        archive,
        name,
        files,
        entrypoint,
        env=env,
        user="65532:65532",
        workdir=_APP,
        skipped=UNUSED.search,
    )


def interpreter(
    packages: Sequence[Path], programs: Sequence[Path] = ()
) -> tuple[dict[str, Path], dict[str, str]]:
    """This machine's Python with every library that it, these packages and these programs load.

    The files by their paths in an image, and the environment that they need there.
    """
    python = Path(os.path.realpath(sys.executable))
    binaries = [python, *programs, *_shared_objects(packages)]
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    # Resolved: an archive keeps a link as a link, and what it points to has another name.
    files: dict[str, Path] = {
        f"{_LIBRARIES}/{library.name}": library.resolve() for library in _linked(binaries)
    }
    files |= {f"/usr/lib/{version}/{file.name}": file for file in _standard_library()}
    files["/usr/bin/python3"] = python
    loader = Path("/lib64/ld-linux-x86-64.so.2")
    files[str(loader)] = loader.resolve()
    files |= {
        f"/etc/{entry}": Path("/etc") / entry
        for entry in ("passwd", "nsswitch.conf")
        if (Path("/etc") / entry).exists()
    }
    return files, {"PYTHONHOME": "/usr", "LD_LIBRARY_PATH": _LIBRARIES}


def _standard_library() -> Iterator[Path]:
    for file in Path(sysconfig.get_path("stdlib")).iterdir():
        if file.name not in _SKIPPED and not file.name.startswith("config-"):
            yield file


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
        wanted += [
            _plain_name(requirement)
            for requirement in distribution.requires or ()
            if "extra ==" not in requirement
        ]
        tops = {
            file.parts[0]
            for file in distribution.files or ()
            if file.parts[0] not in ("..", "__pycache__")
        }
        yield from (Path(str(distribution.locate_file(top))) for top in sorted(tops))


def _plain_name(requirement: str) -> str:
    """`yarl<2.0,>=1.17 ; python_version > "3"` → `yarl`."""
    end = next(
        (at for at, char in enumerate(requirement) if not (char.isalnum() or char in "-_.")),
        len(requirement),
    )
    return requirement[:end]


def _shared_objects(packages: Iterable[Path]) -> Iterator[Path]:
    yield from Path(sysconfig.get_path("stdlib"), "lib-dynload").glob("*.so")
    for package in packages:
        yield from (
            package.rglob("*.so")
            if package.is_dir()
            else ([package] if package.suffix == ".so" else [])
        )


def _linked(binaries: Iterable[Path]) -> set[Path]:
    """Every shared library that these load, as `ldd` finds them here."""
    lines = sh("ldd", *map(str, binaries), check=False).splitlines()
    return {Path(line.split("=>")[1].split()[0]) for line in lines if "=> /" in line}
