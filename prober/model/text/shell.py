"""Lines for people to paste into a shell. The one place that makes them: every word is quoted.
Pure."""

from __future__ import annotations

import shlex

from prober.model.objects import Ref


def kubectl(verb: str, target: Ref, *more: str) -> str:
    """`kubectl -n NAMESPACE VERB KIND NAME MORE…`, as a line that does nothing else, whatever the
    names are."""
    namespace = ["-n", target.namespace] if target.namespace else []
    words = [target.kind.lower(), target.name]
    if any(word.startswith("-") for word in words):  # it would be taken for an option
        words = ["--", *words]
        return shlex.join(["kubectl", *namespace, verb, *more, *words])
    return shlex.join(["kubectl", *namespace, verb, *words, *more])


def piped(text: str, command: str) -> str:
    """A line that gives a command this text to read."""
    return f"echo {shlex.quote(text)} | {command}"
