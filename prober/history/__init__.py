"""Runs one after the other: what changed between them, and since when something is as it is.

- **subject**  what a check is about, so that it is the same after a rollout: the workloads, not the
  pods, with protocol and port
- **summary**  what is kept of a run in memory: its counts, and the mark of every subject

`summary` and `changes` are PURE; `reading` reads the records of runs that were kept as files.
"""

from prober.history.changes import Change, changes_of, since, streak
from prober.history.summary import Summary, subject_of, summary_of

__all__ = ["Change", "Summary", "changes_of", "since", "streak", "subject_of", "summary_of"]
