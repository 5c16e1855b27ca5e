"""One command a file. `prober.cli.group` has the table of them.

- `audit`      `prober audit`: what is wrong with the policies, without a probe
- `baseline`   `prober baseline`: what was reachable before a change, and what the change did to it
- `bundle`     `prober evidence`, and `run --evidence`: a run as a bundle to attach to a ticket
- `check`      `prober check`: one connection, with the same engine as a scenario
- `cleanup`    `prober cleanup`: remove what dead or expired runs left in a cluster
- `doctor`     `prober doctor`: is this cluster ready to be probed, and by whom
- `explain`    `prober explain`: why the policies allow or deny one flow
- `fix`        `prober fix`: look at the fixes that a run offered, apply them, and take them back
- `install`    `prober install`: agents on every node
- `lab`        `prober lab`: a lab that stays up, for people who want to look around
- `manifests`  `prober manifests`: what `install` applies, for those who apply things in their own
               way
- `matrix`     `prober matrix`: every pair of pods, observed and predicted
- `mitigate`   `prober mitigate`: give back DNS and monitoring after a default deny, until the rules
               are mended
- `predict`    `prober predict`: what the policies allow, from manifests alone
- `preview`    `prober preview`: which flows new policies would open and close, before they are
               applied
- `run`        `prober run`: the checks of one or more scenarios
- `snapshot`   `prober snapshot save`: a cluster's objects as manifests, to predict from and to
               replay in the lab
- `uninstall`  `prober uninstall`: the agents and the rights away
- `validate`   `prober validate`: every mistake in scenario files, before anything is run
"""
