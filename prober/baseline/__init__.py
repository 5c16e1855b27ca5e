"""What was reachable before a change, and what the change did to it.

- `survey`    which pods take part, the checks among them, and what came back, as a baseline by
  workload
- `naming`    from pods to workloads
- `file`      a baseline as a file: written in a stable order, read strictly against
  `baseline.schema.json`
- `compare`   two baselines → the changes, each with what it adds to the exit code
- `blame`     which edit of a policy did it, by taking the edit back and predicting again
- `preview`   the changes that edited policies would make, by prediction alone
- `outside`   the same for hosts outside the cluster, of which nobody knows which there are
- `allow`     the changes that a user expects, from a file

Words: a *cell* is one flow between workloads at one moment. An *edit* is what happened to a policy
in between.
"""
