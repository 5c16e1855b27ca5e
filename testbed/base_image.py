"""A base image for the Dockerfile, without a registry: this machine's Python with pip, and a shell to run it in."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from testbed.agent_image import interpreter
from testbed.archive import write_image

BASE_IMAGE = "testbed.local/python:3"


def write_base_image(archive: Path) -> None:
    """Write the archive of the base image."""
    import pip

    shell = Path(os.path.realpath(shutil.which("sh") or "/bin/sh"))
    package = Path(pip.__file__).parent
    files, env = interpreter([package], [shell])
    files |= {"/bin/sh": shell, "/opt/pip/pip": package}
    certificates = Path("/etc/ssl/certs/ca-certificates.crt")
    if certificates.exists():
        files[str(certificates)] = certificates.resolve()
    write_image(archive, BASE_IMAGE, files, env={**env, "PYTHONPATH": "/opt/pip"})
