"""Every incident that the diagnosis must name."""

from __future__ import annotations

from incident_policies import POLICIES
from incident_running import Incident

INCIDENTS: tuple[Incident, ...] = (*POLICIES,)
