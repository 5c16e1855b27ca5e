"""The versions and hashes of everything that is installed, in `constraints.txt`.

    python scripts/lock.py agent                   the requirements of the agent's image
    python scripts/lock.py agent prober            those of the command line in a cluster
    python scripts/lock.py agent prober lab build  of all of prober, and of its installation
    python scripts/lock.py agent prober lab build dev    with the tests
    python scripts/lock.py --write                 resolve what is new (pip-compile of pip-tools)
    python scripts/lock.py --write --upgrade       resolve all of it again

The file has a section for each of them. A section holds what those before it lack, with all that it
needs, so that pip installs it with `--no-deps --require-hashes`: nothing is resolved at that time,
nothing is fetched that is not listed, and a file with other bytes than those that were locked is
refused. (pip takes hashes from constraints only since version 25; from requirements always.)
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

LOCK = next(
    folder / "constraints.txt"
    for folder in Path(__file__).resolve().parents
    if (folder / "constraints.txt").exists()
)
SECTIONS = ("agent", "prober", "lab", "build", "dev")
AGENT = ("aiohttp", "cryptography", "dnspython", "h2", "msgspec", "prometheus-client", "scapy")
"""What the agent imports."""
LAB = ("pyroute2",)
"""What only the lab imports, which no image needs: it does not run in a cluster."""
BUILD = ("hatchling", "editables")
_SECTION = re.compile(r"# (\w+): ")
_PIN = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*==[^\s;]+", re.MULTILINE)
_HEADER = """\
# The versions and hashes that the tests pass with, by who needs them.
# Regenerate: python scripts/lock.py --write
"""
_TITLES = {
    "agent": "what the agent imports, with all that it needs",
    "prober": "what the command line imports besides",
    "lab": "what only the lab imports",
    "build": "what builds prober itself",
    "dev": "what tests and checks it",
}


def section(name: str, text: str) -> str:
    """The requirements of one section."""
    lines, current = [], ""
    for line in text.splitlines(keepends=True):
        if title := _SECTION.match(line):
            current = title[1]
        elif current == name and line.strip():
            lines.append(line)
    return "".join(lines)


def write(*, upgrade: bool) -> None:
    """Resolve everything, and write the file anew. Versions stay what they are unless they are to
    be upgraded."""
    kept = [] if upgrade else _PIN.findall(LOCK.read_text(encoding="utf-8"))
    project = tomllib.loads((LOCK.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted: Mapping[str, Sequence[str]] = {
        "agent": AGENT,
        "prober": [name for name in project["dependencies"] if not name.startswith(LAB)],
        "lab": LAB,
        "build": BUILD,
        "dev": project["optional-dependencies"]["dev"],
    }
    everything = dict(_resolved([name for names in wanted.values() for name in names], kept))
    pins = _PIN.findall("".join(everything.values()))
    seen: set[str] = set()
    parts = [_HEADER]
    for name in SECTIONS:
        members = {package for package, _ in _resolved(wanted[name], pins)}
        parts.append(f"\n# {name}: {_TITLES[name]}\n")
        parts += [everything[package] for package in sorted(members - seen)]
        seen |= members
    LOCK.write_text("".join(parts), encoding="utf-8")


def _resolved(names: Sequence[str], pins: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each package that these need, with its lines: the version, and the hash of every file of
    it."""
    with tempfile.TemporaryDirectory() as folder:
        source, constraint, target = (
            Path(folder) / name for name in ("in.txt", "pins.txt", "out.txt")
        )
        source.write_text("\n".join(names), encoding="utf-8")
        constraint.write_text("\n".join(pins), encoding="utf-8")
        subprocess.run(
            [
                sys.executable, "-m", "piptools", "compile", "--quiet", "--generate-hashes",
                "--strip-extras", "--allow-unsafe", "--no-header", "--no-annotate",
                "--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host",
                "--constraint", str(constraint), "--output-file", str(target), str(source),
            ],
            check=True,
        )  # fmt: skip
        text = target.read_text(encoding="utf-8")
    for block in re.findall(r"^[A-Za-z0-9].*(?:\n    .*)*\n", text, re.MULTILINE):
        yield block.partition("==")[0], block


def main() -> None:
    """Print sections, or write the file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sections", nargs="*", metavar="|".join(SECTIONS))
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--upgrade", action="store_true")
    arguments = parser.parse_args()
    if wrong := set(arguments.sections) - set(SECTIONS):
        parser.error(f"there is no section {min(wrong)}")
    if arguments.write:
        write(upgrade=arguments.upgrade)
    text = LOCK.read_text(encoding="utf-8")
    sys.stdout.write("".join(section(name, text) for name in arguments.sections))


if __name__ == "__main__":
    main()
