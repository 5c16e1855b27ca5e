"""The kubectl plugin for krew: an archive with all that it needs but Python, and its manifest.

    python scripts/krew.py build dist/kubectl-prober-linux-amd64.tar.gz
    python scripts/krew.py manifest https://…/….tar.gz dist/….tar.gz >prober.yaml

What is installed is what constraints.txt locks, by hash; it is for the kind of machine that builds
it. The manifest's fields are those of krew.googlecontainertools.github.com/v1alpha2.
"""

from __future__ import annotations

import hashlib
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from prober import __version__

ROOT = Path(__file__).parents[1]
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
"""Python's words, and those of krew."""
BIN = "kubectl-prober"
_LAUNCHER = """\
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
PYTHONPATH="$here/site" PYTHONDONTWRITEBYTECODE=1 exec python3 -m prober.cli.main "$@"
"""


def manifest(uri: str, archive: bytes, machine: str) -> dict[str, Any]:
    """What krew is told. Raises `KeyError` for a machine that krew has no word for."""
    return {
        "apiVersion": "krew.googlecontainertools.github.com/v1alpha2",
        "kind": "Plugin",
        "metadata": {"name": "prober"},
        "spec": {
            "version": f"v{__version__}",
            "homepage": "https://github.com/prober-dev/prober",
            "shortDescription": "Probe connectivity, predict it, name the cause",
            "description": (
                "Find out what in a cluster can reach what, what the NetworkPolicies say,\n"
                "and why the two differ.\n"
            ),
            "caveats": "It needs Python 3.11 or later, of the minor version it was built with.\n",
            "platforms": [
                {
                    "selector": {"matchLabels": {"os": "linux", "arch": ARCHITECTURES[machine]}},
                    "uri": uri,
                    "sha256": hashlib.sha256(archive).hexdigest(),
                    "bin": BIN,
                }
            ],
        },
    }


def build(archive: Path) -> None:
    """Write the archive: the launcher, the licence, and everything that Python imports."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        site = place / "site"
        locked = subprocess.run(
            [sys.executable, "scripts/lock.py", "agent", "prober"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            check=True,
        )
        (place / "locked.txt").write_bytes(locked.stdout)
        options = [
            "--no-deps",
            "--require-hashes",
            "--no-compile",
            "--quiet",
            "--target",
            str(site),
        ]
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pip",
                "install",
                "-q",
                *options,
                "-r",
                str(place / "locked.txt"),
            ],
            check=True,
        )
        for package in ("prober", "agent"):
            skipped = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / package, site / package, ignore=skipped)
        launcher = place / BIN
        launcher.write_text(_LAUNCHER)
        launcher.chmod(0o755)
        shutil.copy(ROOT / "LICENSE", place)
        archive.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive, "w:gz") as written:
            for name in (BIN, "LICENSE", "site"):
                written.add(place / name, name)


def main(arguments: Sequence[str]) -> None:
    """Build the archive, or print its manifest."""
    match arguments:
        case ["build", archive]:
            build(Path(archive))
        case ["manifest", uri, archive]:
            told = manifest(uri, Path(archive).read_bytes(), platform.machine())
            sys.stdout.write(yaml.safe_dump(told, sort_keys=False))
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
