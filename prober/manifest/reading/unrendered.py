"""What in a directory is no manifest yet: the templates of Helm charts, and what kustomizations
change.

Neither is rendered here: helm and kubectl are programs of their own, and whoever reads manifests
runs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from prober.files import identity
from prober.manifest.reading.document import load_any_documents
from prober.manifest.reading.excluding import is_excluded
from prober.model.errors import InputError

KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_CHART = "Chart.yaml"
_OF_A_CHART = ("templates", "ci")
"""Directories of a chart whose files are no manifests: `crds` has plain ones, and `charts` has
charts."""
_CHART_FILES = (_CHART, "requirements.yaml")
_PLAIN_FIELDS = frozenset(("apiVersion", "kind", "metadata", "resources", "bases"))
"""The fields of a kustomization that change nothing about what they list."""
_LISTS_OF_FILES = ("patchesStrategicMerge", "generators", "transformers", "validators", "crds")
_LISTS_OF_PATHS = ("patches", "patchesJson6902", "replacements")
_MOST_NAMED = 3


class Unrendered:
    """The charts and kustomizations in one directory and below."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._is_chart = cache(lambda folder: (folder / _CHART).is_file())
        self._patches = cache(_patches)

    def holds(self, file: Path) -> bool:
        """Is the file a chart's template, or a kustomization's patch, and so no manifest."""
        return self._of_chart(file) or self._of_kustomization(file)

    def _of_chart(self, file: Path) -> bool:
        if self._is_chart(file.parent):
            return file.name in _CHART_FILES or file.name.startswith("values")
        folders = [file.parent, *file.parent.parents]
        inside = folders[: folders.index(self._directory) + 1]
        return any(
            path.name in _OF_A_CHART and self._is_chart(path.absolute().parent) for path in inside
        )

    def _of_kustomization(self, file: Path) -> bool:
        folders = [file.parent, *file.parent.parents]
        inside = folders[: folders.index(self._directory) + 1]
        return any(identity(file) in self._patches(folder) for folder in inside)


def advice(paths: Sequence[Path], exclude: Sequence[str] = ()) -> Iterator[str]:
    """What is to be rendered first in these paths, but for what is excluded: a sentence for charts
    and one for kustomizations, each with how."""
    folders = [path for path in paths if path.is_dir()]
    charts = [folder for path in folders for folder in _charts(path, exclude)]
    if charts:
        what = "is a Helm chart" if len(charts) == 1 else "are Helm charts"
        yield (
            f"{_named(charts)} {what}, whose templates are no manifests before they are rendered: "
            f"--helm {charts[0]} renders them, or helm template NAME {charts[0]} and then -f -"
        )
    overlays = [folder for path in folders for folder in _overlays(path, exclude)]
    if overlays:
        what = "is a kustomization" if len(overlays) == 1 else "are kustomizations"
        yield (
            f"{_named(overlays)} {what}, and files were read without what that changes: "
            f"-k {overlays[0]} renders it, or kubectl kustomize {overlays[0]} and then -f -"
        )


def _named(folders: Sequence[Path]) -> str:
    shown = ", ".join(map(str, folders[:_MOST_NAMED]))
    rest = len(folders) - _MOST_NAMED
    return f"{shown} and {rest} more" if rest > 0 else shown


def _charts(path: Path, exclude: Sequence[str]) -> Iterator[Path]:
    """The charts at a directory, above or below it, without the charts that they hold."""
    if path.name in _OF_A_CHART and (path.absolute().parent / _CHART).is_file():
        yield path.parent
        return
    charts: list[Path] = []
    for file in sorted(path.rglob(_CHART), key=lambda path: len(path.parts)):
        if is_excluded(file.relative_to(path), exclude):
            continue
        if not any(file.is_relative_to(chart) for chart in charts) and file.is_file():
            charts.append(file.parent)
    yield from sorted(charts)


def _overlays(path: Path, exclude: Sequence[str]) -> Iterator[Path]:
    """The kustomizations that change something, or list what is elsewhere."""
    for file in sorted(file for name in KUSTOMIZATIONS for file in path.rglob(name)):
        if is_excluded(file.relative_to(path), exclude):
            continue
        content = _content(file)
        listed = [
            str(entry) for field in ("resources", "bases") for entry in _list(content.get(field))
        ]
        if content.keys() - _PLAIN_FIELDS or not all(
            _inside(file.parent / entry, path) for entry in listed
        ):
            yield file.parent


def _inside(listed: Path, directory: Path) -> bool:
    """Is what a kustomization lists in the directory that was given, and not in a repository."""
    return ":/" not in str(listed) and identity(listed).is_relative_to(identity(directory))


def _patches(folder: Path) -> frozenset[Path]:
    """The files that a directory's kustomization names and that are no objects of their own."""
    file = next((folder / name for name in KUSTOMIZATIONS if (folder / name).is_file()), None)
    content = _content(file) if file else {}
    names = [entry for field in _LISTS_OF_FILES for entry in _list(content.get(field))]
    names += [
        entry.get("path")
        for field in _LISTS_OF_PATHS
        for entry in _list(content.get(field))
        if isinstance(entry, Mapping)
    ]
    paths = (folder / name for name in names if isinstance(name, str) and "\n" not in name)
    return frozenset(identity(path) for path in paths if path.is_file())


def _content(file: Path) -> Mapping[str, Any]:
    """The first document; empty where it cannot be read."""
    try:
        documents = load_any_documents(file)
    except InputError:
        return {}
    return documents[0].value if documents else {}


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
