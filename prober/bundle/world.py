"""The manifests that a lab was built from, as parts of a bundle."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prober.files import file_name
from prober.manifest import load_any_documents, manifest_files
from prober.model.bundle import Collection, Gap, Part
from prober.model.errors import InputError


def world_parts(paths: Sequence[Path]) -> Collection:
    """One part a file, numbered, because files of several directories may have one name."""
    parts: list[Part] = []
    gaps: list[Gap] = [
        Gap("events, logs and versions of components", "the run was in a lab, which has none")
    ]
    for number, (file, _) in enumerate(manifest_files(paths), start=1):
        try:
            content = [document.value for document in load_any_documents(file)]
        except InputError as error:
            # Not what is wrong: that quotes what stands in the file.
            said = f"it cannot be read as manifests ({len(error.mistakes)} mistakes)"
            gaps.append(Gap(f"manifest {file.name}", said))
            continue
        parts.append(
            Part(
                f"manifests/{number:02}-{file_name(file.stem)}.yaml",
                f"the objects of {file.name}",
                content,
            )
        )
    return Collection(tuple(parts), tuple(gaps))
