"""What names may look like: Kubernetes objects, DNS names, ports. Each test answers with a
sentence, or nothing."""

from __future__ import annotations

import re
from ipaddress import ip_address

LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
"""RFC 1123, as namespaces and Services are named."""

PORT_NAME = re.compile(r"(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*")
"""IANA_SVC_NAME: at least one letter, no hyphen at either end and no two in a row."""

_DNS_LABEL = re.compile(r"[a-z0-9_]([-a-z0-9_]*[a-z0-9_])?")
_IPV4_LIKE = re.compile(r"[0-9.]+")

NAME_MOST = 253
LABEL_MOST = 63
PORT_NAME_MOST = 15


def is_address(text: str) -> bool:
    """An IPv4 or IPv6 address, without brackets and without a zone."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def is_namespace(text: str) -> bool:
    """Could a namespace have this name."""
    return len(text) <= LABEL_MOST and LABEL.fullmatch(text) is not None


def object_name_problem(text: str) -> str:
    """Why no object can have this name; empty when one can."""
    if not text:
        return "the name is missing"
    if len(text) > NAME_MOST:
        return f"the name is longer than {NAME_MOST} characters"
    if not all(LABEL.fullmatch(part) for part in text.split(".")):
        return f"`{text}` is not a name of an object: lower case letters, digits, `-` and `.` only"
    return ""


def host_problem(text: str) -> str:
    """Why this is neither an address nor a DNS name; empty when it is one. A final dot is fine."""
    if not text:
        return "the host is missing"
    if is_address(text):
        return ""
    if ":" in text or "%" in text:
        return f"`{text}` is not an IPv6 address"
    if _IPV4_LIKE.fullmatch(text):
        return f"`{text}` is not an IPv4 address"
    name = text.removesuffix(".").lower()
    if len(name) > NAME_MOST or any(len(label) > LABEL_MOST for label in name.split(".")):
        return f"`{text}` is too long for a DNS name"
    if not all(_DNS_LABEL.fullmatch(label) for label in name.split(".")):
        return f"`{text}` is not a DNS name or an address"
    return ""


def port_problem(port: int | str) -> str:
    """Why this is neither a port number nor the name of a port; empty when it is one."""
    if isinstance(port, int):
        return "" if 1 <= port <= 65535 else f"port {port} is not between 1 and 65535"
    if len(port) > PORT_NAME_MOST or not PORT_NAME.fullmatch(port):
        return (
            f"`{port}` is not a port: a number, or a name of at most {PORT_NAME_MOST} letters, "
            "digits and `-`"
        )
    return ""
