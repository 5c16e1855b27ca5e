"""From what a run offers to what is applied: fixes as files, as edits of manifests, and the way
back.

- *offer*     a fix as a run's record has it, with its number and cause: `offers`
- `object_state`  what an object is now, against what the run saw: may an offer still be made of it
- `clean`     an object without what only the API server writes
- `emit`      offers as files that can be applied without prober
- `rework`    offers as edits of manifests on disk
- `temporary` the mitigation for a default deny that broke too much: policies that are taken away
              again (`temporary_manifest`: as they are created)

What is done to a cluster is in `prober.cli.commands.fix`, because only the command line builds a
connection.
"""
