"""Command line tools: curl, wget, git, ssh, nc, ping and the DNS tools."""

from __future__ import annotations

from prober.symptom.form import Format, shape
from prober.symptom.model import Failure

FORMATS = (
    Format(
        "curl -v: one address",
        "https://github.com/curl/curl (lib/connect.c)",
        "connect to ",
        shape(r"\* {1,3}connect to (?P<address>[0-9a-f:.]{2,60}+) port «port»(?: from [0-9a-f:.]{2,60}+ port \d{1,5}+)? failed: (?P<error>[^\n]{1,80}+)"),
    ),
    Format(
        "curl: connect, at once",
        "https://github.com/curl/curl (lib/connect.c); CURLE_COULDNT_CONNECT is no timeout, and so quick it was an answer",
        "connect to server",
        shape(
            r"failed to connect to «host»(?: \(«address»\))? port «port»(?: \([^)]{1,80}+\))? after \d{1,3}+ ms: (?:couldn't|could not) connect to server"
        ),
        failure=Failure.REFUSED,
        said=True,
    ),
    Format(
        "curl: connect",
        "https://github.com/curl/curl (lib/connect.c, docs/libcurl/libcurl-errors.md)",
        "failed to connect to ",
        shape(
            r"failed to connect to «host»(?: \(«address»\))? port «port»(?: \([^)]{1,80}+\))?(?: after \d{1,9}+ ms)?: (?P<error>[^\n(]{1,80}+)"
        ),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "curl: a name",
        "https://github.com/curl/curl (lib/hostip.c)",
        "could not resolve ",
        shape(r"could not resolve (?:host|hostname|proxy): ?«quote»«host»"),
        failure=Failure.NO_SUCH_HOST,
        said=True,
        protocol="",
    ),
    Format(
        "curl: resolving or connecting took too long",
        "https://github.com/curl/curl (lib/multi.c)",
        " milliseconds",
        shape(r"unable to access '«url»': (?P<error>(?:connection|operation|resolving) timed out[^\n]{0,60}+)"),
    ),
    Format(
        "curl: in connection to",
        "https://github.com/curl/curl (lib/vtls/openssl.c, ossl_connect_step2)",
        " in connection to ",
        shape(r"(?:ssl_connect|connect)[: ]{1,2}+(?P<error>[^\n]{1,80}?) in connection to «target»"),
        failure=Failure.TLS,
    ),
    Format(
        "git: a URL",
        "https://github.com/git/git (remote-curl.c)",
        "unable to access '",
        shape(
            r"unable to access '«url»': (?!failed to connect|could not resolve|the requested url)(?P<error>[^\n]{1,240}+)"
        ),
    ),
    Format(
        "git: the git protocol",
        "https://github.com/git/git (connect.c, git_tcp_connect_sock)",
        "errno=",
        shape(r"unable to connect to «host»:?\s{1,8}+[\w.-]{1,253}+\[\d{1,2}+: «address»\]: errno=(?P<error>[^\n]{1,60}+)"),
    ),
    Format(
        "git: a name for the git protocol",
        "https://github.com/git/git (connect.c)",
        "unable to look up",
        shape(r"unable to look up «host» \(port «port»\) \((?P<error>[^\n]{1,80}+)"),
        failure=Failure.NO_SUCH_HOST,
    ),
    Format(
        "ssh: connect",
        "https://github.com/openssh/openssh-portable (sshconnect.c)",
        "connect to host ",
        shape(r"connect to host «host» port «port»: (?P<error>[^\n]{1,80}+)"),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "ssh: a name",
        "https://github.com/openssh/openssh-portable (ssh.c)",
        "could not resolve hostname",
        shape(r"could not resolve hostname «host»: (?P<error>[^\n]{1,80}+)"),
        failure=Failure.NO_SUCH_HOST,
        protocol="",
    ),
    Format(
        "ssh: the server closed",
        "https://github.com/openssh/openssh-portable (packet.c, sshpkt_vfatal)",
        "connection ",
        shape(
            r"(?<!d: )(?<!\]: )\b(?P<error>connection (?:closed by|reset by|timed out))(?: (?:remote host|peer))?(?: with)? «address» port (?P<port>\d{1,4}+|[12]\d{4}+)"
            r"(?!\d)(?! \[preauth)"
        ),
        failure=Failure.CLOSED,
    ),
    Format(
        "nc: openbsd",
        "https://man.openbsd.org/nc.1",
        "nc: connect to ",
        shape(
            r"nc: connect to «host»(?: \(«address»\))? (?:port )?«port» (?:port )?[\[(](?P<protocol>tcp|udp)[^\])]{0,40}+[\])] failed: (?P<error>[^\n]{1,80}+)"
        ),
    ),
    Format(
        "nc: traditional",
        "https://nc110.sourceforge.io",
        "] ",
        shape(r"(?:«begin»«host»|\(unknown\)) \[«address»\] «port» \([^)]{1,40}+\) ?: (?P<error>[^\n]{1,80}+)"),
    ),
    Format(
        "nc: busybox",
        "https://git.busybox.net/busybox (networking/nc.c, libbb/xconnect.c)",
        "(",
        shape(r"\b(?:nc|telnet|wget): (?:can't connect to remote host )?(?:«host» )?\((?P<target>[0-9a-f.:\[\]]{4,70}+)\): (?P<error>[^\n]{1,80}+)"),
    ),
    Format(
        "nc: a name",
        "https://man.openbsd.org/nc.1",
        "getaddrinfo for host",
        shape(r"getaddrinfo for host \"(?P<host>[^\"]{1,253}+)\" port «port»: (?P<error>[^\n]{1,80}+)"),
        failure=Failure.NO_SUCH_HOST,
    ),
    Format(
        "busybox: a name",
        "https://git.busybox.net/busybox (libbb/xconnect.c)",
        "bad address '",
        shape(r"bad address '(?P<target>[^\s']{1,260}+)'"),
        failure=Failure.NO_SUCH_HOST,
        said=True,
        protocol="",
    ),
    Format(
        "telnet",
        "https://git.savannah.gnu.org/cgit/inetutils.git (telnet/commands.c)",
        "telnet: ",
        shape(r"telnet: (?:connect to address|could not resolve) «host»(?:/«port»)?: (?P<error>[^\n]{1,80}+)"),
    ),
    Format(
        "wget: connecting",
        "https://git.savannah.gnu.org/cgit/wget.git (src/connect.c)",
        "connecting to ",
        shape(r"connecting to «host»(?: \([^)\n]{1,253}+\))?(?:\|«address»\|)?:«port»\.\.\. failed: (?P<error>[^\n]{1,80}+)"),
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
    Format(
        "ping: a name",
        "https://github.com/iputils/iputils (ping/ping.c)",
        "ping: ",
        shape(r"\bping6?: «host»: (?P<error>name or service not known|temporary failure[^\n]{1,40}+|no address[^\n]{1,60}+|try again)"),
        failure=Failure.DNS_TIMEOUT,
        protocol="",
    ),
    Format(
        "nslookup, host: the answer",
        "https://bind9.readthedocs.io/en/stable/manpages.html",
        "can't find ",
        shape(r"server can't find «host»: (?P<error>[^\n]{1,40}+)"),
        protocol="",
    ),
    Format(
        "nslookup: busybox",
        "https://git.busybox.net/busybox (networking/nslookup.c)",
        "can't resolve '",
        shape(r"can't resolve '(?P<host>[^\s']{1,253}+)'(?P<error>[^\n]{0,80}+)"),
        failure=Failure.NO_SUCH_HOST,
        protocol="",
    ),
    Format(
        "host: the answer",
        "https://bind9.readthedocs.io/en/stable/manpages.html#host-dns-lookup-utility",
        " not found: ",
        shape(r"^host «host» not found: (?P<error>\d\((?:nxdomain|servfail)\))"),
        protocol="",
    ),
    Format(
        "dig: a name server",
        "https://bind9.readthedocs.io/en/stable/manpages.html#dig-dns-lookup-utility",
        "communications error to",
        shape(r"communications error to «server»:? (?P<error>[^\n]{1,60}+)"),
        protocol="udp",
        lookup=True,
    ),
    Format(
        "wait-for-it",
        "https://github.com/vishnubob/wait-for-it",
        "timeout occurred after waiting",
        shape(r"timeout occurred after waiting \d{1,6}+ seconds for (?P<target>[\w.-]{1,253}+:\d{1,5}+)"),
        failure=Failure.UNKNOWN,
        said=True,
    ),
)
