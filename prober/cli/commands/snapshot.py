"""`prober snapshot save`: a cluster's objects as manifests, to predict from and to replay in the
lab."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prober.cli.options.cluster import access, access_options, current_cluster_options
from prober.cli.options.selection import chosen_namespaces
from prober.cli.output.interrupts import run_async
from prober.cli.terminal import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prober.fabric.kubernetes import Access


@click.group("snapshot")
def command() -> None:
    """Save what decides about connectivity in a cluster."""


@command.command("save")
@click.argument("target", type=click.Path(path_type=Path), metavar="FILE|DIR")
@click.option(
    "-n", "--namespace", "namespaces", multiple=True, help="Only this namespace. Repeatable."
)
@click.option("-A", "--all-namespaces", is_flag=True, help="Every namespace (the default).")
@access_options
def save(target: Path, namespaces: tuple[str, ...], all_namespaces: bool) -> int:
    """Write the cluster's objects to FILE, or one file for each kind to DIR (a path without a
    suffix).

    FILE is YAML, or JSON when it ends in .json, which is read much faster. Only its owner can read
    it. Only the fields that decide about connectivity are written; nothing secret is read. Then:
    prober predict -f FILE, or prober run SCENARIO --lab -f FILE."""
    from prober.files import make_parents, write_files, write_tree
    from prober.manifest.writing.dump import dump_manifest, list_of
    from prober.report.json_ import dump

    kept = chosen_namespaces(namespaces, all_namespaces)
    objects = run_async(_read(access(current_cluster_options()), kept))
    if target.suffix:
        make_parents(target)
    if target.suffix == ".json":
        write_files({target: dump(list_of(objects))}, what="snapshot", private=True)
    elif target.suffix:
        write_files({target: dump_manifest(objects)}, what="snapshot", private=True)
    else:
        kinds = {name: dump_manifest(members) for name, members in _by_kind(objects).items()}
        write_tree(target, kinds, what="the snapshot in", private=True)
    say(f"saved {len(objects)} objects to {target}")
    return 0


async def _read(wanted: Access, namespaces: Sequence[str]) -> list[Mapping[str, Any]]:
    from prober.fabric.kubernetes import Settings
    from prober.fabric.kubernetes.client import Api
    from prober.fabric.kubernetes.reading import export

    async with await Api.open(wanted, Settings(image="")) as api:
        return await export(api, namespaces)


def _by_kind(objects: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    files: dict[str, list[Mapping[str, Any]]] = {}
    for value in objects:
        files.setdefault(f"{value['kind'].lower()}.yaml", []).append(value)
    return files
