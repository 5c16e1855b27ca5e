"""Files in, documents out, in which every field knows its line.

- `collector`  reading without the cyclic garbage collector
- `cursor`     walking through a document and noting every mistake on the way, instead of stopping
               at the first
- `document`   files in, documents out: plain data whose every field knows its line
- `files`      which files are meant by the paths that a person gives
- `kinds`      what each apiVersion and kind means to prober: read, not evaluated, of no
               interest, or a mistake
- `nodes`      YAML text to plain Python data, keeping the composed nodes so that any field's line
               can be found later
- `objects`    documents to objects: apiVersion, kind and name, with lists unwrapped
- `scalars`    what a plain (unquoted) YAML scalar means to Kubernetes
- `unrendered` what in a directory is no manifest yet: charts' templates, kustomizations' patches
"""
