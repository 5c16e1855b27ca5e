"""Plans, probes, judges, follows up: from checks to a run record.

- `rates`       how quickly the probes of a run may start, divided among the vantages
- `run`         the thin async shell: snapshot, chunks, probes, diagnosis
- `chunks`      PURE. the checks in pieces that are made at once
- `overlapping`
                works one after the other, of which none waits for another's stragglers
- `chunk`       one chunk: its waves, and the records that they come to
- `settled`     PURE. which checks of a wave need nothing more, to be kept at once
- `plan`        PURE. checks and controls into one plan a vantage
- `controls`    PURE. what must be shown before a denial is believed; start with `controls.needs`
- `gathering`   PURE. what came back, and from whom it counts
- `passage`     PURE. what one observation says about the way to its target
- `verdict`     PURE. prediction × observation × controls into a verdict and a result
- `request_verdict`
                PURE. the verdict of an HTTP check where layer 7 rules tell requests apart
- `backends`    PURE. every pod behind a Service, where they can differ
- `caveats`     PURE. what a fabric cannot represent, and the checks that depend on it
- `judging`     PURE. from what came back to the records of the checks
- `record_log`  the records as they grow: in memory, or on disk
- `telling`     PURE. which records of a run the diagnosis sees
- `follow_ups`  asks what the diagnosis wants to know, in rounds
- `meanwhile`   what a run needs at its end, imported while its packets are under way
- `places`      PURE. where the pods of a run belong, for maps by workload and node
- `pairs`       PURE. the checks of a matrix: every pair, every declared port
- `sampling`    PURE. one pair of pods for each pair of classes, instead of every pair
- `shards`      PURE. one run in several parts, each made by a machine of its own
- `parts`       PURE. the causes of a divided run, over all of its parts
- `merge`       PURE. several runs, or the parts of one, as one record
"""
