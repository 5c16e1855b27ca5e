"""Writes docs/incidents.md: every incident that comes with prober, with what its run in the lab
prints, as it came out.

    python scripts/incidents.py

A test holds the document to what runs print, but for the times in it.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
INCIDENTS = ("flux-ssh", "flux-artifact", "shared-vip", "policy-guide", "cni-identity")
HEAD = """# Incidents

Five things that went wrong in somebody's cluster, each as a scenario with its world in
`scenarios/`. `--lab` breaks the embedded lab in the same way, with real packets; `--enforcement
drop` shows the same under an implementation that is silent about what it denies. What a run prints
stands here as it came out; `python scripts/incidents.py` writes this page anew.
"""


def main() -> None:
    text = HEAD + "".join(map(section, INCIDENTS))
    (ROOT / "docs" / "incidents.md").write_text(text, encoding="utf-8")


def section(name: str) -> str:
    """An incident: its story, and its run."""
    command = ["run", f"scenarios/{name}.yaml", "--lab"]
    done = subprocess.run(
        [sys.executable, "-m", "prober.cli.main", *command],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        check=False,
    )
    return (
        f"\n## {name}\n\n{story(name)}\n\n```console\n$ prober "
        f"{' '.join(command)}\n{done.stdout.rstrip()}\n```\n"
    )


def story(name: str) -> str:
    """What the scenario's file says at its top, after the line for editors."""
    lines = (ROOT / "scenarios" / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    comment = itertools.takewhile(lambda line: line.startswith("#"), lines)
    return "\n".join(line.removeprefix("#").strip() for line in list(comment)[1:]).strip()


if __name__ == "__main__":
    main()
