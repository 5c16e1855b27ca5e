"""Which files are meant by the paths that a person gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

SUFFIXES = (".yaml", ".yml", ".json")
_KUSTOMIZE = frozenset(("kustomization.yaml", "kustomization.yml"))


def manifest_files(paths: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    """Each file once, in order, and whether it was named itself (and not only its directory).

    A directory means all manifests in it and below, sorted; hidden files and directories,
    kustomize's own files and other types of file are passed over. A file that is named itself is
    taken whatever it is called; whether it exists is found out when it is read.
    """
    seen: set[Path] = set()
    for path in paths:
        for file in _below(path) if path.is_dir() else (path,):
            identity = file.resolve()
            if identity not in seen:
                seen.add(identity)
                yield file, file is path


def _below(directory: Path) -> Iterator[Path]:
    for file in sorted(directory.rglob("*")):
        hidden = any(part.startswith(".") for part in file.relative_to(directory).parts)
        if (
            not hidden
            and file.suffix in SUFFIXES
            and file.name not in _KUSTOMIZE
            and file.is_file()
        ):
            yield file
