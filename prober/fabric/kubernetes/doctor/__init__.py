"""Whether a cluster can be probed, and by whom, before anyone probes.

- `wire`       PURE: the wire shape of what is asked here, and nowhere else
- `checkup`    PURE: what is looked at, and what it means: findings, a last line, an exit code
- `questions`  asks a cluster: a version, some lists, and one `may I` for each right; changes
  nothing
"""

from prober.fabric.kubernetes.doctor.checkup import Finding, exit_code, summary
from prober.fabric.kubernetes.doctor.questions import examine

__all__ = ["Finding", "examine", "exit_code", "summary"]
