"""JSON patches (RFC 6902) and what prober does with them. Pure.

- `jsonpatch`  applying a patch, and the patch that undoes it
- `rebase`     a patch that was made for an object as it was, on the object as it is
"""
