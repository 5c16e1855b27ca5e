"""What the Lab document lets pods say, of the objects that are asked about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from prober.model.testimony import SearchScope, Statement, StatementKind, Testimony
from prober.symptom.controllers import controller_of

_PLURALS = {
    StatementKind.LOG: ("line of a log", "lines of logs"),
    StatementKind.EVENT: ("event", "events"),
    StatementKind.CONDITION: ("condition", "conditions"),
}


def testimony(statements: Sequence[Statement], scope: SearchScope) -> Testimony:
    """The statements about objects in the scope, newest last as they are written."""
    heard = tuple(statement for statement in statements if _concerns(statement, scope))
    counts = Counter(statement.kind for statement in heard)
    looked = [
        f"{counts[kind]} {words[counts[kind] != 1]}"
        for kind, words in _PLURALS.items()
        if counts[kind]
    ]
    return Testimony(heard, tuple(looked) or ("no log, no event and no condition",))


def _concerns(statement: Statement, scope: SearchScope) -> bool:
    """By the object, or who dials for it; a lab's objects say their namespace behind a dot."""
    named = {statement.about, statement.by} - {""}
    if scope.object:
        kind, _, rest = scope.object.partition("/")
        works_on_it = controller_of(kind)
        space = rest.rpartition(".")[2]
        return any(
            _same(name, scope.object) or name.endswith(f"/{works_on_it}.{space}") for name in named
        )
    if scope.namespace:
        return any(name.endswith(f".{scope.namespace}") for name in named) or not named
    return True


def _same(word: str, other: str) -> bool:
    (kind, _, name), (wanted, _, called) = word.partition("/"), other.partition("/")
    return name == called and (kind.startswith(wanted) or wanted.startswith(kind))
