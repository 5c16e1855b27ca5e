"""What anybody writes who could not connect and does not say why: the last that is tried."""

from __future__ import annotations

from prober.symptom.form import Format, shape
from prober.symptom.model import Failure

_COULD_NOT_CONNECT = (
    r"\b(?:could(?: not|n't)|can(?:not| not|'t)|unable to|fail(?:ed|ure|ing)?(?: to|:)?+|error|"
    r"not possible to) "
    r"(?:connect(?:ing|ion)?+ (?:to|with)|reach(?:ing)?+|contact(?:ing)?+|dial(?:l?ing)?+|"
    r"(?:establish|open|make|establishing|opening|making)(?: an?| the)?+ connection to)"
    r"(?: [a-z]{1,12}+(?= )){0,4}+ "
)
_OWN = r"(?:\w{2,8}+://)?+(?:localhost\b|127\.|\[::1\])"
"""Of itself nobody says more than that it failed: that is for its own log to tell."""
_TARGET = (
    r"(?P<target>(?:[\w-]{1,63}+\.){0,12}+[a-z][\w-]{0,63}+:\d{2,5}+|(?:\d{1,3}+\.){3}\d{1,3}+:"
    r"\d{1,5}+|\[[0-9a-f:]{2,60}+\]:\d{1,5}+)(?![\w.])"
)
_ANSWERED = ("http/1.1", "status code", "statuscode", "status=")

FORMATS = (
    Format(
        "anybody: could not connect to a URL",
        "common wording",
        "://",
        shape(rf"{_COULD_NOT_CONNECT}«quote»(?!{_OWN})«url»"),
        failure=Failure.UNKNOWN,
        unless=_ANSWERED,
    ),
    Format(
        "anybody: could not connect to a host and a port in time",
        "https://tediousjs.github.io/tedious/ (connector), and common wording",
        "s",
        shape(rf"{_COULD_NOT_CONNECT}«quote»(?!{_OWN}){_TARGET} in \d{{1,7}}+ ?+m?+s"),
        failure=Failure.TIMEOUT,
        said=True,
    ),
    Format(
        "anybody: could not connect to a host and a port",
        "common wording",
        ":",
        shape(rf"{_COULD_NOT_CONNECT}«quote»(?!{_OWN}){_TARGET}"),
        failure=Failure.UNKNOWN,
        unless=_ANSWERED,
    ),
)
