"""How an image was made, as a statement to sign:

    python scripts/provenance.py --target agent --name prober-agent --digest sha256:…
    >agent.intoto.json

An in-toto Statement with SLSA's provenance predicate (https://slsa.dev/spec/v1.0/provenance): which
image, from which commit of this repository and which base image, with exactly which packages. It
says what this checkout would build, so it is refused where the checkout has changes that are in no
commit. It is not signed here: who builds has the key.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
BUILD_TYPE = "https://github.com/prober-dev/prober/blob/main/docs/install.md#images"
TARGETS = ("agent", "coordinator", "tools")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def statement(target: str, name: str, digest: str, builder: str, base: str = "") -> dict[str, Any]:
    """The whole document. `base` is the image that the build was told to start from, where that was
    another one."""
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": name, "digest": {"sha256": digest.removeprefix("sha256:")}}],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": {"dockerfile": "Dockerfile", "target": target},
                "resolvedDependencies": [_source(), _base(base or default_base()), *_files()],
            },
            "runDetails": {"builder": {"id": builder}},
        },
    }


def default_base() -> str:
    """The base image that the Dockerfile names."""
    match = re.search(
        r"^ARG BASE=(\S+)$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE
    )
    if match is None:
        raise SystemExit("provenance: the Dockerfile has no line ARG BASE=")
    return match[1]


def _base(base: str) -> dict[str, Any]:
    name, _, digest = base.partition("@")
    if not _DIGEST.fullmatch(digest):
        raise SystemExit(f"provenance: the base image {base} is not named by its digest")
    return {"uri": f"docker-image://{name}", "digest": {"sha256": digest.removeprefix("sha256:")}}


def _source() -> dict[str, Any]:
    if _git("status", "--porcelain", "--untracked-files=no"):
        raise SystemExit(
            "provenance: the checkout has changes that are in no commit: commit them, build again"
        )
    return {
        "uri": "git+https://github.com/prober-dev/prober",
        "digest": {"gitCommit": _git("rev-parse", "HEAD")},
    }


def _files() -> list[dict[str, Any]]:
    """The files that decide what is in an image, besides the code."""
    return [
        {
            "uri": f"file:{name}",
            "digest": {"sha256": hashlib.sha256((ROOT / name).read_bytes()).hexdigest()},
        }
        for name in ("Dockerfile", "constraints.txt")
    ]


def _git(*arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()


def main() -> None:
    """Print the statement."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--target", required=True, choices=TARGETS)
    parser.add_argument("--name", required=True, help="what the image is called where it is pushed")
    parser.add_argument("--digest", required=True, help="of the image: sha256:…")
    parser.add_argument("--builder", default="local", help="who built it, as a URI")
    parser.add_argument("--base", default="", help="the build's argument BASE, where one was given")
    given = parser.parse_args()
    if not _DIGEST.fullmatch(given.digest):
        parser.error(f"{given.digest} is no digest: sha256: and 64 hexadecimal digits")
    written = statement(given.target, given.name, given.digest, given.builder, given.base)
    sys.stdout.write(json.dumps(written, indent=1) + "\n")


if __name__ == "__main__":
    main()
