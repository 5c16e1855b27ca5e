"""Too many rules for one node."""

from __future__ import annotations

from collections.abc import Iterator

from prober.audit.check import Check, Severity, Spot
from prober.audit.coverage import largest_node
from prober.audit.view import View
from prober.model.objects import Ref

MOST = 10_000
"""Entries on one node. Where rules are tried one after the other (iptables), delays are felt above
this."""


def find(view: View) -> Iterator[Spot]:
    node, entries = largest_node(view)
    if entries > MOST:
        yield Spot(
            Ref("Node", "", node),
            (
                f"the policies of the pods on node {node} come to {entries} entries (peers × "
                f"ports), more than {MOST}"
            ),
            hint="select pods by one label instead of listing them, use ranges of ports, or a CNI "
            "that looks rules up "
            "in maps",
        )


CHECK = Check(
    id="too-many-rules",
    severity=Severity.WARNING,
    title="A node has to keep very many rules",
    why="Where rules are tried one after the other, every packet waits for them, and every new "
    "pod makes the node "
    "compute them again.",
    find=find,
)
