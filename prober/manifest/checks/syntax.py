"""The syntax of names, labels and ports, as `k8s.io/apimachinery/pkg/util/validation` checks it.

Each function gives what is wrong in words that complete "… ", or an empty string.
"""

from __future__ import annotations

import re

_LABEL_1123 = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_LABEL_1035 = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_QUALIFIED = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_PORT_NAME = re.compile(r"[-a-z0-9]+")


def dns_label(name: str) -> str:
    """RFC 1123 label: Namespaces, Service port names."""
    if len(name) > 63:
        return "must be no more than 63 characters"
    if not _LABEL_1123.fullmatch(name):
        return (
            "must consist of lower case letters, digits and '-', and start and end with a letter "
            "or digit"
        )
    return ""


def dns_label_1035(name: str) -> str:
    """RFC 1035 label: Services."""
    if len(name) > 63:
        return "must be no more than 63 characters"
    if not _LABEL_1035.fullmatch(name):
        return (
            "must consist of lower case letters, digits and '-', start with a letter and end "
            "with a letter or digit"
        )
    return ""


def dns_subdomain(name: str) -> str:
    """RFC 1123 subdomain: nearly all other objects."""
    if len(name) > 253:
        return "must be no more than 253 characters"
    if not _SUBDOMAIN.fullmatch(name):
        return (
            "must consist of lower case letters, digits, '-' and '.', and start and end with a "
            "letter or digit"
        )
    return ""


def path_segment(name: str) -> str:
    """What can stand in a URL's path: the names of RBAC objects, such as `system:coredns`."""
    return (
        "must not be `.` or `..`, nor have `/` or `%` in it"
        if name in (".", "..") or set("/%") & set(name)
        else ""
    )


def label_key(key: str) -> str:
    """A qualified name: `name` or `prefix/name`."""
    prefix, slash, name = key.rpartition("/")
    if "/" in prefix or (slash and (not prefix or dns_subdomain(prefix))):
        return "must have the form NAME or PREFIX/NAME, with a DNS name as its prefix"
    if len(name) > 63:
        return "must have a name part of no more than 63 characters"
    if not _QUALIFIED.fullmatch(name):
        return (
            "must consist of letters, digits, '-', '_' and '.', and start and end with a letter "
            "or digit"
        )
    return ""


def label_value(value: str) -> str:
    """A label's value, which may be empty."""
    if len(value) > 63:
        return "must be no more than 63 characters"
    if value and not _QUALIFIED.fullmatch(value):
        return (
            "must consist of letters, digits, '-', '_' and '.', and start and end with a letter "
            "or digit"
        )
    return ""


def port_name(name: str) -> str:
    """IANA_SVC_NAME of RFC 6335."""
    if len(name) > 15:
        return "must be no more than 15 characters"
    if not _PORT_NAME.fullmatch(name):
        return "must contain only lower case letters, digits and '-'"
    if not re.search("[a-z]", name):
        return "must contain at least one letter"
    if "--" in name:
        return "must not contain consecutive hyphens"
    if name.startswith("-") or name.endswith("-"):
        return "must not begin or end with a hyphen"
    return ""


def port_number(number: int) -> str:
    """A TCP, UDP or SCTP port."""
    return "" if 1 <= number <= 65535 else "must be between 1 and 65535"
