"""The smallest change that fixes a cause, checked by prediction. Pure.

- `distinct_labels`  the labels that single out pods: the fewest that are enough to select them and
                     nobody else
- `hypothetical`     what would be predicted with one policy changed, or with a fix made
- `own_policy`       A policy of their own for the pods that need a flow, where extending the policy
                     that isolates them would open it to others as well
- `patches`          edits of one object as a JSON patch: what it would become, and whether
                     prediction says that it helps
- `policy_fixes`     the smallest policy change that opens a flow, checked by prediction: a rule
                     more, or a policy of its own
- `stacking`         the fixes of one object on top of each other, so that all of them can be
                     applied, one after the other
- `vetting`          the last look at the fixes before they are offered: what each opens and closes
                     everywhere, by prediction
"""
