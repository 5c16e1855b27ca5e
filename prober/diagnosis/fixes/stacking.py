"""The fixes of one object on top of each other, so that all of them can be applied, one after the
other. Pure.

A rule makes its fix for the object as the run found it. Where two rules mend one object, the second
patch, and the second whole object, are of what the first leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from prober.model.objects import Ref
from prober.model.patches.jsonpatch import PatchError, apply
from prober.model.patches.rebase import guarded, rebased
from prober.model.run import Finding, Fix
from prober.model.snapshot import Snapshot


def stacked(findings: Iterable[Finding], snapshot: Snapshot) -> tuple[Finding, ...]:
    """The findings, each fix on top of those before it.

    A fix whose patch does not fit its object is not offered: the finding keeps its cause and loses
    the fix. One that adds nothing to an earlier one says so instead.
    """
    objects: dict[Ref, Mapping[str, Any]] = dict(snapshot.sources)
    makers: dict[Ref, str] = {}
    applied: list[Finding] = []
    for finding in findings:
        fix = _on_top(finding.fix, objects, makers) if finding.fix else None
        if fix is not None and fix.target is not None and fix.manifest is not None:
            objects[fix.target] = fix.manifest
            makers[fix.target] = finding.id
        applied.append(replace(finding, fix=fix))
    return tuple(applied)


def _on_top(
    fix: Fix, objects: Mapping[Ref, Mapping[str, Any]], makers: Mapping[Ref, str]
) -> Fix | None:
    target = fix.target
    if target is None:
        return fix
    if fix.creates:
        return _created(fix, target, objects, makers)
    if not fix.patch or target not in objects:
        return fix
    try:
        patch = guarded(rebased(fix.patch, objects[target]), objects[target])
        manifest = apply(objects[target], patch)
    except PatchError:
        return None
    return (
        replace(fix, patch=patch, manifest=manifest) if patch else _done_by(makers.get(target, ""))
    )


def _created(
    fix: Fix, target: Ref, objects: Mapping[Ref, Mapping[str, Any]], makers: Mapping[Ref, str]
) -> Fix | None:
    """A new object under a name that nobody has, unless an earlier fix makes the same."""
    known, number, name = fix.manifest or {}, 1, target.name
    while replace(target, name=name) in objects:
        other = replace(target, name=name)
        if other in makers and objects[other].get("spec") == known.get("spec"):
            return _done_by(makers[other])
        number += 1
        name = f"{target.name}-{number}"
    manifest = {**known, "metadata": {**known.get("metadata", {}), "name": name}}
    summary = fix.summary.replace(str(target), str(replace(target, name=name)))
    return replace(fix, summary=summary, target=replace(target, name=name), manifest=manifest)


def _done_by(rule: str) -> Fix | None:
    return Fix(summary=f"the fix of {rule} mends this too") if rule else None
