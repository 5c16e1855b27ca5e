"""PURE. What nobody should hand around is taken out of text.

Text is redacted by what it looks like, which finds what has a known form: so text is the second
net. The first is to hand around only fields that are known (`prober.manifest.writing.shareable`).
"""

from __future__ import annotations

import re

GONE = "(left out)"
_HOLE = "\uf8ff"
"""Stands for `GONE` until the end: one character of nobody's, in which no pattern finds
anything."""
PROXY_VARIABLES = frozenset(("http_proxy", "https_proxy", "no_proxy", "all_proxy"))
"""The environment variables that decide about connectivity, in lower case."""

_SENSITIVE = (
    r"(?:pass(?:wor[dt]|wd|phrase|code)|(?<![a-z])pass(?![a-z])|pwd|secrets?|tokens?|credentials?|creds?"
    r"|(?<![a-z])auth(?![a-z])"
    r"|(?:api|access|account|private|signing|encryption|client|shared|session|master|license|ssh|tls)"
    r"[_.-]?keys?(?:[_.-]?data)?|key[_.-]?data|cookie|session[_.-]?id|signature|psk|dsn|salt|nonce"
    r"|connection[_.-]?string|dockercfg|dockerconfigjson|kubeconfig|otp|pin[_.-]?code|bearer|jwt"
    r"|assertion|webhook[_.-]?url)"
)
_HINT = re.compile(
    r"(?i)pass|pwd|secret|token|cred|auth|key|cookie|session|sign|psk|dsn|salt|nonce|conn|docker|kubeconf|otp|pin|bear|jwt|assert|hook"
)
_KEY = rf"[\w.-]{{0,200}}?{_SENSITIVE}[\w.-]{{0,200}}"
"""A name that says that its value is a secret: `DB_PASSWORD`, `client-key-data`, `X-Api-Key`."""
_QUOTED = r"\\?\"(?:[^\"\\\n]|\\[^\"\n])*\\?\"|'[^'\n]*'|`[^`\n]*`"

_HEADERS = re.compile(
    r"(?im)(\b(?:proxy-)?authorization|\b(?:set-)?cookie|\bx-[\w-]{0,60}?(?:token|key|auth|secret)[\w-]{0,60})"
    r"(\\?[\"']?\s*[:=]\s*)[^\r\n]*"
)
_BLOCK = re.compile(
    r"-----BEGIN (?!CERTIFICATE-----|CERTIFICATE REQUEST)[A-Z0-9 ]+-----.*?"
    r"(?:-----END [A-Z0-9 ]+-----|\Z)",
    re.DOTALL,
)
_ASSIGNED = re.compile(
    rf"(?i)(?<![\w.-])(?P<key>{_KEY})(?P<sign>\\?[\"'`]?\]?[ \t]{{0,8}}(?::=|=>|[:=])[ \t]{{0,8}})"
    rf"(?P<value>{_QUOTED}|(?<=[:=][ \t])[^\n,;&\"'`{{}}\]]+|[^\s,;&\"'`{{}}\]]+)"
)
_YAML_LINE = re.compile(
    rf"(?im)^(?P<key>[ \t-]{{0,60}}[\"']?{_KEY}[\"']?:[ \t]+)(?P<value>[^\n{{\[]+)$"
)
_FLAG = re.compile(
    rf"(?i)(?<![\w-])(?P<key>--?{_KEY})(?P<sign>[ \t]+)(?P<value>{_QUOTED}|[^\s-]\S*)"
)
_IS = re.compile(
    rf"(?i)\b(?P<key>{_SENSITIVE})(?P<sign>\s+(?:is|was)\s+)(?P<value>{_QUOTED}|(?=\S*\d)\S+)"
)
_SCHEME = re.compile(
    r"(?i)\b(bearer|basic|digest|negotiate|token|apikey)\s+(?=[\w.~+/=-]{0,200}[\d=_+/.-])[\w.~+/=-]{6,}"
)
_USERINFO = re.compile(r"(?i)(\b[a-z][a-z0-9+.-]{0,15}://)[^\s\"'<>`]{0,1000}@(?=[\w\[])")
_ONLY_USER = re.compile(r"(?i)\b(ssh|git|git\+ssh|sftp)://[\w.-]+@")
_BARE_USERINFO = re.compile(
    r"(?<![\w/:.@-])[\w.+-]+:[^\s/:@,;\"'<>]+@(?!sha256:|sha512:)(?=[\w\[])"
)
_QUERY = re.compile(r"(?i)(\b[a-z][a-z0-9+.-]{0,15}://[^\s\"'<>`?]{0,1000})\?[^\s\"'<>`]+")
_PREFIXED = re.compile(
    r"\b(?:(?:AKIA|ASIA|AGPA|AROA|ANPA)[0-9A-Z]{12,}|gh[pousr]_\w{8,}|github_pat_\w{8,}|glpat-[\w-]{8,}"
    r"|gl[a-z]{2,5}-[\w-]{16,}|xox[a-z]-[\w-]{8,}|xapp-[\w-]{8,}|(?:sk|pk|rk)[_-](?:live|test|proj|ant)?[\w-]{10,}"
    r"|AIza[\w-]{10,}|ya29\.[\w-]{8,}|hv[sbr]\.[\w-]{8,}|npm_\w{8,}|pypi-[\w-]{8,}|dckr_pat_[\w-]{8,}"
    r"|do[opr]_v1_\w{8,}|shp(?:at|ss|ca|pa)_\w{8,}|SG\.[\w-]{8,}\.[\w-]{8,}|AGE-SECRET-KEY-\w{8,}"
    r"|(?:EAAC|EAAG)\w{12,}|K10[0-9a-f]{8,}::\S+)"
)
_JSON_TOKEN = re.compile(r"(?<![\w+/=-])(?:eyJ|ewog|ewok|ew0K)[\w+/-]{6,}={0,2}(?:\.[\w-]*)*")
"""Base64 of what begins with `{`: JSON web tokens, registry credentials, whole documents."""
_HEX = re.compile(r"(?<![\w:/-])[0-9a-fA-F]{32,}(?![\w-])")
"""Keys and digests. A digest that says so (`sha256:…`, `containerd://…`) stays."""
_RANDOM = re.compile(
    r"(?<![\w+/=@-])(?=[\w+/-]*[0-9])(?=[\w+/-]*[a-z])(?=[\w+/-]*[A-Z])[\w+/-]{16,}={0,3}(?![\w+/=])"
)
_CHUNK = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_SHORTEST_CHUNKS = 2.7
"""Letters and digits a piece, of words put together (`CiliumEndpointSliceV2`, 3.5) more than of
what is random (1.6)."""


def redact_text(text: str) -> str:
    """The text without what looks like a secret, or stands where one would."""
    text = _BLOCK.sub(_HOLE, text.replace(GONE, _HOLE))
    text = _HEADERS.sub(rf"\1\2{_HOLE}", text)
    text = _USERINFO.sub(_without_user, text)
    text = _BARE_USERINFO.sub(f"{_HOLE}@", text)
    text = _QUERY.sub(rf"\1?{_HOLE}", text)
    if _HINT.search(text):
        text = "\n".join(_assignments(line) for line in text.split("\n"))
    text = _SCHEME.sub(rf"\1 {_HOLE}", text)
    text = _PREFIXED.sub(_HOLE, text)
    text = _JSON_TOKEN.sub(_HOLE, text)
    text = _HEX.sub(_HOLE, text)
    return _RANDOM.sub(_without_random, text).replace(_HOLE, GONE)


def _assignments(line: str) -> str:
    """The line without the values of what is called as a secret is. Most lines of a log have none,
    which one cheap search shows."""
    if _HINT.search(line):
        for pattern in (_YAML_LINE, _ASSIGNED, _FLAG, _IS):
            line = pattern.sub(_without_value, line)
    return line


def proxy_address(value: str, *, exceptions: bool = False) -> str:
    """Of a proxy variable what decides about connectivity: scheme, host and port; with `exceptions`
    (`no_proxy`) names, addresses and networks."""
    if exceptions:
        parts = (part.strip() for part in value.split(","))
        return ",".join(part if _EXCEPTION.fullmatch(part) else GONE for part in parts if part)
    match = _PROXY.fullmatch(value.strip())
    if match is None:
        return GONE
    user = f"{GONE}@" if match["user"] else ""
    return f"{match['scheme'] or ''}{user}{match['host']}"


_EXCEPTION = re.compile(r"\*?\.?[a-zA-Z0-9.:*\[\]-]{1,253}(/[0-9]{1,3})?")
_PROXY = re.compile(
    r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]{0,15}://)?(?P<user>.*@)?"
    r"(?P<host>([a-zA-Z0-9._-]{1,253}|\[[0-9a-fA-F:.]{2,45}\])(:[0-9]{1,5})?)([/?#].*)?",
    re.DOTALL,
)


def _without_user(match: re.Match[str]) -> str:
    """`ssh://git@host` has a user and no secret."""
    return match[0] if _ONLY_USER.fullmatch(match[0]) else f"{match[1]}{_HOLE}@"


def _without_value(match: re.Match[str]) -> str:
    value = match["value"]
    if value.strip("\"'") in _NO_VALUES:
        return match[0]
    sign = match.groupdict().get("sign") or ""
    return f"{match['key']}{sign}{_HOLE}"


_NO_VALUES = frozenset(("true", "false", "null", "none", "nil", "<nil>", "[]", "{}", "", _HOLE))


def _without_random(match: re.Match[str]) -> str:
    chunks = _CHUNK.findall(match[0])
    letters = sum(map(len, chunks))
    return _HOLE if letters / len(chunks) < _SHORTEST_CHUNKS else match[0]
