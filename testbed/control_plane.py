"""etcd, API server, controller manager and scheduler, in a network namespace of their own."""

from __future__ import annotations

from testbed.layout import API, BIN, CONTROL_PLANE, PKI, SERVICE_CIDR, STATE, kubeconfig_path
from testbed.pki import Authority, write_kubeconfig
from testbed.shell import end_daemon, kubectl, spawn, wait

_KUBERNETES = str(BIN / "kubernetes")
_ETCD = "http://127.0.0.1:2379"


def start_control_plane(authority: Authority) -> None:
    """Start all of it, and wait until the API answers."""
    _etcd()
    _api_server()
    write_kubeconfig("admin")
    for component in ("kube-controller-manager", "kube-scheduler", "kube-proxy"):
        authority.user(f"system:{component}", file=component)
    wait("kube-apiserver", lambda: kubectl("get", "--raw", "/readyz", check=False) == "ok")
    _controllers()


def restart_api_server(*options: str) -> None:
    """End every watch, as an upgrade of it does: clients come back, and their rights are looked at
    again. The options are those of the API server, besides its usual ones."""
    stop_api_server()
    _api_server(*options)
    _wait_for_the_api()


def stop_api_server() -> None:
    """End it: nobody can ask the cluster anything until `start_api_server`. Pods go on."""
    end_daemon("kube-apiserver")


def start_api_server() -> None:
    """Start it again, and wait until it answers."""
    _api_server()
    _wait_for_the_api()


def _wait_for_the_api() -> None:
    wait("kube-apiserver", lambda: kubectl("get", "--raw", "/readyz", check=False) == "ok")


def _etcd() -> None:
    spawn(
        "etcd",
        str(BIN / "etcd"),
        "--data-dir",
        str(STATE / "etcd"),
        "--unsafe-no-fsync",
        "--listen-client-urls",
        _ETCD,
        "--advertise-client-urls",
        _ETCD,
        "--listen-peer-urls",
        "http://127.0.0.1:2380",
        netns=CONTROL_PLANE,
    )


def _api_server(*options: str) -> None:
    spawn(
        "kube-apiserver",
        _KUBERNETES,
        "kube-apiserver",
        f"--etcd-servers={_ETCD}",
        f"--advertise-address={API}",
        f"--bind-address={API}",
        f"--service-cluster-ip-range={SERVICE_CIDR}",
        "--service-node-port-range=30000-32767",
        "--authorization-mode=Node,RBAC",
        "--allow-privileged=true",
        "--kubelet-preferred-address-types=InternalIP",
        # What refuses probe pods in other clusters refuses them here too.
        "--enable-admission-plugins=OwnerReferencesPermissionEnforcement",
        f"--client-ca-file={PKI}/ca.crt",
        f"--tls-cert-file={PKI}/apiserver.crt",
        f"--tls-private-key-file={PKI}/apiserver.key",
        f"--kubelet-client-certificate={PKI}/admin.crt",
        f"--kubelet-client-key={PKI}/admin.key",
        f"--service-account-key-file={PKI}/sa.pub",
        f"--service-account-signing-key-file={PKI}/sa.key",
        "--service-account-issuer=https://kubernetes.default.svc",
        *options,
        netns=CONTROL_PLANE,
    )


def _controllers() -> None:
    spawn(
        "kube-controller-manager",
        _KUBERNETES,
        "kube-controller-manager",
        f"--kubeconfig={kubeconfig_path('kube-controller-manager')}",
        "--allocate-node-cidrs=false",
        f"--service-account-private-key-file={PKI}/sa.key",
        f"--root-ca-file={PKI}/ca.crt",
        "--use-service-account-credentials=true",
        "--leader-elect=false",
        "--bind-address=127.0.0.1",
        netns=CONTROL_PLANE,
    )
    spawn(
        "kube-scheduler",
        _KUBERNETES,
        "kube-scheduler",
        f"--kubeconfig={kubeconfig_path('kube-scheduler')}",
        "--leader-elect=false",
        "--bind-address=127.0.0.1",
        netns=CONTROL_PLANE,
    )
