"""Which of the objects in files count: once each, under their names, without what is not there for
long, and what is said about the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count

from prober.manifest.decoding.decode import DEFAULT_NAMESPACE
from prober.manifest.reading.kinds import CLUSTER_WIDE, Handling
from prober.manifest.reading.objects import Manifest
from prober.model.objects import Ref
from prober.model.snapshot import LeftOut

_HOOK = "helm.sh/hook"
_DELETED_WHEN = "helm.sh/hook-delete-policy"
_RUN_TO_THEIR_END = ("Pod", "Job")
_MOST_NAMED = 6


def ref_of(manifest: Manifest, namespace: str = DEFAULT_NAMESPACE) -> Ref:
    """The name of an object; its own name is empty where the API server is to make one up
    (generateName). `namespace` is that of objects which do not say theirs."""
    name, own = (str(manifest.metadata.get(key) or "") for key in ("name", "namespace"))
    language = manifest.language
    wide = manifest.kind in CLUSTER_WIDE if language is None else not language.namespaced
    kind = manifest.kind if language is None else language.name
    return Ref(kind, "" if wide else own or namespace, name)


def by_ref(manifests: Iterable[Manifest], namespace: str) -> Mapping[Ref, Manifest]:
    """Every object under its name. An object that is there twice is a mistake, unless both say the
    same: what two charts bring, or a namespace that several files begin with. Those that leave
    their name to the API server (generateName) are numbered."""
    named: dict[Ref, Manifest] = {}
    numbers: dict[str, Iterator[int]] = {}
    for manifest in manifests:
        ref = ref_of(manifest, namespace)
        if not ref.name:
            prefix = str(manifest.metadata.get("generateName") or "")
            names = (f"{prefix}{number}" for number in numbers.setdefault(prefix, count()))
            ref = next(free for name in names if (free := replace(ref, name=name)) not in named)
        first = named.setdefault(ref, manifest)
        if first is not manifest and first.value != manifest.value:
            manifest.cursor.wrong(
                f"{ref.kind} {ref} is there twice, first in {first.origin}",
                "keep one of them, or pass a file over with --exclude",
            )
    return named


def is_passing_hook(manifest: Manifest) -> bool:
    """Is it a Helm hook (a test is one as well) that is there only while a release is installed,
    changed or tested: it runs to its end, or Helm deletes it then."""
    annotations = manifest.metadata.get("annotations")
    if not isinstance(annotations, dict) or _HOOK not in annotations:
        return False
    deleted = "hook-succeeded" in str(annotations.get(_DELETED_WHEN) or "")
    return deleted or manifest.kind in _RUN_TO_THEIR_END


def notes(
    left_out: Sequence[Manifest], hooks: Sequence[Manifest], templated: Sequence[Manifest]
) -> Iterator[str]:
    """What was accepted and is not read as it stands, in sentences for people: objects that prober
    leaves out, Helm hooks, and kinds of which only the pod template is known."""
    unknown: Counter[str] = Counter()
    yield from _not_evaluated(left_out)
    for manifest in left_out:
        if manifest.handling is Handling.UNKNOWN:
            unknown[f"{manifest.kind} ({manifest.api_version})"] += 1
    if unknown:
        yield f"left out, as kinds that prober does not know: {_counted(unknown)}"
    if hooks:
        which = [f"{manifest.kind} {_path(manifest)}" for manifest in hooks]
        yield f"left out, as Helm hooks, which run only now and then: {_listed(which)}"
    if templated:
        kinds = Counter(f"{manifest.kind} ({manifest.api_version})" for manifest in templated)
        yield f"kinds that prober does not know, read by their pod template: {_counted(kinds)}"


def unevaluated(manifests: Iterable[Manifest]) -> Iterator[LeftOut]:
    """The objects that look like policies and are not evaluated."""
    for manifest in manifests:
        if manifest.handling is Handling.NOT_EVALUATED:
            keys = ("namespace", "name")
            namespace, name = (str(manifest.metadata.get(key) or "") for key in keys)
            yield LeftOut(manifest.api_version, manifest.kind, namespace, name)


def _not_evaluated(manifests: Iterable[Manifest]) -> Iterator[str]:
    """Each kind of them once, with its objects; and objects of which a part is left out."""
    groups: dict[tuple[str, str, str], list[Manifest]] = {}
    for manifest in manifests:
        why = _left_out_because(manifest)
        if why:
            kind = manifest.language.name if manifest.language else manifest.kind
            groups.setdefault((kind, manifest.api_version, why), []).append(manifest)
    for (kind, api_version, why), mine in groups.items():
        names = _listed([_path(manifest) for manifest in mine])
        yield f"{mine[0].origin}: {kind} {names} ({api_version}) is not evaluated: {why}"


def _left_out_because(manifest: Manifest) -> str:
    if manifest.handling is Handling.NOT_EVALUATED:
        return "predictions that they may change say so"
    language = manifest.language
    if language is None or language.left_out:
        return language.left_out if language else ""
    spec = manifest.value.get("spec")
    written = spec if isinstance(spec, dict) else {}
    if written.get("nodeSelector") is not None:
        return "it is about nodes (nodeSelector)"
    if written.get("doNotTrack") or written.get("preDNAT"):
        return "it is about host endpoints only (doNotTrack, preDNAT)"
    if written.get("applyOnForward"):
        return "for host endpoints (applyOnForward); for pods it is"
    return ""


def no_objects(files: Sequence[str]) -> Iterator[str]:
    """What is said about files that hold no Kubernetes object."""
    if files:
        yield f"left out, as no Kubernetes objects: {_listed(files)}"


def _path(manifest: Manifest) -> str:
    keys = ("namespace", "name")
    return "/".join(str(manifest.metadata[key]) for key in keys if manifest.metadata.get(key))


def _counted(kinds: Mapping[str, int]) -> str:
    return ", ".join(f"{number} × {name}" for name, number in sorted(kinds.items()))


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
