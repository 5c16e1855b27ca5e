"""`html`: the report as one page that needs nothing else: no server, no network. `prober serve`
shows the same page, with what it knows of other runs around it.

- `document`   the page and what is at its top
- `causes`     the causes with their fixes
- `assets`     our style sheet and scripts, and the policy that lets nothing else run
- `data`       PURE: the run in compact columns, for the scripts
- `detail`     PURE: everything about one check, as lines
- `checks`, `grid`  the checks and the matrix where no script runs
- `element`    how elements are made, and so why nothing from a cluster can become markup

`script/` has the components, each a function that makes an element: `filter` (what is shown, and
the four cells), `matrix`, `map`, `checks`; `run` reads the data, `pairs` folds checks to pairs,
`start` puts them together. They are plain JavaScript without a build step.
"""
