"""A node: containerd, kubelet and kube-proxy in one network namespace."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

from testbed.layout import (
    BIN,
    CGROUP,
    CGROUPS,
    DNS_SERVICE,
    OUTSIDE,
    PAUSE_IMAGE,
    PKI,
    POD_CIDR,
    SOCKETS,
    STATE,
    kubeconfig_path,
    netns,
    node_address,
    pod_cidr,
)
from testbed.pki import Authority
from testbed.policy import Policy
from testbed.requirements import CNI_PLUGINS
from testbed.shell import kubectl, sh, spawn, succeeds, wait

_KUBERNETES = str(BIN / "kubernetes")
_CONTROLLERS = (
    "cpu",
    "cpuacct",
    "cpuset",
    "memory",
    "pids",
    "devices",
    "freezer",
    "blkio",
    "systemd",
    "hugetlb",
)


def start_node(name: str, policy: Policy, authority: Authority, images: Iterable[Path]) -> None:
    """Start a node and wait until the API knows it."""
    root = STATE / name
    (root / "cni").mkdir(parents=True)
    _containerd(name, root, policy)
    for archive in images:
        import_image(name, archive)
    authority.user(f"system:node:{name}", "system:nodes", file=name)
    _cgroups(name)
    _kubelet(name, root)
    _kube_proxy(name, root)
    wait(
        f"{name} registration",
        lambda: bool(kubectl("get", "node", name, "-o", "name", check=False)),
    )
    cidr = pod_cidr(name)
    kubectl(
        "patch", "node", name, "-p", json.dumps({"spec": {"podCIDR": cidr, "podCIDRs": [cidr]}})
    )
    policy.start(name)


def start_kube_proxy(name: str) -> None:
    """Start the node's kube-proxy, for the first time or again."""
    config = str(STATE / name / "proxy.yaml")
    spawn(f"{name}-kube-proxy", _KUBERNETES, "kube-proxy", f"--config={config}", netns=netns(name))


def start_kubelet(name: str) -> None:
    """Start the node's kubelet, for the first time or again: containers live on without it."""
    root = STATE / name
    spawn(
        f"{name}-kubelet",
        _KUBERNETES,
        "kubelet",
        f"--config={root}/kubelet.yaml",
        f"--kubeconfig={kubeconfig_path(name)}",
        f"--root-dir={root}/kubelet",
        f"--cert-dir={root}/certs",
        f"--hostname-override={name}",
        f"--node-ip={node_address(name)}",
        netns=netns(name),
    )


def import_image(node: str, archive: Path) -> None:
    """Make an image known to the node."""
    sh("ctr", "-a", str(_socket(node)), "-n", "k8s.io", "images", "import", str(archive))


def _socket(name: str) -> Path:
    return SOCKETS / f"{name}.sock"


def _containerd(name: str, root: Path, policy: Policy) -> None:
    network = {
        "cniVersion": policy.cni_version,
        "name": "testbed",
        "plugins": policy.plugins(name, root),
    }
    (root / "cni" / "10-testbed.conflist").write_text(json.dumps(network))
    # restrict_oom_score_adj: without CAP_SYS_RESOURCE no sandbox would start otherwise.
    (root / "containerd.toml").write_text(f"""\
version = 2
root = "{root}/containerd"
state = "{SOCKETS}/{name}"
[grpc]
  address = "{_socket(name)}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{PAUSE_IMAGE}"
  stream_server_address = "127.0.0.1"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{_cni_programs(root, policy)}"
    conf_dir = "{root}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
""")
    spawn(
        f"{name}-containerd",
        "containerd",
        "--config",
        str(root / "containerd.toml"),
        netns=netns(name),
        env=policy.runtime_environment(name),
    )
    wait(f"{name} containerd", lambda: succeeds("ctr", "-a", str(_socket(name)), "version"))


def _cni_programs(root: Path, policy: Policy) -> Path:
    """The folder of CNI plugins: the machine's own, or those and the engine's."""
    if not policy.cni_program:
        return CNI_PLUGINS
    folder = root / "cni-bin"
    shutil.copytree(CNI_PLUGINS, folder)
    shutil.copy(BIN / policy.cni_program, folder)
    return folder


def _cgroups(name: str) -> None:
    for controller in _CONTROLLERS:
        top = CGROUPS / controller
        if not top.is_dir():
            continue
        (top / CGROUP / name).mkdir(parents=True, exist_ok=True)
        if controller == "cpuset":  # empty in a new group, and then nothing may run in it
            for group in (top / CGROUP, top / CGROUP / name):
                for file in ("cpuset.cpus", "cpuset.mems"):
                    (group / file).write_text((top / file).read_text())


def _kubelet(name: str, root: Path) -> None:
    (root / "resolv.conf").write_text(f"nameserver {OUTSIDE}\n")
    config = {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": node_address(name),
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": f"{PKI}/ca.crt"},
        },
        "authorization": {"mode": "Webhook"},
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{CGROUP}/{name}",
        "cgroupsPerQOS": True,
        "enforceNodeAllocatable": [],
        "failCgroupV1": False,
        "failSwapOn": False,
        "clusterDNS": [DNS_SERVICE],
        "clusterDomain": "cluster.local",
        "containerRuntimeEndpoint": f"unix://{_socket(name)}",
        "resolvConf": f"{root}/resolv.conf",
        "staticPodPath": "",
        "healthzBindAddress": "127.0.0.1",
        "imageGCHighThresholdPercent": 100,
        "evictionHard": {
            "memory.available": "100Mi",
            "nodefs.available": "1%",
            "imagefs.available": "1%",
        },
        "maxPods": 110,
        "podLogsDir": f"{root}/pod-logs",
        "shutdownGracePeriod": "0s",
        "volumePluginDir": f"{root}/volume-plugins",
    }
    (root / "kubelet.yaml").write_text(json.dumps(config))
    start_kubelet(name)


def _kube_proxy(name: str, root: Path) -> None:
    config = {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "nftables",
        "bindAddress": node_address(name),
        "clusterCIDR": POD_CIDR,
        "hostnameOverride": name,
        "metricsBindAddress": "127.0.0.1:10249",
        "healthzBindAddress": "127.0.0.1:10256",
        "clientConnection": {"kubeconfig": str(kubeconfig_path("kube-proxy"))},
        "conntrack": {"maxPerCore": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
    }
    (root / "proxy.yaml").write_text(json.dumps(config))
    start_kube_proxy(name)
