"""Every incident that the diagnosis must name."""

from __future__ import annotations

from incident_languages import LANGUAGES
from incident_names import NAMES
from incident_nodes import NODES
from incident_pairs import PAIRS
from incident_paths import PATHS
from incident_policies import POLICIES
from incident_reach import REACH
from incident_reported import REPORTED
from incident_reports import REPORTS
from incident_running import Incident
from incident_services import SERVICES
from incident_variants import VARIANTS

INCIDENTS: tuple[Incident, ...] = (
    *POLICIES,
    *REACH,
    *SERVICES,
    *NAMES,
    *NODES,
    *REPORTED,
    *REPORTS,
    *PATHS,
    *LANGUAGES,
    *PAIRS,
    *VARIANTS,
)
