"""kube-network-policies as a referee: its own evaluators decide about flows, in user space.

It is the implementation that the authors of AdminNetworkPolicy and ClusterNetworkPolicy test their
API with. No cluster and no kernel take part: worlds go in as the objects of the API, answers come
out."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from testbed.binaries import REFEREE, compile_missing
from testbed.layout import BIN

World = Mapping[str, Any]
"""Lists of objects: `Namespaces`, `Nodes`, `Pods`, `NetworkPolicies`, `Admin`, `Baseline` and
`Cluster`; and `Flows`, each with `From` and `To` (addresses), `Protocol` and `Port`."""


def decide(worlds: Iterable[World]) -> list[Sequence[tuple[bool, bool]]]:
    """For each world and each of its flows: may it leave its source, may it enter its
    destination."""
    compile_missing([REFEREE])
    lines = "".join(f"{json.dumps(world)}\n" for world in worlds)
    done = subprocess.run(
        [str(BIN / REFEREE.name)], input=lines, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"the referee ended: {done.stderr.strip()}")
    return [
        [(bool(out), bool(into)) for out, into in json.loads(line)]
        for line in done.stdout.splitlines()
    ]
