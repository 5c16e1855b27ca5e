"""Objects in text form, `KIND/NAME.NAMESPACE`: all that a source can be, and part of what a target
can be."""

from __future__ import annotations

from prober.model.objects import LabelSelector
from prober.scenario.errors import BadReference
from prober.scenario.hints import close_to, did_you_mean
from prober.scenario.refs import ALIASES, ObjectRef, RefKind, SourceRef
from prober.scenario.text.selector import parse_selector
from prober.scenario.text.words import host_problem, is_address, is_namespace, object_name_problem

_LONGEST_SHORT_WORD = 4
EXAMPLES = (
    "write deploy/NAME.NAMESPACE, pod/NAME.NAMESPACE, pods/app=web.NAMESPACE, "
    "svc/NAME.NAMESPACE, ns/NAMESPACE, "
    "node/NAME or outside/NAME"
)


def parse_source(text: str, default_namespace: str = "") -> SourceRef:
    """What `from:` says, as in `deploy/source-controller.flux-system`,
    `pods/app=web,tier!=db.shop`, `shop/web-0`, `node/*` or `203.0.113.9`.

    `default_namespace` is used where the text names none. Raises `BadReference`.
    """
    text = text.strip()
    if "://" in text:
        raise BadReference(
            text,
            0,
            "this is a target, not a source",
            hint=f"a check goes FROM a source: {EXAMPLES}",
        )
    if is_object(text):
        return parse_object(text, 0, len(text), default_namespace)
    word, slash, _ = text.partition("/")
    named = parse_named(text)
    if named is not None:
        return named
    if slash:
        raise BadReference(
            text,
            0,
            f"`{word}` is not a kind of source",
            hint=did_you_mean(word, ALIASES) or EXAMPLES,
        )
    host = bare_host(text)
    if host:
        return ObjectRef(RefKind.OUTSIDE, host)
    raise BadReference(
        text, 0, "says no kind of object" if text else "the source is missing", hint=EXAMPLES
    )


def is_object(text: str) -> bool:
    """Does `text` start with a word for a kind of object and a slash."""
    word, slash, _ = text.partition("/")
    return bool(slash) and word in ALIASES


def parse_named(text: str) -> ObjectRef | None:
    """`NS/NAME`, a pod or a workload; None for other text, and for what looks like a kind of object
    written wrong.

    Short words are namespaces all the same: `prod`, `dns` and `stg` are nearer to a kind than many
    a slip is.
    """
    namespace, slash, name = text.partition("/")
    if not slash or not is_namespace(namespace) or object_name_problem(name):
        return None
    kind = close_to(namespace, ALIASES)
    if (
        kind
        and not namespace.startswith(kind)
        and ("." in name or len(namespace) > _LONGEST_SHORT_WORD)
    ):
        return None
    return ObjectRef(RefKind.NAMED, name, namespace)


def bare_host(text: str) -> str:
    """The address, or the name with dots, that a source is where no kind of object is said; empty
    for other text."""
    host = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    said = is_address(host) or ("." in host and not host_problem(host))
    return host.lower() if said else ""


def parse_object(text: str, start: int, end: int, default_namespace: str) -> ObjectRef:
    """The object that `text[start:end]` names; errors tell the position in the whole text."""
    word, _, rest = text[start:end].partition("/")
    kind, workload = ALIASES[word]
    at = start + len(word) + 1
    if kind is RefKind.NODE:
        return ObjectRef(kind, _checked(text, at, rest, "*" if rest == "*" else ""))
    if kind is RefKind.OUTSIDE:
        problem = host_problem(rest)
        if problem:
            raise BadReference(text, at, problem, hint="write outside/NAME, a host of the lab")
        return ObjectRef(kind, rest)
    if kind is RefKind.NAMESPACE:
        return ObjectRef(kind, namespace=_namespace(text, at, rest))
    if "/" in rest and kind is not RefKind.SELECTOR:
        namespace, _, name = rest.partition("/")
        return ObjectRef(
            kind,
            _checked(text, at + len(namespace) + 1, name),
            _namespace(text, at, namespace),
            workload,
        )
    name, namespace = _split(text, at, rest, word, default_namespace)
    if kind is RefKind.SELECTOR:
        return ObjectRef(kind, namespace=namespace, selector=_selector(text, at, name))
    if kind is RefKind.SERVICE and "." in name:
        hint = f"for its DNS name, leave out `{word}/`, as in tcp://web.shop.svc.cluster.local:80"
        raise BadReference(text, at, f"`{rest}` is not NAME.NAMESPACE of a Service", hint=hint)
    return ObjectRef(kind, _checked(text, at, name), namespace, workload)


def _split(text: str, at: int, rest: str, word: str, default: str) -> tuple[str, str]:
    """Name and namespace: what follows the last dot is the namespace, if it can be one.

    So a name that itself has dots needs its namespace written, and a label's value that has dots as
    well.
    """
    name, dot, namespace = rest.rpartition(".")
    if dot and is_namespace(namespace):
        return name, namespace
    if dot and "=" not in namespace and "/" not in namespace and ")" not in namespace:
        raise BadReference(
            text, at + len(name) + 1, f"`{namespace}` is not the name of a namespace", hint=EXAMPLES
        )
    if not default:
        hint = (
            f"write {word}/{rest or 'NAME'}.NAMESPACE; in a scenario, metadata.namespace can say "
            "it for all checks"
        )
        raise BadReference(text, at, "says no namespace", hint=hint)
    return rest, default


def _selector(text: str, at: int, written: str) -> LabelSelector:
    if not written:
        raise BadReference(
            text,
            at,
            "no labels are given",
            hint="write pods/app=web.NAMESPACE, or ns/NAMESPACE for all pods",
        )
    try:
        return parse_selector(written)
    except BadReference as error:
        raise BadReference(text, at + error.position, error.problem, hint=error.hint) from None


def _namespace(text: str, at: int, name: str) -> str:
    if not is_namespace(name):
        raise BadReference(
            text, at, f"`{name}` is not the name of a namespace", hint="write ns/NAMESPACE"
        )
    return name


def _checked(text: str, at: int, name: str, also: str = "") -> str:
    problem = "" if also and name == also else object_name_problem(name)
    if problem:
        raise BadReference(text, at, problem, hint=EXAMPLES)
    return name
