"""Standard Kubernetes manifests in, a `Snapshot` out: as strict as the API server, every mistake at
once.

The words, in the order in which a file goes through them:

- file         what is meant by a path: `files`
- document     one YAML or JSON document, plain data whose every field knows its line: `document`
               (`nodes`, `scalars`, `collector`)
- cursor       a value with its place; asks for types and notes mistakes in a `Report`: `cursor`
- manifest     one object with its apiVersion and kind, lists unwrapped: `manifests`; what each kind
  means: `kinds`
- check        what the API server would reject: `validate` (`check_policy`, `check_workload`,
               `check_service`, `check_fields`, `syntax`)
- waiting      why a pod does not run, in the cluster's own words: `waiting`
- wire         the shape of the JSON, only the fields used: `wire`, `convert`
- model        `decode`, `decode_pod`, `decode_service`: wire to model, with the API's defaults
- owner        the workload that a person would name for a pod: `owners`
- expansion    the pods of workloads that have none: `workloads`, on the nodes of `placement`
- encode       the way back: policies as the API takes them: `encode`
- edit         a JSON patch applied to YAML text, so that comments and layout stay: `edit`
- snapshot     everything together: `assemble` (wire objects in) and `load` (files in); `selecting`
               which objects count, `standard` what every cluster has besides
- lab words    `kind: Lab` and the text form of faults: `lab`, `faults`

A live cluster's objects enter at `wire` and go the same way from there.
"""

from prober.manifest.lab.faults import parse_fault
from prober.manifest.load import Loaded, Sources, Text, load_manifests, load_sources
from prober.manifest.reading.document import Document, load_documents

__all__ = [
    "Document",
    "Loaded",
    "Sources",
    "Text",
    "load_documents",
    "load_manifests",
    "load_sources",
    "parse_fault",
]
