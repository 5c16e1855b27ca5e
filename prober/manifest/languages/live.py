"""Objects of a live cluster against the same checks as manifests.

A CRD lets more pass than an engine accepts, and a newer CRD has fields that are not known here.
What does not stand these checks is not evaluated, and said to be left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prober.manifest.languages.object_checks import check_object
from prober.manifest.reading.cursor import Cursor, Report
from prober.manifest.reading.document import Document
from prober.model.languages import LanguageKind


def is_sound(kind: LanguageKind, value: Mapping[str, Any]) -> bool:
    """Whether an object that the API server has can be evaluated: nothing in it is wrong, and its
    engine takes it."""
    report = Report()
    document = Document("", 0, dict(value), lambda: None)
    check_object(Cursor(document, (), document.value, report), kind)
    return not report.mistakes and not report.refused
