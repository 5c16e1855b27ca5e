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

from __future__ import annotations

from typing import TYPE_CHECKING

from prober.lazy import exports

if TYPE_CHECKING:
    from prober.manifest.decoding import wire
    from prober.manifest.decoding.convert import convert
    from prober.manifest.decoding.decode import (
        DEFAULT_NAMESPACE,
        decode_policy,
        labels_of,
        named_namespace,
    )
    from prober.manifest.decoding.decode_service import decode_service
    from prober.manifest.decoding.gathered import Objects
    from prober.manifest.decoding.wire import (
        Condition,
        ContainerState,
        ContainerStatus,
        Node,
        StateDetail,
    )
    from prober.manifest.lab.documents import node_names
    from prober.manifest.lab.faults import parse_fault
    from prober.manifest.languages.decoded import decode_object
    from prober.manifest.languages.live import is_sound
    from prober.manifest.load import Loaded, Sources, Text, load_manifests, load_sources
    from prober.manifest.reading.cursor import Cursor, Report
    from prober.manifest.reading.document import (
        Document,
        FieldPath,
        format_path,
        load_any_documents,
        load_documents,
        type_name,
    )
    from prober.manifest.reading.files import manifest_files
    from prober.manifest.reading.kinds import LAB, Handling
    from prober.manifest.reading.objects import Manifest, is_object
    from prober.manifest.standard import (
        API_SERVICE,
        dns_pods,
        dns_service,
        with_cluster_dns,
        with_standard_services,
    )
    from prober.manifest.workloads.owners import GENERATED_LABELS, common_labels
    from prober.manifest.writing.dump import dump_manifest, dumper, list_of
    from prober.manifest.writing.edit import (
        append_object,
        edit_text,
        has_object,
        objects_in,
        remove_object,
    )
    from prober.manifest.writing.encode import (
        policy_manifest,
        rule_manifest,
        selector_manifest,
        whole_manifest,
    )
    from prober.manifest.writing.shareable import (
        SHAPES,
        shareable,
        shareable_name,
        shareable_part,
        shareable_policy,
        shareable_wire,
    )

HOMES = {
    "decoding": "wire",
    "decoding.convert": "convert",
    "decoding.decode": "DEFAULT_NAMESPACE decode_policy labels_of named_namespace",
    "decoding.decode_service": "decode_service",
    "decoding.gathered": "Objects",
    "decoding.wire": "Condition ContainerState ContainerStatus Node StateDetail",
    "lab.documents": "node_names",
    "lab.faults": "parse_fault",
    "languages.decoded": "decode_object",
    "languages.live": "is_sound",
    "load": "Loaded Sources Text load_manifests load_sources",
    "reading.cursor": "Cursor Report",
    "reading.document": (
        "Document FieldPath format_path load_any_documents load_documents type_name"
    ),
    "reading.files": "manifest_files",
    "reading.kinds": "Handling LAB",
    "reading.objects": "Manifest is_object",
    "standard": "API_SERVICE dns_pods dns_service with_cluster_dns with_standard_services",
    "workloads.owners": "GENERATED_LABELS common_labels",
    "writing.dump": "dump_manifest dumper list_of",
    "writing.edit": "append_object edit_text has_object objects_in remove_object",
    "writing.encode": "policy_manifest rule_manifest selector_manifest whole_manifest",
    "writing.shareable": (
        "SHAPES shareable shareable_name shareable_part shareable_policy shareable_wire"
    ),
}
"""What others may use, and where it lives."""

__getattr__ = exports(__name__, HOMES)

__all__ = [
    "API_SERVICE",
    "DEFAULT_NAMESPACE",
    "GENERATED_LABELS",
    "LAB",
    "SHAPES",
    "Condition",
    "ContainerState",
    "ContainerStatus",
    "Cursor",
    "Document",
    "FieldPath",
    "Handling",
    "Loaded",
    "Manifest",
    "Node",
    "Objects",
    "Report",
    "Sources",
    "StateDetail",
    "Text",
    "append_object",
    "common_labels",
    "convert",
    "decode_object",
    "decode_policy",
    "decode_service",
    "dns_pods",
    "dns_service",
    "dump_manifest",
    "dumper",
    "edit_text",
    "format_path",
    "has_object",
    "is_object",
    "is_sound",
    "labels_of",
    "list_of",
    "load_any_documents",
    "load_documents",
    "load_manifests",
    "load_sources",
    "manifest_files",
    "named_namespace",
    "node_names",
    "objects_in",
    "parse_fault",
    "policy_manifest",
    "remove_object",
    "rule_manifest",
    "selector_manifest",
    "shareable",
    "shareable_name",
    "shareable_part",
    "shareable_policy",
    "shareable_wire",
    "type_name",
    "whole_manifest",
    "wire",
    "with_cluster_dns",
    "with_standard_services",
]
