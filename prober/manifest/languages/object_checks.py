"""What each language asks for beyond the types of its fields: the table of the checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from prober.manifest.checks.check_fields import check_selector
from prober.manifest.languages.admin_checks import check_admin
from prober.manifest.languages.calico_checks import check_calico
from prober.manifest.languages.cilium_checks import check_cilium, cilium_selector
from prober.manifest.languages.shape_checks import check_shape
from prober.manifest.reading.cursor import Cursor
from prober.model.languages import Language, LanguageKind

_TOP = ("apiVersion", "kind", "metadata", "spec", "status")

_CHECKS: Mapping[Language, Callable[[Cursor, LanguageKind], None]] = {
    Language.ADMIN: check_admin,
    Language.CLUSTER: check_admin,
    Language.CILIUM: check_cilium,
    Language.CALICO: check_calico,
}


def check_object(cursor: Cursor, kind: LanguageKind) -> None:
    """Note every mistake of an object, all but its metadata's."""
    cursor.mapping((*_TOP, "specs") if kind.language is Language.CILIUM else _TOP)
    if kind.shape is None:
        return
    selector = cilium_selector if kind.language is Language.CILIUM else check_selector
    specs = [cursor.field("spec"), *cursor.field("specs").items()]
    if all(spec.absent for spec in specs):
        if kind.policy:
            cursor.field("spec").wrong("is required", "write what the policy says")
        return
    for spec in specs:
        check_shape(spec, kind.shape, selector)
        if isinstance(spec.value, dict):
            _CHECKS[kind.language](spec, kind)
