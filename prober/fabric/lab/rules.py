"""Loads nft rulesets into namespaces."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping

from prober.fabric.lab import kernel
from prober.fabric.lab.blueprint import Blueprint
from prober.fabric.lab.control import memory_file
from prober.model.errors import FabricError

_SYSTEM_PATHS = ("/usr/sbin", "/sbin", "/usr/local/sbin")


def find_nft() -> str:
    """The path of nft, also where an ordinary user's PATH has no sbin; empty when there is none."""
    path = os.pathsep.join((os.environ.get("PATH", ""), *_SYSTEM_PATHS))
    return shutil.which("nft", path=path) or ""


def load_rules(blueprint: Blueprint, spaces: Mapping[str, int]) -> None:
    """Load every ruleset, one nft a namespace and all at the same time. Raises `FabricError` with nft's own words."""
    nft = find_nft()
    running: list[tuple[str, subprocess.Popen[bytes]]] = []
    for space in blueprint.spaces:
        if space.ruleset:
            kernel.setns(spaces[space.name], kernel.CLONE_NEWNET)
            text = memory_file("rules", space.ruleset.encode())
            process = subprocess.Popen([nft, "-f", "-"], stdin=text, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            os.close(text)
            running.append((space.name, process))
    problems: list[str] = []
    for name, process in running:
        _, errors = process.communicate()
        if process.returncode:
            problems.append(f"nft refused the rules of {name}: {_first_lines(errors)}")
    if problems:
        raise FabricError(
            "\n".join(problems),
            hint="nft must be 1.0 or newer, and the kernel must have nf_tables with nat, reject, numgen, fib and hash",
        )


def _first_lines(errors: bytes) -> str:
    return "; ".join(line.strip() for line in errors.decode("utf-8", "replace").splitlines()[:2])
