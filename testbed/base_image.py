"""A base image for the Dockerfile, without a registry of images: Debian with Python, made from
Debian's packages.

It is what the Dockerfile asks for, so that every target can be built on it, also the one that
installs packages. It is made once and kept with the compiled binaries.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from testbed.layout import CACHE
from testbed.shell import sh

_SUITE = "bookworm"
"""Has Python 3.11, the oldest that prober runs on."""
_PACKAGES = ("python3", "python3-pip", "ca-certificates")
_LEFT_OUT = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*")
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
"""Whom this machine trusts, and in it whom its way to the packages needs."""


def missing() -> str:
    """Why no base image can be made here, in one sentence; empty when one can be, or has been."""
    if _archive().exists() or shutil.which("mmdebstrap"):
        return ""
    return "a base image needs mmdebstrap, which Debian has as a package"


def root_archive() -> Path:
    """The archive of the image's file system, made now if it was not before. Raises
    `TestbedError`."""
    archive = _archive()
    if not archive.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        unfinished = archive.with_suffix(".part.tar")
        options = [f"--dpkgopt=path-exclude={pattern}" for pattern in _LEFT_OUT]
        sh(
            "mmdebstrap",
            "--quiet",
            "--variant=apt",
            f"--include={','.join(_PACKAGES)}",
            *options,
            _SUITE,
            str(unfinished),
        )
        unfinished.rename(archive)
    return archive


def _archive() -> Path:
    return CACHE / f"{_SUITE}-{'-'.join(_PACKAGES)}.tar"
