"""The causes, each with its evidence and its fix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from prober.model.run import Finding, Fix
from prober.report.html.element import element, lines
from prober.report.text import plural
from prober.report.yaml_ import dump


def causes(findings: Sequence[Finding]) -> Iterator[ET.Element]:
    """A section of cards, numbered as everywhere else; nothing without findings."""
    if findings:
        cards = [_card(number, finding) for number, finding in enumerate(findings, start=1)]
        yield element("section", element("h2", plural(len(findings), "cause")), cards, id="causes")


def _card(number: int, finding: Finding) -> ET.Element:
    title = element(
        "h3",
        element("span", str(number), classes="number"),
        finding.cause,
        id=f"cause-{number}",
        title=finding.id,
    )
    facts = [finding.id, finding.confidence.value]
    if len(finding.checks) > 1:
        facts.append(f"explains {plural(len(finding.checks), 'check')}")
    return element(
        "article",
        title,
        element("p", " · ".join(facts), classes="facts"),
        element("ul", (element("li", line) for line in finding.evidence), classes="evidence"),
        _fix(finding.fix) if finding.fix else (),
        classes="cause",
    )


def _fix(fix: Fix) -> ET.Element:
    parts: list[ET.Element] = [element("h4", "Fix"), element("p", fix.summary)]
    if fix.opens:
        parts += [
            element("h4", "What it opens"),
            element("ul", (element("li", flow) for flow in fix.opens)),
        ]
    if fix.command:
        copy = element("button", "Copy", classes="copy", type="button")
        parts.append(element("div", lines(fix.command), copy, classes="command"))
    if fix.manifest:
        whole = element("summary", "The whole object after it")
        parts.append(element("details", whole, lines(dump(fix.manifest))))
    return element("div", parts, classes="fix")
