"""Cilium's sources: one line is changed, and the part that is compiled at run time is kept."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from testbed.layout import BPF_SOURCES
from testbed.shell import sh

CILIUM = "github.com/cilium/cilium"
CILIUM_VERSION = "1.15.19"
_MODULES = "pkg/datapath/linux/modules/modules_linux.go"


def patch_cilium(work: Path, env: Mapping[str, str]) -> None:
    """Make the module in `work` use changed sources of Cilium.

    Its agent ends where /proc/modules does not exist, as in a kernel that was built without
    loadable modules and has all that it needs built in: there it reads an empty file instead.
    """
    downloaded = sh(
        "go", "mod", "download", "-json", f"{CILIUM}@v{CILIUM_VERSION}", cwd=work, env=env
    )
    source = work / "src"
    shutil.copytree(json.loads(downloaded)["Dir"], source)
    sh("chmod", "-R", "u+w", str(source))
    file = source / _MODULES
    file.write_text(file.read_text().replace('"/proc/modules"', '"/dev/null"'))
    sh("go", "mod", "edit", "-replace", f"{CILIUM}=./src", cwd=work, env=env)
    shutil.rmtree(BPF_SOURCES, ignore_errors=True)
    shutil.copytree(source / "bpf", BPF_SOURCES)
