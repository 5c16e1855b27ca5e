"""The manifests, as plain data, and putting them into a cluster.

Their one home is here, because roles come from the table of rights, and settings change more than
one object. The `manifests/` of the repository are written from it (`prober manifests --kustomize
DIR`) and tested to be the same.

- `names`      PURE: what can be chosen, what the objects are called, and their labels
- `space`      PURE: the namespaces and the service accounts
- `roles`      PURE: the table of rights → roles and their bindings
- `agents`     PURE: the DaemonSet, without rights or with those to enter pods
- `runs`       PURE: a Job and a CronJob that run scenarios in the cluster
- `operator`   PURE: the Deployment that runs Scenario objects
- `page`       PURE: the Deployment that shows their runs
- `server_secrets`      PURE: a Secret that guards a port
- `kinds`      the CustomResourceDefinitions, which are a file
- `monitoring` PURE: who is scraped, alerts, a dashboard
- `network_policies` PURE: what prober's own pods may reach, and who may reach them
- `bundle`     PURE: which objects belong together
- `kustomize`  PURE: the files of `manifests/`
- `put`        objects into a cluster, and out of it
- `lifecycle`  apply a bundle, wait until its agents are ready, take it away
"""

from prober.fabric.kubernetes.client.rights import ASSIGNMENT
from prober.fabric.kubernetes.installation.bundle import everything
from prober.fabric.kubernetes.installation.kinds import FILE as DEFINITIONS_FILE
from prober.fabric.kubernetes.installation.kustomize import to_yaml, tree
from prober.fabric.kubernetes.installation.lifecycle import install, start, uninstall
from prober.fabric.kubernetes.installation.names import PAGE, Choices, PageChoices
from prober.fabric.kubernetes.installation.page import PORT as PAGE_PORT
from prober.fabric.kubernetes.installation.runs import NAME as RUN_NAME, run_manifests

__all__ = [
    "ASSIGNMENT",
    "DEFINITIONS_FILE",
    "PAGE",
    "PAGE_PORT",
    "RUN_NAME",
    "Choices",
    "PageChoices",
    "everything",
    "install",
    "run_manifests",
    "start",
    "to_yaml",
    "tree",
    "uninstall",
]
