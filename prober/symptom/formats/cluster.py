"""What a cluster's own components say where Go's texts do not say it all: kubelet, API server,
CoreDNS."""

from __future__ import annotations

from prober.symptom.form import Format, shape
from prober.symptom.model import Direction, Failure

FORMATS = (
    Format(
        "coredns: a query that its upstream did not answer",
        "https://coredns.io/plugins/errors/",
        "plugin/errors: ",
        shape(
            r"plugin/errors: \d{1,3}+ «host» [A-Z0-9]{1,8}+: (?:unreachable backend: )?(?:read|"
            r"write|dial) (?P<protocol>udp|tcp)[46]? "
            r"(?:[^\s>]{2,90}+>)?«server» (?P<error>[^\n]{1,120}+)"
        ),
        lookup=True,
        joins=False,
    ),
    Format(
        "kubelet: an NFS mount",
        "https://man7.org/linux/man-pages/man8/mount.nfs.8.html (utils/mount/stropts.c)",
        " -t nfs",
        shape(r" -t nfs4? (?:-o \S{1,200}+ )?(?P<target>[\w.-]{1,253}+|\[[0-9a-f:]{2,60}+\]):/"),
        also=("mount.nfs",),
        unless=("failed to resolve", "access denied by server"),
        reach=900,
        direction=Direction.PROBE,
        joins=False,
    ),
    Format(
        "kubelet: an NFS server that mount.nfs names",
        "https://man7.org/linux/man-pages/man8/mount.nfs.8.html (utils/mount/error.c)",
        "mount.nfs",
        shape(
            r"mount\.nfs4?: (?P<error>[^\n:]{1,60}?) for (?P<target>[\w.-]{1,253}+|"
            r"\[[0-9a-f:]{2,60}+\]):/"
        ),
        joins=False,
    ),
    Format(
        "kubelet: a gRPC probe",
        "https://github.com/kubernetes/kubernetes (pkg/probe/grpc/grpc.go)",
        "timeout: failed to connect service",
        shape(r"timeout: (?=failed to connect service)failed to connect service \\?\"«target»"),
        failure=Failure.TIMEOUT,
        said=True,
    ),
    Format(
        "kubelet: an NFS server's name",
        "https://man7.org/linux/man-pages/man8/mount.nfs.8.html (support/nfs)",
        "failed to resolve server",
        shape(r"mount\.nfs4?: failed to resolve server «host»: (?P<error>[^\n]{1,80}+)"),
        failure=Failure.NO_SUCH_HOST,
        direction=Direction.PROBE,
        joins=False,
    ),
    Format(
        "api server: a webhook whose Service has nobody behind it",
        "https://github.com/kubernetes/kubernetes (staging/src/k8s.io/apiserver/pkg/util/proxy)",
        "no endpoints available for service",
        shape(
            r"(?:post|get) \\?\"«url»\\?\": (?:no endpoints available for service|endpoints \\?\")"
        ),
        failure=Failure.UNKNOWN,
        said=True,
        direction=Direction.WEBHOOK,
    ),
)
