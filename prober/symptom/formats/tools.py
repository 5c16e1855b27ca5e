"""curl, wget and git."""

from __future__ import annotations

from prober.symptom.form import Format, shape
from prober.symptom.model import Failure

FORMATS = (
    Format(
        "anybody: a connection to a place was refused",
        "kubectl's staging/src/k8s.io/kubectl/pkg/cmd/util (helpers.go), and common wording",
        "connection to ",
        shape(
            r"connection to (?:the )?(?:server |host )?«quote»(?P<target>(?:[\w.-]{1,253}+|"
            r"\[[0-9a-f:]{2,60}+\]):\d{1,5}+)«quote» (?:was |has been |is )?refused(?! \()"
        ),
        failure=Failure.REFUSED,
        said=True,
    ),
    Format(
        "apt: a name",
        "https://salsa.debian.org/apt-team/apt (methods/connect.cc)",
        "resolv",
        shape(r"could not resolve '(?P<host>[\w.-]{1,253}+)'"),
        failure=Failure.NO_SUCH_HOST,
        said=True,
        unless=("temporary failure",),
        protocol="",
        joins=False,
    ),
    Format(
        "apt: a name, for now",
        "https://salsa.debian.org/apt-team/apt (methods/connect.cc)",
        "temporary failure resolving",
        shape(r"temporary failure resolving '(?P<host>[\w.-]{1,253}+)'"),
        failure=Failure.DNS_TIMEOUT,
        said=True,
        protocol="",
        joins=False,
    ),
    Format(
        "apk: a repository",
        "https://gitlab.alpinelinux.org/alpine/apk-tools (src/print.c, apk_error_str)",
        "ing ",
        shape(
            r"\bwarning: (?:fetching|updating and opening|opening) «url»(?<=:) (?P<error>dns: |"
            r"network |temporary error|could not connect|operation timed out|connection )"
        ),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "curl -v: one address",
        "https://github.com/curl/curl (lib/connect.c)",
        "connect to ",
        shape(
            r"\* {1,3}connect to (?P<address>[0-9a-f:.]{2,60}+) port «port»(?: from "
            r"[0-9a-f:.]{2,60}+ port \d{1,5}+)? failed: (?P<error>[^\n]{1,80}+)"
        ),
    ),
    Format(
        "curl: connect, at once",
        "https://github.com/curl/curl (lib/connect.c); CURLE_COULDNT_CONNECT is no timeout, and "
        "so quick it was an answer",
        "connect to server",
        shape(
            r"failed to connect to «host»(?: \(«address»\))? port «port»(?: \([^)]{1,80}+\))? "
            r"after \d{1,3}+ ms: (?:couldn't|could not) connect to server"
        ),
        failure=Failure.REFUSED,
        said=True,
    ),
    Format(
        "curl: connect, in the end",
        "https://github.com/curl/curl (docs/libcurl/libcurl-errors.md, CURLE_OPERATION_TIMEDOUT)",
        "(28) failed to connect to ",
        shape(r"\(28\) failed to connect to «host»(?: \(«address»\))? port «port»[^\n]{0,120}+"),
        failure=Failure.TIMEOUT,
        said=True,
    ),
    Format(
        "curl: connect",
        "https://github.com/curl/curl (lib/connect.c, docs/libcurl/libcurl-errors.md)",
        "failed to connect to ",
        shape(
            r"failed to connect to «host»(?: \(«address»\))? port «port»(?: \([^)]{1,80}+\))?(?: "
            r"after \d{1,9}+ ms)?: (?P<error>[^\n(]{1,80}+)"
        ),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "curl: a name",
        "https://github.com/curl/curl (lib/hostip.c)",
        "could not resolve ",
        shape(
            r"could not resolve (?:host|hostname|proxy): ?«quote»«host»«quote»"
            r"(?P<error>(?: \([^)\n]{1,60}+\))?+)"
        ),
        failure=Failure.NO_SUCH_HOST,
        protocol="",
    ),
    Format(
        "curl: resolving or connecting took too long",
        "https://github.com/curl/curl (lib/multi.c)",
        " milliseconds",
        shape(
            r"unable to access '«url»': (?P<error>(?:connection|operation|resolving) timed "
            r"out[^\n]{0,60}+)"
        ),
    ),
    Format(
        "curl: in connection to",
        "https://github.com/curl/curl (lib/vtls/openssl.c, ossl_connect_step2)",
        " in connection to ",
        shape(
            r"(?:ssl_connect|connect)[: ]{1,2}+(?P<error>[^\n]{1,80}?) in connection to «target»"
        ),
        failure=Failure.TLS,
    ),
    Format(
        "git: a URL",
        "https://github.com/git/git (remote-curl.c)",
        "unable to access '",
        shape(
            r"unable to access '«url»': (?!failed to connect|could not resolve|the requested "
            r"url)(?P<error>[^\n]{1,240}+)"
        ),
    ),
    Format(
        "git: the git protocol",
        "https://github.com/git/git (connect.c, git_tcp_connect_sock)",
        "errno=",
        shape(
            r"unable to connect to «host»:?\s{1,8}+[\w.-]{1,253}+\[\d{1,2}+: «address»\]: "
            r"errno=(?P<error>[^\n]{1,60}+)"
        ),
    ),
    Format(
        "git: a name for the git protocol",
        "https://github.com/git/git (connect.c)",
        "unable to look up",
        shape(r"unable to look up «host» \(port «port»\) \((?P<error>[^\n]{1,80}+)"),
        failure=Failure.NO_SUCH_HOST,
    ),
    Format(
        "wget: connecting",
        "https://git.savannah.gnu.org/cgit/wget.git (src/connect.c)",
        "connecting to ",
        shape(
            r"connecting to «host»(?: \([^)\n]{1,253}+\))?(?:\|«address»\|)?:«port»\.\.\. "
            r"failed: (?P<error>[^\n]{1,80}+)"
        ),
    ),
    Format(
        "wget: resolving",
        "https://git.savannah.gnu.org/cgit/wget.git (src/host.c)",
        "resolving ",
        shape(r"resolving «host»(?: \([^)\n]{1,253}+\))?\.\.\. failed: (?P<error>[^\n]{1,80}+)"),
        failure=Failure.NO_SUCH_HOST,
        protocol="",
    ),
    Format(
        "wget: a host's address",
        "https://git.savannah.gnu.org/cgit/wget.git (src/main.c)",
        "unable to resolve host address",
        shape(r"unable to resolve host address «quote»(?P<host>[\w.-]{1,253}+)"),
        failure=Failure.NO_SUCH_HOST,
        said=True,
        protocol="",
    ),
    Format(
        "wget: a certificate",
        "https://git.savannah.gnu.org/cgit/wget.git (src/openssl.c)",
        "cannot verify ",
        shape(r"cannot verify «host»'s certificate"),
        failure=Failure.TLS,
        said=True,
    ),
)
