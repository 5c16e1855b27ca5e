"""Which manifests a command reads: -f, -k, --helm and --exclude, the same in every command.

Charts and kustomizations are rendered by helm and kubectl, where they are installed: prober has no
templates of its own.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from prober.cli.options.decorating import PATH, with_options
from prober.model.errors import UsageError

if TYPE_CHECKING:
    from prober.manifest.load import Sources

F = TypeVar("F", bound=Callable[..., Any])

STDIN = Path("-")


@dataclass(frozen=True, slots=True)
class ManifestOptions:
    """The values of `manifest_options`. False when none was given."""

    files: tuple[Path, ...] = ()
    """Of -f; `-` is stdin."""
    kustomizations: tuple[Path, ...] = ()
    charts: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    namespace: str = ""
    """Of objects that do not say theirs; empty: `default`."""

    def __bool__(self) -> bool:
        return bool(self.files or self.kustomizations or self.charts)

    def within(self, *namespaces: str) -> ManifestOptions:
        """The same, where exactly one namespace is named for objects that do not say theirs."""
        named = [name for name in namespaces if name]
        return replace(self, namespace=named[0]) if len(named) == 1 else self

    def or_else(self, paths: Sequence[Path]) -> ManifestOptions:
        """The same, with these files where no manifests were given."""
        return self if self else replace(self, files=tuple(paths))

    def __str__(self) -> str:
        """What people call them, as in `deploy/, helm template redis`."""
        rendered = (*map(str, self.kustomizations), *self.charts)
        return ", ".join((*map(str, self.files), *rendered))

    def paths(self) -> tuple[Path, ...]:
        """The files and directories themselves, with each scenario replaced by its world."""
        return self.sources_of_files()[0]

    def sources_of_files(self) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
        """The paths to read as manifests, and those that hold values for the charts."""
        given = [path for path in self.files if path != STDIN]
        values = [path for path in given if self.charts and _is_values(path)]
        return tuple(_worlds([path for path in given if path not in values])), tuple(values)

    def sources(self) -> Sources:
        """Everything that is to be read. Runs helm and kubectl where they are asked for. Raises
        `UsageError` when one of them is missing or refuses."""
        from prober.cli.options.rendering import helm, kustomize
        from prober.manifest.decoding.decode import DEFAULT_NAMESPACE
        from prober.manifest.load import Sources, Text

        paths, values = self.sources_of_files()
        texts = [Text("stdin", _stdin())] if STDIN in self.files else []
        texts += [kustomize(folder) for folder in self.kustomizations]
        texts += [helm(chart, values, self.namespace) for chart in self.charts]
        return Sources(paths, texts, self.exclude, self.namespace or DEFAULT_NAMESPACE)


OBJECTS_NAMESPACE = click.option(
    "-n", "--namespace", default="", help="Namespace for objects without one."
)


def manifest_options(help_: str, *, required: bool = False) -> Callable[[F], F]:
    """-f, -k, --helm and --exclude, which the command gets as one `manifests`, a `ManifestOptions`.
    `help_` says what they are for."""
    options = (
        click.option(
            "-f",
            "--manifests",
            "files",
            multiple=True,
            type=PATH,
            metavar="DIR|FILE|-",
            help=f"{help_} - is stdin. Repeatable.",
        ),
        click.option(
            "-k",
            "--kustomize",
            "kustomizations",
            multiple=True,
            type=PATH,
            metavar="DIR",
            help="Like -f, for a kustomization; kubectl renders it.",
        ),
        click.option(
            "--helm",
            "charts",
            multiple=True,
            metavar="CHART",
            help="Like -f, for a chart; helm renders it. A -f FILE without objects has its values.",
        ),
        click.option(
            "--exclude",
            multiple=True,
            metavar="PATTERN",
            help="Skip these files and directories below DIR, as in 'tests' or '*-crd.yaml'.",
        ),
    )

    def decorate(command: F) -> F:
        @functools.wraps(command)
        def packed(
            *args: Any,
            files: tuple[Path, ...],
            kustomizations: tuple[Path, ...],
            charts: tuple[str, ...],
            exclude: tuple[str, ...],
            **options: Any,
        ) -> Any:
            manifests = ManifestOptions(files, kustomizations, charts, exclude)
            if required and not manifests:
                raise UsageError("no manifests are given", hint="give them with -f, -k or --helm")
            return command(*args, manifests=manifests, **options)

        return with_options(options, packed)  # type: ignore[return-value]  # the same command, packed

    return decorate


def _worlds(paths: Sequence[Path]) -> Sequence[Path]:
    """The paths, with each scenario file replaced by the manifests of its world."""
    from prober.manifest import load_documents
    from prober.scenario import load_scenario

    files: list[Path] = []
    for path in paths:
        documents = load_documents(path) if path.is_file() else []
        if any(document.value.get("kind") == "Scenario" for document in documents):
            files += load_scenario(path).lab_manifests
        else:
            files.append(path)
    return files


def _is_values(path: Path) -> bool:
    """Does a file hold no Kubernetes object at all, as values of a chart."""
    from prober.manifest import load_documents
    from prober.manifest.reading.objects import is_object

    if not path.is_file():
        return False
    return not any(is_object(document.value) for document in load_documents(path))


@functools.cache
def _stdin() -> str:
    """All of it: several scenarios may be run on the same world."""
    from prober.files import MOST_BYTES

    content = sys.stdin.buffer.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise UsageError(f"stdin is larger than {MOST_BYTES >> 20} MiB", hint="give files")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError("stdin is not UTF-8 text", hint="give YAML or JSON") from error
