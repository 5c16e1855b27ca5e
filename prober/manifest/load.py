"""Standard manifests in, a snapshot out; every mistake of every file at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from prober.manifest.assemble import assemble
from prober.manifest.decoding.convert import convert
from prober.manifest.decoding.decode import DEFAULT_NAMESPACE
from prober.manifest.decoding.gathered import Objects
from prober.manifest.decoding.templates import workloads_in
from prober.manifest.lab.documents import decode_lab, node_names
from prober.manifest.languages.objects import decode_manifests
from prober.manifest.reading.collector import collector_paused
from prober.manifest.reading.cursor import Report
from prober.manifest.reading.document import (
    NO_MAPPING,
    Document,
    FieldPath,
    documents_of,
    load_any_documents,
    load_documents,
)
from prober.manifest.reading.files import SUFFIXES, manifest_files
from prober.manifest.reading.kinds import Handling
from prober.manifest.reading.objects import Manifest, is_object, manifests_of
from prober.manifest.reading.unrendered import advice
from prober.manifest.selecting import (
    by_ref,
    is_passing_hook,
    no_objects,
    notes,
    ref_of,
    unevaluated,
)
from prober.manifest.validate import validate
from prober.model.bounds import plain
from prober.model.errors import InputError, Location, Mistake
from prober.model.lab import LabSpec
from prober.model.objects import Ref
from prober.model.snapshot import Snapshot

_LONGEST_KINDS = 200
"""Characters of the kinds that are named where nothing is read."""
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


@dataclass(frozen=True, slots=True)
class Text:
    """Manifests that are in no file: rendered by another program, or read from stdin."""

    name: str
    """What messages call it, as in `stdin` or `helm template charts/redis`."""
    content: str


@dataclass(frozen=True, slots=True)
class Sources:
    """Where manifests are read from."""

    paths: Sequence[Path] = ()
    """Files, and directories with all manifests below."""
    texts: Sequence[Text] = ()
    exclude: Sequence[str] = ()
    """Patterns of files and directories to pass over (see `manifest_files`)."""
    namespace: str = DEFAULT_NAMESPACE
    """Of objects that do not say theirs, as `kubectl apply --namespace` has it."""


def load_manifests(paths: Sequence[Path], *, nodes: Sequence[str] = ()) -> Loaded:
    """Read files and directories (see `files`) into one snapshot: `load_sources` without more to
    say."""
    return load_sources(Sources(paths), nodes=nodes)


def load_sources(sources: Sources, *, nodes: Sequence[str] = ()) -> Loaded:
    """Read manifests into one snapshot.

    `nodes` are the names of nodes to come, on which DaemonSets run when no file has a Node; the lab
    words in a file say better which those are. In a directory, what is no Kubernetes object is left
    out and named in a warning. Raises `InputError` with every mistake of every file: what cannot be
    read, what the API server would reject, an object that two files describe differently, and paths
    without any object.
    """
    with collector_paused():
        return _load(sources, nodes)


def _load(sources: Sources, nodes: Sequence[str]) -> Loaded:
    report = Report()
    manifests = [
        manifest
        for document in _documents(sources, report)
        for manifest in manifests_of(document, report)
    ]
    lasting = [manifest for manifest in manifests if not is_passing_hook(manifest)]
    hooks = [
        manifest
        for manifest in manifests
        if manifest.handling is Handling.READ and is_passing_hook(manifest)
    ]
    read = [manifest for manifest in lasting if manifest.handling is Handling.READ]
    foreign = [manifest for manifest in lasting if manifest.handling is Handling.UNKNOWN]
    sound = {id(manifest) for manifest in read if validate(manifest)}
    named = by_ref(read, sources.namespace)
    lab = _lab([manifest for manifest in manifests if manifest.handling is Handling.LAB])
    usable = {ref: manifest for ref, manifest in named.items() if id(manifest) in sound}
    others = decode_manifests(usable)
    plain = {ref: manifest for ref, manifest in usable.items() if manifest.language is None}
    objects = replace(convert(plain, report), others=list(others))
    templated = _add_templated(foreign, objects, sources.namespace)
    if not report.mistakes and not read and not templated and lab is None:
        report.mistakes.append(_nothing(sources, manifests))
    if report.mistakes:
        raise InputError(
            sorted(
                report.mistakes, key=lambda mistake: (mistake.location.file, mistake.location.line)
            )
        )
    snapshot = assemble(objects, nodes=nodes if lab is None else node_names(lab.nodes))
    written = {**{ref: manifest.origin for ref, manifest in named.items()}, **templated}
    snapshot = replace(
        snapshot,
        left_out=tuple(sorted(unevaluated(lasting))),
        origins=_origins(snapshot, written),
        sources={
            ref: _source(manifest)
            for ref, manifest in named.items()
            if manifest.language is not None or manifest.kind in _KEEPS_SOURCE
        },
    )
    known = [manifest for manifest in foreign if ref_of(manifest, sources.namespace) in templated]
    left_out = [manifest for manifest in lasting if manifest not in known]
    return Loaded(
        snapshot,
        lab,
        (*report.warnings, *advice(sources.paths, sources.exclude), *notes(left_out, hooks, known)),
        _placer(named, snapshot.origins),
    )


def _add_templated(
    manifests: Iterable[Manifest], objects: Objects, namespace: str
) -> Mapping[Ref, Location]:
    """Add the workloads of foreign kinds with pod templates, and say where each was written."""
    added: dict[Ref, Location] = {}
    for manifest in manifests:
        ref = ref_of(manifest, namespace)
        for kind, workload in workloads_in(manifest, ref):
            objects.workloads.append((kind, workload))
            added[ref] = manifest.origin
            added[Ref(kind, ref.namespace, workload.metadata.name or "")] = manifest.origin
    return added


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


def _documents(sources: Sources, report: Report) -> Iterator[Document]:
    for path in sources.paths:
        if path.is_dir() and not any(manifest_files([path], sources.exclude)):
            report.mistakes.append(_empty(path))
    strangers: list[str] = []
    for file, named in manifest_files(sources.paths, sources.exclude):
        try:
            documents = load_documents(file) if named else load_any_documents(file)
        except InputError as error:
            if not named and all(mistake.hint == NO_MAPPING for mistake in error.mistakes):
                strangers.append(str(file))
            else:
                report.mistakes.extend(error.mistakes)
            continue
        if not documents:
            report.warnings.append(f"{file}: is empty and was left out")
        objects = [document for document in documents if named or is_object(document.value)]
        if len(objects) < len(documents):
            strangers.append(str(file))
        yield from objects
    report.warnings.extend(no_objects(strangers))
    for text in sources.texts:
        yield from _documents_of(text, report)


def _documents_of(text: Text, report: Report) -> Iterator[Document]:
    try:
        documents = documents_of(text.name, text.content)
    except InputError as error:
        report.mistakes.extend(error.mistakes)
        return
    if not documents:
        message = "is empty: there is no document in it"
        report.mistakes.append(Mistake(Location(text.name), "", message, "give manifests"))
    yield from documents


def _empty(path: Path) -> Mistake:
    rendered = " ".join(advice([path]))
    if rendered:
        return Mistake(Location(str(path)), "", "has no manifest to be read as it is", rendered)
    message = f"has no manifest in it: no {', '.join(SUFFIXES)} file"
    return Mistake(Location(str(path)), "", message, "check the path")


def _lab(documents: Sequence[Manifest]) -> LabSpec | None:
    labs = [decode_lab(document.cursor) for document in documents]
    for document in documents[1:]:
        document.cursor.wrong(f"there is a Lab already, in {documents[0].origin}", "merge the two")
    return labs[0] if labs else None


def _nothing(sources: Sources, manifests: Sequence[Manifest]) -> Mistake:
    kinds = sorted({manifest.kind for manifest in manifests})
    only = plain(", ".join(kinds), _LONGEST_KINDS)
    message = "no object that prober reads" + (f", only {only}" if only else "")
    hint = " ".join(advice(sources.paths, sources.exclude)) or (
        "give files or directories with Kubernetes manifests, such as Pods, Deployments, "
        "Services, NetworkPolicies"
    )
    names = (*map(str, sources.paths), *(text.name for text in sources.texts))
    return Mistake(Location(", ".join(names) or "-f"), "", message, hint)


def _source(manifest: Manifest) -> Mapping[str, Any]:
    return {"apiVersion": manifest.api_version, "kind": manifest.kind, **manifest.value}
