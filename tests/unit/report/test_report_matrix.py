"""The grid of observed × predicted."""

from dataclasses import replace

from report_samples import observation, prediction, record, run, square

from prober.model.check import Endpoint, EndpointKind
from prober.model.outcome import Outcome
from prober.model.prediction import Ruling
from prober.model.run import Result, Verdict
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
