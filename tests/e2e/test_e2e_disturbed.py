"""What happens in the middle of a run: a pod is evicted, a node goes away, the API server restarts."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from e2e_cluster import SLOW, Cluster, wait

ONE, OTHER = "pod/monitoring/prometheus-0", "monitoring"
LONG = {"attempts": 40, "timeout": "1s"}
SCENARIO = {
    "apiVersion": "prober.dev/v1alpha1",
    "kind": "Scenario",
    "metadata": {"name": "disturbed"},
    "checks": [
        {"from": "sts/prometheus.monitoring", "to": SLOW, "expect": "timeout", **LONG},
        {"from": "deploy/source-controller.flux-system", "to": "tcp://github.com:443", "expect": "ok"},
    ],
}
"""One vantage is busy for some forty seconds, the other has long ended by then."""
