"""`html`: the report as one page that needs nothing else: no server, no network, no script to be
read.

The files: `document` (the page and what is at its top), `causes`, `checks`, `grid` (the matrix),
`element` (how elements are made, and so why nothing from a cluster can become markup), `style.css`
and `script.js` (which stand in the page).
"""
