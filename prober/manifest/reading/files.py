"""Which files are meant by the paths that a person gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from prober.files import identity
from prober.manifest.reading.excluding import is_excluded
from prober.manifest.reading.unrendered import KUSTOMIZATIONS, Unrendered

SUFFIXES = (".yaml", ".yml", ".json")


def manifest_files(
    paths: Sequence[Path], exclude: Sequence[str] = ()
) -> Iterator[tuple[Path, bool]]:
    """Each file once, in order, and whether it was named itself (and not only its directory).

    A directory means all manifests in it and below, sorted; hidden files and directories, what
    wants rendering first (see `unrendered`) and other types of file are passed over. A file that is
    named itself is taken whatever it is called; whether it exists is found out when it is read.
    `exclude` are patterns as the shell has them, of a file's name, of its path from the directory
    that was given, or of a directory on that path.
    """
    seen: set[Path] = set()
    for path in paths:
        for file in _below(path, exclude) if path.is_dir() else (path,):
            real = identity(file)
            if real not in seen and not is_excluded(file.relative_to(file.parent), exclude):
                seen.add(real)
                yield file, file is path


def _below(directory: Path, exclude: Sequence[str]) -> Iterator[Path]:
    unrendered = Unrendered(directory)
    for file in sorted(directory.rglob("*")):
        # A link that leads nowhere is taken, so that whoever reads it says so: a policy that is not
        # there would be missing from every answer.
        is_file = file.is_file() or (file.is_symlink() and not file.exists())
        if file.suffix not in SUFFIXES or file.name in KUSTOMIZATIONS or not is_file:
            continue
        path = file.relative_to(directory)
        hidden = any(part.startswith(".") for part in path.parts)
        if not hidden and not is_excluded(path, exclude) and not unrendered.holds(file):
            yield file
