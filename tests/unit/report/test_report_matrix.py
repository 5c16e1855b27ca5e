"""The grid of observed × predicted."""

import re
from dataclasses import replace

import pytest
from report_samples import observation, prediction, record, run, square

from prober.model.check import Endpoint, EndpointKind
from prober.model.outcome import Outcome
from prober.model.prediction import Ruling
from prober.model.run import PredictedOnly, Result, Verdict
from prober.report import render
from prober.report.matrix import MAX_ENDPOINTS, Cell, cell_of, grids


def test_every_kind_of_cell_has_its_character() -> None:
    denied = prediction(Ruling.DENIED)
    assert cell_of(record()) is Cell.OPEN
    assert cell_of(record(predicted=denied, seen=observation(Outcome.TIMEOUT))) is Cell.CLOSED
    assert cell_of(record(verdict=Verdict.LEAK)) is Cell.LEAK
    assert cell_of(record(verdict=Verdict.BLOCKED)) is Cell.BLOCKED
    assert cell_of(record(result=Result.INCONCLUSIVE)) is Cell.UNSURE
    assert cell_of(record(seen=observation(Outcome.ERROR))) is Cell.UNSURE
    assert cell_of(record(seen=observation(Outcome.REFUSED))) is Cell.REFUSED
    assert cell_of(record(predicted=prediction(Ruling.UNDEFINED))) is Cell.OPEN_UNDEFINED


def test_there_is_one_grid_a_port_and_each_row_lines_up() -> None:
    lines = render(square(), "matrix", width=80).splitlines()
    start = lines.index("TCP 80")
    assert lines[start + 1 : start + 6] == [
        "                 1 2 3 4",
        "   1 demo/pod-0    ! # ?",
        "   2 demo/pod-1  x   r o",
        "   3 demo/pod-2  c .   .",
        "   4 demo/pod-3  . . .",
    ]
    assert "TCP 443" in lines
    assert "   5 github.com" in lines


def test_the_legend_counts_the_cells() -> None:
    text = render(square(), "matrix")
    assert "  ! 1  leak: denied, but it passes\n" in text
    assert "  # 1  blocked: allowed, but it does not pass\n" in text


def test_surprises_are_listed_with_reasons_below() -> None:
    assert "dropped on the way" in render(square(), "matrix")


def test_a_large_matrix_has_counts_and_surprises_only() -> None:
    text = render(square(MAX_ENDPOINTS + 2), "matrix", width=80)
    assert "TCP 80" not in text
    assert "LEAK" in text
    assert "closed as predicted" in text
    assert len(text.splitlines()) < 30


def test_the_largest_grid_fits_eighty_columns() -> None:
    text = render(square(MAX_ENDPOINTS - 1), "matrix", width=80)
    assert "TCP 80" in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_cell_shows_the_worst_of_its_checks() -> None:
    source, destination = (Endpoint(EndpointKind.POD, "demo", name) for name in "ab")
    fine = record("fine", source=source, destination=destination)
    leak = replace(record("leak", source=source, destination=destination), verdict=Verdict.LEAK)
    (grid,) = grids([fine, leak])
    assert grid.cells == {("demo/a", "demo/b"): Cell.LEAK}
    assert "!" in render(run(fine, leak), "matrix")


def test_ports_are_in_the_order_of_numbers_and_names_follow() -> None:
    checks = [record(f"{port}", port=port) for port in (9090, 80, "http")]
    checks.append(record("ping", port=None, protocol="ICMP"))
    assert [grid.title for grid in grids(checks)] == ["ICMP", "TCP 80", "TCP 9090", "TCP http"]


def test_a_matrix_of_nothing_says_so() -> None:
    assert "nothing was checked" in render(run(), "matrix")


STRANGERS = (
    PredictedOnly("demo/pod-0", (Ruling.DENIED,), (Ruling.ALLOWED,)),
    PredictedOnly("demo/pod-1", (Ruling.ALLOWED, Ruling.DENIED), (Ruling.UNDEFINED,)),
    PredictedOnly("demo/pod-2", (), (Ruling.DENIED,)),
)


def test_strangers_are_beside_the_grid_and_said_to_be_predicted_only() -> None:
    lines = render(replace(square(), predicted_only=STRANGERS), "matrix", width=80).splitlines()
    start = lines.index("predicted only: never probed, in no count")
    assert [" ".join(line.split()) for line in lines[start + 1 : start + 5]] == [
        "from any other namespace to outside",
        "demo/pod-0 denied allowed",
        "demo/pod-1 allowed or denied, by port undefined",
        "demo/pod-2 no declared port denied",
    ]
    assert max(map(len, lines)) <= 80


def test_strangers_change_nothing_that_was_observed() -> None:
    """What is predicted only never passes, never fails, and is in no grid."""
    before, after = square(), replace(square(), predicted_only=STRANGERS)
    assert (after.summary, after.exit_code) == (before.summary, before.exit_code)
    said = render(after, "matrix", width=80).splitlines()
    added = said.index("predicted only: never probed, in no count")
    assert [*said[:added], *said[said.index("", added) + 1 :]] == render(
        before, "matrix", width=80
    ).splitlines()
    nothing = replace(run(), predicted_only=STRANGERS)
    assert nothing.exit_code == run().exit_code != 0
    assert "nothing was checked" in render(nothing, "matrix")


def test_strangers_of_a_large_matrix_are_counted() -> None:
    text = render(replace(square(MAX_ENDPOINTS + 2), predicted_only=STRANGERS), "matrix")
    assert "from any other namespace, pods: " in text
    assert "to outside, pods: " in text
    assert "1 allowed or denied, by port" in text
    assert "demo/pod-2  " not in text


@pytest.mark.parametrize("form", ["wide", "html"])
def test_strangers_are_in_every_format_for_people(form: str) -> None:
    text = render(replace(square(), predicted_only=STRANGERS), form)
    flat = " ".join(re.sub(r"<[^>]+>", " ", text).split())
    assert "redicted only: never probed, in no count" in flat
    assert "rom any other namespace" in flat
    assert "demo/pod-1 allowed or denied, by port undefined" in flat
    assert "never probed" not in render(square(), form)
