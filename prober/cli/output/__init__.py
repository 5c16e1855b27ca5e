"""What a command leaves behind: text on a terminal, logs, an exit code, the last run.

- `fix_cluster`  fixes in a cluster: tried by the API server, shown, asked about, applied
- `interrupts`   ctrl-C and SIGTERM end a command in order: it takes away what it made, and then
                 says that it was interrupted
- `journal`      what a long run has come to so far, so that an interrupted one goes on
- `logs`         logs: structlog on stderr
- `session`      from a request to an exit code: run, show, write reports
- `state`        the last run, kept so that `prober fix 1` knows what 1 is, and `prober evidence`
                 what happened
"""
