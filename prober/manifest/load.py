"""Standard manifests in, a snapshot out; every mistake of every file at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

from prober.manifest.assemble import assemble
from prober.manifest.checks.validate import validate
from prober.manifest.decoding.convert import convert
from prober.manifest.decoding.decode import DEFAULT_NAMESPACE
from prober.manifest.decoding.kinds import CLUSTER_WIDE, Standing
from prober.manifest.lab.documents import decode_lab, node_names
from prober.manifest.reading.collector import collector_paused
from prober.manifest.reading.cursor import Report
from prober.manifest.reading.document import Document, FieldPath, load_any_documents, load_documents
from prober.manifest.reading.files import SUFFIXES, manifest_files
from prober.manifest.reading.objects import Manifest, manifests_of
from prober.model.errors import InputError, Location, Mistake
from prober.model.lab import LabSpec
from prober.model.objects import Ref
from prober.model.snapshot import Snapshot

_KEEPS_SOURCE = frozenset(("NetworkPolicy", "Service"))


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the files say."""

    snapshot: Snapshot
    lab: LabSpec | None
    """The lab words, where a file has some."""
    warnings: tuple[str, ...]
    """What was accepted and is probably not meant, and what was left out: sentences for people."""
    place: Callable[[Ref, FieldPath], Location | None] = field(
        default=lambda ref, path: None, compare=False
    )
    """Where a field of an object was written (or its nearest parent that is in the file); None for
    what is in none."""


def load_manifests(paths: Sequence[Path], *, nodes: Sequence[str] = ()) -> Loaded:
    """Read files and directories (see `files`) into one snapshot.

    `nodes` are the names of nodes to come, on which DaemonSets run when no file has a Node; the lab
    words in a file say better which those are. Raises `InputError` with every mistake of every
    file: what cannot be read, what the API server would reject, duplicate objects, and paths
    without any object.
    """
    with collector_paused():
        return _load(paths, nodes)


def _load(paths: Sequence[Path], nodes: Sequence[str]) -> Loaded:
    report = Report()
    manifests = [
        one for document in _documents(paths, report) for one in manifests_of(document, report)
    ]
    read = [one for one in manifests if one.standing is Standing.READ]
    sound = {id(one) for one in read if validate(one)}
    named = _by_ref(read)
    lab = _lab([one for one in manifests if one.standing is Standing.LAB])
    if not report.mistakes and not read and lab is None:
        report.mistakes.append(_nothing(paths, manifests))
    objects = convert({ref: one for ref, one in named.items() if id(one) in sound}, report)
    if report.mistakes:
        raise InputError(
            sorted(report.mistakes, key=lambda one: (one.location.file, one.location.line))
        )
    snapshot = assemble(objects, nodes=nodes if lab is None else node_names(lab.nodes))
    snapshot = replace(
        snapshot,
        origins=_origins(snapshot, {ref: one.origin for ref, one in named.items()}),
        sources={ref: _source(one) for ref, one in named.items() if one.kind in _KEEPS_SOURCE},
    )
    return Loaded(
        snapshot, lab, (*report.warnings, *_left_out(manifests)), _placer(named, snapshot.origins)
    )


def _placer(
    named: Mapping[Ref, Manifest], origins: Mapping[Ref, Location]
) -> Callable[[Ref, FieldPath], Location | None]:
    def place(ref: Ref, path: FieldPath) -> Location | None:
        written = named.get(ref)
        if written is None:
            return origins.get(ref)
        return written.cursor.document.location((*written.cursor.path, *path))

    return place


def _origins(snapshot: Snapshot, written: Mapping[Ref, Location]) -> Mapping[Ref, Location]:
    """Where each object was written; a pod that a workload stands for was written where the
    workload was."""
    made = {
        pod.ref: written[pod.owner]
        for pod in snapshot.pods.values()
        if pod.owner and pod.owner in written
    }
    return {**made, **written}


def _documents(paths: Sequence[Path], report: Report) -> Iterator[Document]:
    for path in paths:
        if path.is_dir() and not any(manifest_files([path])):
            message = f"has no manifest in it: no {', '.join(SUFFIXES)} file"
            report.mistakes.append(Mistake(Location(str(path)), "", message, "check the path"))
    for file, named in manifest_files(paths):
        try:
            documents = load_documents(file) if named else load_any_documents(file)
        except InputError as error:
            report.mistakes.extend(error.mistakes)
            continue
        if not documents:
            report.warnings.append(f"{file}: is empty and was left out")
        yield from documents


def _by_ref(read: Iterable[Manifest]) -> Mapping[Ref, Manifest]:
    """Every object under its name; an object that is there twice is a mistake. Pods that leave
    their name to the API server (generateName) are numbered."""
    found: dict[Ref, Manifest] = {}
    numbers: dict[str, Iterator[int]] = {}
    for one in read:
        ref = ref_of(one)
        if not ref.name:
            prefix = str(one.metadata.get("generateName") or "")
            names = (f"{prefix}{number}" for number in numbers.setdefault(prefix, count()))
            ref = next(free for name in names if (free := replace(ref, name=name)) not in found)
        if ref in found:
            first = found[ref].origin
            one.cursor.wrong(
                f"{ref.kind} {ref} is there twice, first in {first}", "keep one of them"
            )
        else:
            found[ref] = one
    return found


def ref_of(one: Manifest) -> Ref:
    """The name of an object; its own name is empty where the API server is to make one up
    (generateName)."""
    name, namespace = (str(one.metadata.get(key) or "") for key in ("name", "namespace"))
    return Ref(one.kind, "" if one.kind in CLUSTER_WIDE else namespace or DEFAULT_NAMESPACE, name)


def _lab(documents: Sequence[Manifest]) -> LabSpec | None:
    labs = [decode_lab(one.cursor) for one in documents]
    for one in documents[1:]:
        one.cursor.wrong(f"there is a Lab already, in {documents[0].origin}", "merge the two")
    return labs[0] if labs else None


def _nothing(paths: Sequence[Path], manifests: Sequence[Manifest]) -> Mistake:
    kinds = sorted({one.kind for one in manifests})
    message = "no object that prober reads" + (f", only {', '.join(kinds)}" if kinds else "")
    hint = (
        "give files or directories with Kubernetes manifests, such as Pods, Deployments, "
        "Services, NetworkPolicies"
    )
    return Mistake(Location(", ".join(map(str, paths)) or "-f"), "", message, hint)


def _source(one: Manifest) -> Mapping[str, Any]:
    return {"apiVersion": one.api_version, "kind": one.kind, **one.value}


def _left_out(manifests: Iterable[Manifest]) -> Iterator[str]:
    unknown: Counter[str] = Counter()
    for one in manifests:
        if one.standing is Standing.NOT_EVALUATED:
            name = "/".join(
                str(one.metadata[key]) for key in ("namespace", "name") if one.metadata.get(key)
            )
            what = f"{one.kind} {name}".rstrip()
            yield (
                f"{one.origin}: {what} ({one.api_version}) is not evaluated: predictions leave "
                "it out"
            )
        elif one.standing is Standing.UNKNOWN:
            unknown[f"{one.kind} ({one.api_version})"] += 1
    if unknown:
        counted = ", ".join(f"{number} × {name}" for name, number in sorted(unknown.items()))
        yield f"left out, as kinds that prober does not know: {counted}"
