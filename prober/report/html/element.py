"""Elements. Text from a cluster is only ever the text or an attribute of one, so it cannot become
markup."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from prober.report.text import printable

Child = ET.Element | str


def element(
    tag: str, *children: Child | Iterable[Child], classes: str = "", **attributes: str
) -> ET.Element:
    """An element with these children, in order. Underscores in the names of attributes become
    hyphens."""
    named = {name.replace("_", "-"): printable(value) for name, value in attributes.items()}
    made = ET.Element(tag, {**({"class": classes} if classes else {}), **named})
    for child in children:
        for part in [child] if isinstance(child, str | ET.Element) else child:
            _append(made, part)
    return made


def _append(parent: ET.Element, child: Child) -> None:
    """Text goes behind the element before it, as ElementTree keeps it."""
    if isinstance(child, ET.Element):
        parent.append(child)
    elif len(parent):
        parent[-1].tail = (parent[-1].tail or "") + printable(child)
    else:
        parent.text = (parent.text or "") + printable(child)


def lines(text: str) -> ET.Element:
    """Text with its line breaks, for people to copy."""
    made = ET.Element("pre")
    made.text = "\n".join(printable(line) for line in text.splitlines())
    return made


def markup(root: ET.Element) -> str:
    """The element as HTML."""
    return ET.tostring(root, encoding="unicode", method="html")
