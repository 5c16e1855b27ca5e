"""Secrets planted in every place of every kind: none may come out of a bundle or a snapshot.

In objects the place alone decides, so those secrets are plain words that look like nothing. In text, where
only the form can tell, each stands in a form in which programs print secrets.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from itertools import count
from typing import Any

_NUMBERS = count(1)
planted: list[str] = []
"""Every secret, as it must not come out."""


def word() -> str:
    """A new secret that looks like nothing."""
    secret = f"plantedword{next(_NUMBERS):03}"
    planted.append(secret)
    return secret


def token() -> str:
    """A new secret in base64, which stands for whatever is encoded so."""
    secret = base64.b64encode(f"Planted-{next(_NUMBERS):03}-S3cr3t!".encode()).decode()
    planted.append(secret.rstrip("="))
    return secret


def jwt() -> str:
    head = base64.urlsafe_b64encode(b'{"alg":"RS256","typ":"JWT"}').decode().rstrip("=")
    body = base64.urlsafe_b64encode(json.dumps({"sub": f"x{next(_NUMBERS)}"}).encode()).decode()
    planted.append(body.rstrip("="))
    return f"{head}.{body.rstrip('=')}.{token().rstrip('=')}"


def pem(kind: str = "RSA PRIVATE KEY") -> str:
    return f"-----BEGIN {kind}-----\n{token()}\n{word()}\n-----END {kind}-----"


def kubeconfig() -> str:
    user = f"{{client-key-data: {token()}, token: {word()}, password: {word()}}}"
    return f"apiVersion: v1\nkind: Config\nusers:\n- name: admin\n  user: {user}\n"


def dockerconfig() -> str:
    auth = {"auths": {"registry.example": {"auth": token(), "password": word()}}}
    return base64.b64encode(json.dumps(auth).encode()).decode()


def last_applied() -> str:
    return json.dumps({"spec": {"containers": [{"env": [{"name": "A", "value": word()}]}]}})


def metadata(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": "shop",
        "labels": {"app": name},
        "annotations": {
            "kubectl.kubernetes.io/last-applied-configuration": last_applied(),
            "vault.example/token": word(),
            word(): "x",
        },
        "managedFields": [{"manager": word(), "fieldsV1": {f"f:{word()}": {}}}],
        "finalizers": [f"example.com/{word()}"],
    }


def container(name: str) -> dict[str, Any]:
    probe = {
        "httpGet": {
            "path": f"/health?token={word()}",
            "port": 80,
            "httpHeaders": [{"name": "Authorization", "value": f"Basic {word()}"}],
        },
        "exec": {"command": ["check", "--password", word()]},
    }
    return {
        "name": name,
        "image": f"registry.example/web:1@sha256:{'0' * 64}",
        "command": ["sh", "-c", f"export KEY={word()}"],
        "args": [f"--token={word()}", "--password", word(), word()],
        "env": [
            {"name": "DB_PASSWORD", "value": word()},
            {"name": "PLAIN", "value": word()},
            {"name": "HTTPS_PROXY", "value": f"http://user:{word()}@proxy.example:3128/{word()}"},
            {"name": "http_proxy", "value": f"{word()}:{word()}@proxy.example:3128"},
            {"name": "ALL_PROXY", "value": f"socks5://proxy.example:1080?auth={word()}"},
            {"name": "NO_PROXY", "value": f"localhost,10.0.0.0/8,pass {word()}"},
            {"name": "FROM", "valueFrom": {"secretKeyRef": {"name": "s", "key": word()}}},
        ],
        "envFrom": [{"prefix": word(), "secretRef": {"name": word()}}],
        "volumeMounts": [{"name": "v", "mountPath": f"/{word()}", "subPathExpr": word()}],
        "livenessProbe": probe,
        "readinessProbe": probe,
        "startupProbe": probe,
        "lifecycle": {"postStart": {"exec": {"command": [word()]}}},
        "workingDir": f"/{word()}",
        "terminationMessagePath": f"/{word()}",
        "ports": [{"containerPort": 80, "name": "http"}],
    }


def pod_spec() -> dict[str, Any]:
    return {
        "containers": [container("web")],
        "initContainers": [container("init")],
        "ephemeralContainers": [container("debug")],
        "volumes": [
            {"name": "flex", "flexVolume": {"driver": "x", "options": {"password": word()}}},
            {"name": "csi", "csi": {"driver": "x", "volumeAttributes": {"key": word()}}},
            {"name": "rbd", "rbd": {"user": word(), "keyring": word()}},
            {"name": "projected", "projected": {"sources": [{"secret": {"name": word()}}]}},
        ],
        "imagePullSecrets": [{"name": word()}],
        "hostAliases": [{"ip": "203.0.113.1", "hostnames": [word()]}],
        "nodeName": "n1",
    }


def pod_status() -> dict[str, Any]:
    ended = {"reason": "Error", "exitCode": 1, "message": word()}
    state = {"name": "web", "state": {"terminated": ended}, "lastState": {"terminated": ended}}
    waiting = {"name": "init", "state": {"waiting": {"reason": "x", "message": word()}}}
    return {
        "phase": "Failed",
        "message": word(),
        "conditions": [{"type": "Ready", "status": "False", "message": word()}],
        "containerStatuses": [state, waiting],
        "podIP": "198.18.0.1",
    }


def objects() -> Iterator[dict[str, Any]]:
    """Every kind that is read, and every kind that has secrets, with secrets wherever one fits."""
    core, apps = {"apiVersion": "v1"}, {"apiVersion": "apps/v1"}
    yield {
        **core,
        "kind": "Pod",
        "metadata": metadata("web"),
        "spec": pod_spec(),
        "status": pod_status(),
    }
    template = {"metadata": metadata("t"), "spec": pod_spec()}
    for kind in ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"):
        spec = {
            "selector": {"matchLabels": {"app": "t"}}, "template": template,
            "volumeClaimTemplates": [{"metadata": {"annotations": {"a": word()}}}],
        }  # fmt: skip
        status = {"conditions": [{"type": "Failed", "status": "True", "message": word()}]}
        yield {
            **apps,
            "kind": kind,
            "metadata": metadata(kind.lower()),
            "spec": spec,
            "status": status,
        }
    batch = {"apiVersion": "batch/v1"}
    yield {**batch, "kind": "Job", "metadata": metadata("job"), "spec": {"template": template}}
    job = {
        "jobTemplate": {"metadata": metadata("j"), "spec": {"template": template}},
        "schedule": "* * * * *",
    }
    yield {**batch, "kind": "CronJob", "metadata": metadata("cron"), "spec": job}
    yield {**core, "kind": "Namespace", "metadata": {**metadata("shop"), "namespace": None}}
    node = {
        "spec": {"providerID": word(), "configSource": {"x": word()}},
        "status": {"nodeInfo": {"machineID": word()}},
    }
    yield {**core, "kind": "Node", "metadata": {**metadata("n1"), "namespace": None}, **node}
    service = {
        "selector": {"app": "web"},
        "ports": [{"port": 80}],
        "healthCheckNodePort": 30000,
        "x-auth": word(),
    }
    yield {**core, "kind": "Service", "metadata": metadata("web"), "spec": service}
    endpoint = {
        "addresses": ["198.18.0.1"],
        "hints": {"x": word()},
        "deprecatedTopology": {"t": word()},
    }
    slices = {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4"}
    yield {
        **slices,
        "metadata": metadata("web-1"),
        "endpoints": [endpoint],
        "ports": [{"port": 80, "appProtocol": word()}],
    }
    yield {**core, "kind": "Endpoints", "metadata": metadata("web"), "subsets": [], "x": word()}
    policy = {"podSelector": {}, "policyTypes": ["Egress"], "egress": [], "x-token": word()}
    networking = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"}
    yield {**networking, "metadata": metadata("deny"), "spec": policy}
    rights = {"apiVersion": "rbac.authorization.k8s.io/v1"}
    yield {
        **rights,
        "kind": "ClusterRole",
        "metadata": metadata("r"),
        "rules": [{"resourceNames": [word()]}],
    }
    binding = {"roleRef": {"kind": "ClusterRole", "name": "r"}, "subjects": [], "x": word()}
    yield {**rights, "kind": "ClusterRoleBinding", "metadata": metadata("b"), **binding}
    yield from _foreign()


def _foreign() -> Iterator[dict[str, Any]]:
    core = {"apiVersion": "v1"}
    data = {"data": {"password": token()}, "stringData": {"p": word()}}
    yield {**core, "kind": "Secret", "metadata": metadata("s"), **data}
    docker = {
        "type": "kubernetes.io/dockerconfigjson",
        "data": {".dockerconfigjson": dockerconfig()},
    }
    yield {**core, "kind": "Secret", "metadata": metadata("d"), **docker}
    files = {
        "kubeconfig": kubeconfig(),
        "tls.key": pem(),
        "app.properties": f"password={word()}",
        "plain": word(),
    }
    yield {
        **core,
        "kind": "ConfigMap",
        "metadata": metadata("c"),
        "data": files,
        "binaryData": {"k": token()},
    }
    account = {"secrets": [{"name": word()}], "imagePullSecrets": [{"name": word()}]}
    yield {**core, "kind": "ServiceAccount", "metadata": metadata("a"), **account}
    values = {
        "values": {"auth": {"rootPassword": word()}, "url": f"redis://:{word()}@r", "x": word()}
    }
    yield {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": metadata("h"),
        "spec": values,
    }
    git = {"url": f"https://{word()}@git.example/x", "verify": {"x": pem("PGP PRIVATE KEY BLOCK")}}
    yield {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "GitRepository",
        "metadata": metadata("g"),
        "spec": git,
    }
    yield {
        "apiVersion": "example.com/v1",
        "kind": "Database",
        "metadata": metadata("db"),
        "spec": {"a": {"b": [word()]}},
        "status": {"dsn": word()},
    }
    headers = {
        "egress": [{"toPorts": [{"rules": {"http": [{"headers": [f"X-Token: {word()}"]}]}}]}]
    }
    yield {
        "apiVersion": "cilium.io/v2",
        "kind": "CiliumNetworkPolicy",
        "metadata": metadata("l7"),
        "spec": headers,
    }
    tls = {"tls": [{"secretName": word()}], "rules": [{"host": word()}]}
    yield {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": metadata("i"),
        "spec": tls,
    }
    volume = {"csi": {"volumeAttributes": {"secret": word()}}}
    yield {**core, "kind": "PersistentVolume", "metadata": metadata("pv"), "spec": volume}
    hook = {"webhooks": [{"clientConfig": {"url": f"https://u:{word()}@h/", "caBundle": token()}}]}
    yield {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": metadata("w"),
        **hook,
    }
    yield {"apiVersion": "v2", "kind": "Pod", "metadata": metadata("strange"), "spec": pod_spec()}
    yield {
        "kind": "Pod",
        "apiVersion": "v1",
        "metadata": metadata("wrong"),
        "spec": {"containers": word()},
    }
    yield {
        "kind": "List",
        "apiVersion": "v1",
        "items": [{**core, "kind": "Secret", "metadata": metadata("in"), "data": {"x": word()}}],
    }
    yield {
        "kind": "SecretList",
        "apiVersion": "v1",
        "items": [{"metadata": metadata("l"), "data": {"x": word()}}],
    }
    yield {
        "kind": "ConfigMapList",
        "apiVersion": "v1",
        "items": [{"metadata": metadata("l"), "data": {"x": word()}}],
    }
    yield {
        "apiVersion": "v1",
        "kind": "Config",
        "users": [{"user": {"token": word(), "client-key-data": token()}}],
    }
    lab = {"nodes": 2, "password": word(), "outside": [{"name": "x", "token": word()}]}
    yield {"apiVersion": "prober.dev/v1alpha1", "kind": "Lab", **lab}
    yield {"password": word(), word(): 1}


def lines() -> Iterator[str]:
    """Text in which programs print secrets: logs, messages of events, banners, what a check is called."""
    w = word
    yield f"password={w()}"
    yield f"password: {w()} {w()}"
    yield f'{{"db_password": "{w()}", "level": "info"}}'
    yield f'msg="login" body="{{\\"token\\":\\"{w()}\\"}}"'
    yield f"DB_PASSWORD={w()} API_KEY={w()} SECRET_ACCESS_KEY='{w()}'"
    yield f"--client-secret={w()} --token {w()} --passphrase '{w()} {w()}'"
    yield f"Authorization: Bearer {w()}"
    yield f"authorization: Basic {token()}"
    yield f"Proxy-Authorization: Digest {w()}"
    yield f"Cookie: session={w()}; other={w()}"
    yield f"Set-Cookie: {w()}={w()}"
    yield f"X-Api-Key: {w()}"
    yield f"x-auth-token={w()}"
    yield f"curl -H 'X-Vault-Token: {w()}' http://vault"
    yield f"GET http://user:{w()}@web.shop/ 200"
    yield f"https://{w()}@git.example/repo.git"
    yield f"postgres://app:{w()}@db:5432/app"
    yield f"redis://:{w()}@redis:6379/0"
    yield f"amqp://a:{w()}/{w()}@mq:5672"
    yield f"dial proxy admin:{w()}@proxy.example:3128"
    yield f"GET http://web.shop/cb?code={w()}&state={w()}"
    yield f"https://bucket.example/x?X-Amz-Signature={w()}"
    yield f"got {jwt()}"
    yield f"auth {dockerconfig()}"
    yield f"value {token()}"
    yield f"key {'0123456789abcdef' * 2}{next(_NUMBERS):08x}"
    planted.append("0123456789abcdef0123456789abcdef")
    yield f"AKIA{'A1B2' * 4}"
    planted.append("A1B2A1B2")
    for prefix in ("ghp_", "glpat-", "xoxb-", "sk_live_", "hvs.", "npm_", "dckr_pat_"):
        yield f"{prefix}{w()}"
    yield f"the password is hunter{next(_NUMBERS)}planted"
    planted.append("planted\n")
    yield pem()
    yield pem("OPENSSH PRIVATE KEY")
    yield pem("EC PRIVATE KEY").replace("\n", "\\n")
    yield kubeconfig()
    yield f"private_key: {w()}"
    yield f"      - name: POSTGRES_PASSWORD\n        password: {w()}"
    yield f"webhook_url={w()} connection-string='{w()}' sasl.jaas.password={w()}"
