"""A run as a bundle to attach to a ticket: what was seen, what decided it, and what the cluster
said meanwhile.

- *part*      one file of the bundle; *gap*: something that belongs into it and is not there, with
  the reason
- `contents`  PURE: a run's record and what was collected, as files, everything redacted, and a
  README about what is in it and what is not
- `record`    PURE: the record without what nobody should hand around
- `lab`       PURE: the same of a lab's own document
- `world`     the manifests that a lab was built from, as parts
- `pack`      parts into a directory or a .tar.gz

What a cluster has to say is collected by `prober.fabric.kubernetes.reading.collecting`.
"""

from prober.bundle.contents import bundle
from prober.bundle.pack import check_target, pack
from prober.bundle.world import world_parts
from prober.model.bundle import Collection, Gap, Part

__all__ = ["Collection", "Gap", "Part", "bundle", "check_target", "pack", "world_parts"]
