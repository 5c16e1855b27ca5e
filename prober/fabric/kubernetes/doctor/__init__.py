"""Whether a cluster can be probed, and by whom, before anyone probes.

- `checkup`  what is looked at before anyone probes, and what it means
- `examine`  asks a cluster what `checkup` judges: a version, some lists, and one `may I` for each
             right
- `wire`     the wire shape of what `doctor` asks, and nobody else
"""
