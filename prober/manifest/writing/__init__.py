"""The way back: objects to YAML, and edits of YAML text.

- `dump`    objects to YAML that means the same to Kubernetes, whose rules for plain scalars are not
            PyYAML's
- `edit`    A JSON patch applied to YAML text: only the lines that change are written anew, comments
            and layout stay
- `encode`  policies as the API takes them, with every default written out: for baselines, new
            policies and patches
"""
