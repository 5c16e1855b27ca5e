"""Loads nft rulesets into namespaces."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping

from prober.fabric.lab.keeper import kernel
from prober.fabric.lab.keeper.control import memory_file
from prober.fabric.lab.world.blueprint import Blueprint
from prober.model.errors import FabricError

_SYSTEM_PATHS = ("/usr/sbin", "/sbin", "/usr/local/sbin")


def find_nft() -> str:
    """The path of nft, also where an ordinary user's PATH has no sbin; empty when there is none."""
    path = os.pathsep.join((os.environ.get("PATH", ""), *_SYSTEM_PATHS))
    return shutil.which("nft", path=path) or ""


def first_rules(blueprint: Blueprint) -> dict[str, str]:
    """The nft text that each namespace starts with."""
    late = bool(blueprint.enforcement_delay)
    return {
        space.name: space.ruleset + ("" if late else space.policies) for space in blueprint.spaces
    }


def late_rules(blueprint: Blueprint) -> dict[str, str]:
    """The nft text that comes when enforcement is late."""
    return (
        {space.name: space.policies for space in blueprint.spaces}
        if blueprint.enforcement_delay
        else {}
    )


def load_rules(rulesets: Mapping[str, str], spaces: Mapping[str, int]) -> None:
    """Load nft text into namespaces, one nft each and all at the same time. Raises `FabricError`
    with nft's own words."""
    nft = find_nft()
    running: list[tuple[str, subprocess.Popen[bytes]]] = []
    for name, ruleset in rulesets.items():
        if ruleset:
            kernel.setns(spaces[name], kernel.CLONE_NEWNET)
            text = memory_file("rules", ruleset.encode())
            process = subprocess.Popen(
                [nft, "-f", "-"], stdin=text, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            )
            os.close(text)
            running.append((name, process))
    problems: list[str] = []
    for name, process in running:
        _, errors = process.communicate()
        if process.returncode:
            problems.append(f"nft refused the rules of {name}: {_first_lines(errors)}")
    if problems:
        raise FabricError(
            "\n".join(problems),
            hint=(
                "nft must be 1.0 or newer, and the kernel must have nf_tables with nat, reject, "
                "numgen, fib and hash"
            ),
        )


def _first_lines(errors: bytes) -> str:
    return "; ".join(line.strip() for line in errors.decode("utf-8", "replace").splitlines()[:2])
