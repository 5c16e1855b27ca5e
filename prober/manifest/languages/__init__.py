"""Objects of the other policy languages: checked as strictly as their API servers do, then decoded.

- `shape_checks`      any object against the type that it is decoded into: fields, types, words
- `object_checks`     what each language asks for beyond types: the table of `admin_checks`,
                      `cilium_checks` and `calico_checks`
- `part_checks`       what those share
- `live`              objects of a live cluster against the same checks
- `selector_grammar`  Calico's selector language: text to a tree, mistakes with their column
- `decoded`           plain data to `PolicyObject`s
- `objects`           manifests to the same
"""
