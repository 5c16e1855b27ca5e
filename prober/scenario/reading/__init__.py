"""Scenario files in, scenarios out; or every mistake in them at once.

- `checks`        the named targets and the checks of one scenario file, with its defaults filled in
- `include`       scenario files and the files they include, read into a tree; every file once
- `load`          scenario files in, scenarios out; or every mistake in them at once
- `mistakes`      mistakes as they are found, in all the files of a scenario, so that loading need
                  not stop at the first
- `schema`        the published JSON Schema, and every way in which a document breaks it
- `schema_words`  the errors of the JSON Schema validator, as sentences for people
"""
