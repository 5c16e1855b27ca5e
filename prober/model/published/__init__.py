"""PURE. The published JSON as types: what stands in a report, a kept run and a plan, member by
member.

- *shape*     a type whose fields are the members of a JSON object, in their order; it is made `of`
  an object of the model, and makes a `model` object of what was read
- *derived*   a member that says what others say already (counts, `flaky`, `exitCode`): written for
              those who read the JSON, and when it is read only held against the others

`shape` has what all shapes can do; `observation`, `prediction`, `check`, `finding` and `run` are
the record of a run, from the inside out; `baseline` is the file of `prober baseline save`, and
`dry_run` the plan that `prober run --dry-run` prints.
`prober.model.codec` is how everybody else reads and writes them."""

from prober.model.published.run import API_VERSION, SCHEMA_VERSION, Run

__all__ = ["API_VERSION", "SCHEMA_VERSION", "Run"]
