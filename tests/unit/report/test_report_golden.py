"""Every format of the Flux run, and the views that it does not show, against golden files."""

import pytest
from report_golden import assert_golden
from report_samples import broken, flux, many, square

from prober.report import FORMATS, render

SUFFIX = {"json": "json", "yaml": "yaml", "junit": "xml", "tap": "tap"}


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("color", [False, True], ids=["plain", "color"])
def test_the_table_at_usual_widths(width: int, color: bool) -> None:
    name = f"flux-{width}{'-color' if color else ''}.txt"
    assert_golden(name, render(flux(), "table", color=color, width=width))


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"table", "matrix", "html"}))
def test_the_other_formats(name: str) -> None:
    assert_golden(f"flux-{name}.{SUFFIX.get(name, 'txt')}", render(flux(), name))


def test_a_small_matrix() -> None:
    assert_golden("matrix.txt", render(square(), "matrix", width=80))


def test_many_checks_are_counted_by_group() -> None:
    assert_golden("many.txt", render(many(), "table", width=80))


def test_a_run_that_found_nothing_out() -> None:
    assert_golden("broken.txt", render(broken(), "table", width=80))


@pytest.mark.parametrize("name", FORMATS)
def test_equal_records_give_equal_text(name: str) -> None:
    assert render(flux(), name) == render(flux(), name)
