"""Plans, schedules, settles, retries: from checks to a run record.

- `controls`   PURE. which probes must succeed for a denial to be believed
- `plan`       PURE. checks and controls into one plan a vantage
- `verdict`    PURE. prediction × observation × controls into a verdict and a result
- `pairs`      PURE. the checks of a matrix: every pair, every declared port
- `inquest`    asks what the diagnosis wants to know, in rounds
- `run`        the thin async shell: snapshot, plan, probe, ask once more, judge, diagnose
"""
