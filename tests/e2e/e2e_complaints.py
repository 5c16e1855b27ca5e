"""Workloads that fail, each in a namespace of its own, with clients that really are what they say:
curl, wget, psql, node, ssh, git, perl and python of the machine that the testbed runs on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from test_e2e_why import namespace, policy, server, service, workload

Object = Mapping[str, Any]
PAUSE = "testbed.local/pause:1"
_PROGRAMS = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib64",
    "/etc/ssl",
    "/etc/alternatives",
    "/etc/passwd",
)
DNS = {"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]}
NODE = "fetch('http://db:8080/', {signal: AbortSignal.timeout(4000)}).catch(e => console.error(e))"
PERL = (
    "use IO::Socket::INET; my $a = 'dbx:8080'; IO::Socket::INET->new(PeerAddr => $a, Timeout => 3)"
    ' or print STDERR "Can\'t connect to $a ($@)\\n"'
)
PYTHON = (
    "import json, sys, urllib.request as u\n"
    "url = 'http://db:8080/orders'\n"
    "try: u.urlopen(url, timeout=3)\n"
    "except Exception as e: print(json.dumps({'level': 'error', 'msg': 'call failed', 'url': url,"
    " 'error': str(e)}), file=sys.stderr)\n"
)


def program(*command: str, name: str = "api", init: bool = False) -> Object:
    """A pod that runs a program of the machine again and again, and is not well."""
    words = " ".join(f"'{word}'" if "'" not in word else f'"{word}"' for word in command)
    line = f"while :; do {words}; sleep 1; done"
    container: dict[str, Any] = {
        "name": name,
        "image": PAUSE,
        "command": ["/bin/sh", "-c", line],
        "env": [
            {"name": "PATH", "value": "/usr/bin:/bin:/usr/sbin:/sbin"},
            {"name": "HOME", "value": "/"},
        ],
        "volumeMounts": [
            {"name": path.strip("/").replace("/", "-"), "mountPath": path, "readOnly": True}
            for path in _PROGRAMS
        ],
    }
    if not init:
        container["readinessProbe"] = {"exec": {"command": ["/bin/false"]}, "periodSeconds": 2}
    waits = {"name": "main", "image": PAUSE}
    containers = (
        {"initContainers": [container], "containers": [waits]}
        if init
        else {"containers": [container]}
    )
    return {
        **containers,
        "terminationGracePeriodSeconds": 0,
        "enableServiceLinks": False,
        "volumes": [
            {"name": path.strip("/").replace("/", "-"), "hostPath": {"path": path}}
            for path in _PROGRAMS
        ],
    }


def pods(space: str, spec: Object, name: str = "api") -> Object:
    return workload(name, space, spec)


@dataclass(frozen=True)
class Incident:
    """One namespace's world, and what is wrong in it."""

    name: str
    cause: tuple[str, ...]
    """Findings of which the first one has to be one."""
    objects: tuple[Object, ...]
    says: str = "api"
    """The Deployment whose log tells of it; empty: an event or a condition does."""
    asks: str = ""
    """What is asked about; empty: the namespace."""


def _serving(space: str, image: str, **choices: Any) -> tuple[Object, ...]:
    return namespace(space), server(space, image), service(space, **choices)


def _argument(container: Object, code: str) -> Object:
    """The program's code by an environment variable: no shell quotes it."""
    return {**container, "env": [*container["env"], {"name": "CODE", "value": code}]}


def coded(language: str) -> Object:
    """A pod that runs a few lines of a language."""
    command, code = {
        "node": ('node -e "$CODE"', NODE),
        "perl": ('perl -e "$CODE"', PERL),
        "python": ('python3 -c "$CODE"', PYTHON),
    }[language]
    spec = dict(program("true"))
    container = dict(spec["containers"][0])
    container["command"] = ["/bin/sh", "-c", f"while :; do {command}; sleep 1; done"]
    spec["containers"] = [_argument(container, code)]
    return spec


def incidents(image: str) -> tuple[Incident, ...]:
    """All of them."""
    curl = program("curl", "-sS", "--max-time", "3", "http://db:8080/")
    ssh_options = ("-o", "ConnectTimeout=3", "-o", "StrictHostKeyChecking=no")
    return (
        Incident(
            "complains-curl",
            ("egress-policy-missing-port",),
            (
                *_serving("complains-curl", image),
                pods("complains-curl", curl),
                policy("complains-curl", "api", "Egress", [DNS, {"ports": [{"port": 443}]}]),
            ),
        ),
        Incident(
            "complains-wget",
            (
                "ingress-policy-missing-peer",
                "policy-peer-selects-nothing",
                "policy-peer-namespace",
                "policy-namespace-label",
            ),
            (
                *_serving("complains-wget", image),
                pods(
                    "complains-wget",
                    program("wget", "-T", "3", "-t", "1", "-O", "-", "http://db:8080/"),
                ),
                policy(
                    "complains-wget",
                    "db",
                    "Ingress",
                    [
                        {
                            "from": [{"podSelector": {"matchLabels": {"app": "web"}}}],
                            "ports": [{"port": 8080}],
                        }
                    ],
                ),
            ),
        ),
        Incident(
            "complains-psql",
            ("service-without-endpoints",),
            (
                *_serving("complains-psql", image, app="database"),
                pods(
                    "complains-psql",
                    program(
                        "psql", "host=db port=8080 user=app connect_timeout=3", "-c", "select 1"
                    ),
                ),
            ),
        ),
        Incident(
            "complains-node",
            ("service-target-port", "nothing-listens"),
            (
                *_serving("complains-node", image, target=8081),
                pods("complains-node", coded("node")),
            ),
        ),
        Incident(
            "complains-ssh",
            ("egress-policy-missing-port",),
            (
                namespace("complains-ssh"),
                pods("complains-ssh", program("ssh", *ssh_options, "git@github.com")),
                policy("complains-ssh", "api", "Egress", [DNS, {"ports": [{"port": 443}]}]),
            ),
        ),
        Incident(
            "complains-git",
            ("egress-policy-missing-port", "egress-policy-missing-peer"),
            (
                namespace("complains-git"),
                pods("complains-git", program("git", "ls-remote", "https://github.com/owner/repo")),
                policy("complains-git", "api", "Egress", [DNS]),
            ),
        ),
        Incident(
            "complains-perl",
            # The testbed's cluster DNS forwards to nobody, so it cannot say that there is no such name.
            ("no-such-name", "dns-upstream-unreachable"),
            (*_serving("complains-perl", image), pods("complains-perl", coded("perl"))),
        ),
        Incident(
            "complains-python",
            ("cluster-dns-denied", "egress-policy-missing-port"),
            (
                *_serving("complains-python", image),
                pods("complains-python", coded("python")),
                policy("complains-python", "api", "Egress", [{"ports": [{"port": 8080}]}]),
            ),
        ),
        Incident(
            "complains-init",
            ("ingress-policy-missing-port",),
            (
                *_serving("complains-init", image),
                pods(
                    "complains-init",
                    program("curl", "-sS", "--max-time", "3", "http://db:8080/", init=True),
                ),
                policy("complains-init", "db", "Ingress", [{"ports": [{"port": 5432}]}]),
            ),
        ),
        Incident(
            "complains-unready",
            ("pods-not-ready", "service-without-endpoints"),
            (
                namespace("complains-unready"),
                _never_ready(server("complains-unready", image)),
                service("complains-unready"),
                pods("complains-unready", curl),
            ),
        ),
        Incident(
            "complains-default",
            ("egress-default-deny", "cluster-dns-denied"),
            (
                *_serving("complains-default", image),
                pods("complains-default", curl),
                policy("complains-default", "api", "Egress", []),
            ),
        ),
        Incident(
            "complains-ports",
            ("service-port-unknown",),
            (
                *_serving("complains-ports", image),
                pods(
                    "complains-ports",
                    program("curl", "-sS", "--max-time", "3", "http://db:9090/"),
                ),
            ),
        ),
        _kustomization(image),
        _webhook(image),
    )


def _never_ready(made: Any) -> Object:
    container = made["spec"]["template"]["spec"]["containers"][0]
    container["readinessProbe"] = {"exec": {"command": ["false"]}, "periodSeconds": 2}
    return made  # type: ignore[no-any-return]  # a manifest, as JSON has it


def _kustomization(image: str) -> Incident:
    """A condition of an object whose controller cannot reach another one."""
    space = "complains-flux"
    group = "kustomize.toolkit.fluxcd.io"
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    names = {"kind": "Kustomization", "plural": "kustomizations", "singular": "kustomization"}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"kustomizations.{group}"},
        "spec": {
            "group": group,
            "names": names,
            "scope": "Namespaced",
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": schema},
                }
            ],
        },
    }
    message = (
        "failed to download archive: GET http://db.complains-flux.svc.cluster.local.:8080/a.tar.gz "
        'giving up after 10 attempt(s): Get "http://db.complains-flux.svc.cluster.local.:8080/'
        'a.tar.gz": dial tcp: i/o timeout'
    )
    condition = {"type": "Ready", "status": "False", "reason": "ArtifactFailed", "message": message}
    stuck = {
        "apiVersion": f"{group}/v1",
        "kind": "Kustomization",
        "metadata": {"name": "apps", "namespace": space},
        "spec": {},
        "status": {"conditions": [condition]},
    }
    controller = server(space, image)
    controller["metadata"]["name"] = "kustomize-controller"
    labels = {"app": "kustomize-controller"}
    controller["spec"]["selector"]["matchLabels"] = labels
    controller["spec"]["template"]["metadata"]["labels"] = labels
    return Incident(
        space,
        ("egress-policy-missing-port",),
        (
            definition,
            *_serving(space, image),
            controller,
            policy(space, "kustomize-controller", "Egress", [DNS, {"ports": [{"port": 9090}]}]),
            stuck,
        ),
        says="",
        asks="kustomization/apps.complains-flux",
    )


def _webhook(image: str) -> Incident:
    """A webhook that the API server cannot reach keeps a Deployment without pods."""
    space = "complains-hook"
    config = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": "complains"},
        "webhooks": [
            {
                "name": "check.complains.example",
                "clientConfig": {
                    "service": {"name": "db", "namespace": space, "port": 8080, "path": "/"}
                },
                "namespaceSelector": {
                    "matchLabels": {"kubernetes.io/metadata.name": "complains-hook"}
                },
                "objectSelector": {"matchLabels": {"app": "blocked"}},
                "rules": [
                    {
                        "apiGroups": [""],
                        "apiVersions": ["v1"],
                        "operations": ["CREATE"],
                        "resources": ["pods"],
                    }
                ],
                "failurePolicy": "Fail",
                "sideEffects": "None",
                "admissionReviewVersions": ["v1"],
                "timeoutSeconds": 3,
            }
        ],
    }
    blocked = server(space, image)
    blocked["metadata"]["name"] = "blocked"
    blocked["spec"]["selector"]["matchLabels"] = {"app": "blocked"}
    blocked["spec"]["template"]["metadata"]["labels"] = {"app": "blocked"}
    return Incident(
        space,
        ("service-target-port", "nothing-listens"),
        (*_serving(space, image, target=8081), config, blocked),
        says="",
    )
