"""The page: it needs nothing else, nothing from a cluster becomes markup, and it says what the
other formats say."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

from report_samples import flux, hostile, many, record, run, square

from prober.model.prediction import Ruling
from prober.model.run import PredictedOnly
from prober.report import render
from prober.report.html.data import RULINGS, page_data

VOID = {"meta", "br", "input"}


class Page(HTMLParser):
    """Every element that is opened is closed; text, attributes and rows are kept."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.text.append(data)

    def count(self, tag: str, classes: str = "") -> int:
        return sum(
            name == tag and classes in (attributes.get("class") or "")
            for name, attributes in self.found
        )


def test_everything_of_the_run_is_in_it() -> None:
    sample = flux()
    page = Page(render(sample, "html"))
    text = "\n".join(page.text)
    assert page.count("article", "cause") == len(sample.findings)
    for finding in sample.findings:
        assert finding.cause in text
        assert all(one in text for one in finding.evidence)
        assert finding.fix is None or finding.fix.command in text
    assert page.count("th") == len(sample.checks) + 5
    assert all(check.check.name in text for check in sample.checks)
    assert all(failure.message in text for failure in sample.failures)


def test_it_loads_nothing() -> None:
    page = Page(render(flux(), "html"))
    assert not {"link", "img", "iframe", "object"} & {tag for tag, _ in page.found}
    assert not [attributes for _, attributes in page.found if {"src", "href"} & attributes.keys()]
    (policy,) = (
        one["content"]
        for _, one in page.found
        if one.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    assert policy.startswith("default-src 'none'")


def test_what_comes_from_a_cluster_does_not_become_markup() -> None:
    page = Page(render(hostile(), "html"))
    assert page.count("script") == 2  # ours, and its data
    assert page.count("b") == 0
    text = "".join(page.text)
    assert "<b> & \"'" in text
    assert not {"\x1b", "\x07", "\u202e"} & set(text)


def test_many_calm_checks_are_hidden_at_first_and_few_are_not() -> None:
    assert 'id="surprises"' not in render(run(record()), "html")
    (box,) = (one for tag, one in Page(render(many(), "html")).found if tag == "input")
    assert "checked" in box
    (box,) = (one for tag, one in Page(render(flux(), "html")).found if tag == "input")
    assert "checked" not in box


def test_a_matrix_is_drawn_where_most_pairs_are_there() -> None:
    page = Page(render(square(), "html"))
    assert page.count("table", "grid") == 1
    assert (page.count("td", "cell leak"), page.count("td", "cell blocked")) == (1, 1)
    assert page.count("td", "cell open") >= 4
    assert Page(render(flux(), "html")).count("table", "grid") == 0


def test_predictions_about_strangers_are_given_to_the_scripts_by_end() -> None:
    rows = (
        PredictedOnly("demo/pod-1", (Ruling.ALLOWED, Ruling.DENIED), (Ruling.UNDEFINED,)),
        PredictedOnly("demo/nobody", (Ruling.ALLOWED,), (Ruling.ALLOWED,)),
    )
    data = page_data(replace(square(), predicted_only=rows))
    ((end, inward, outward),) = data["predicted"]
    assert data["ends"][end][1:4] == ["demo", "pod-1", "pod-1"]
    assert (inward, outward) == (RULINGS[Ruling.ALLOWED] + RULINGS[Ruling.DENIED], 4)
    assert page_data(square())["predicted"] == []
