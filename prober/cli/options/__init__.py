"""The options that commands share, and what they are turned into.

- `cluster`     the options that say which cluster, and the fabric that they ask for
- `decorating`  how commands get options that several of them share
- `fabrics`     from the options of a command to a fabric: the only place that names a concrete one
- `hosts`       hosts outside the cluster and their addresses, as options give them
- `installing`  the options that `install`, `uninstall` and `manifests` share
- `loading`     scenario files for the commands: all mistakes of all files at once, those in names
                included where names are known
- `selection`   which pods: -n, -A and -l, as kubectl has them
- `settings`    the settings file: what a cluster asks of the pods that prober makes in it, once for
                all commands
- `sharding`    --shard: which part of a run to make
- `shared`      options that several commands share, each declared once
"""
