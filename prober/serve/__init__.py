"""`prober serve`: the runs that were kept, as pages that tell by themselves when there is a new
one. It reads; there is no path that dials, runs or changes anything.

- **shelf**    the folders and files that runs are read from, looked at again every two seconds
- **series**   the runs of one scenario on one fabric, one after the other

The files: `shelf` (what is there), `standing` PURE (how a Scenario object is, which a cluster says
beside its runs), `overview` PURE (is all well now, what changed), `around` PURE
(what stands around a run: the way to others, its changes, the history of its checks), `events` (a
line to every open page), `application` (the paths), `running` (until it is told to end).
"""
