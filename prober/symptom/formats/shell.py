"""What people and scripts try connections with: ssh, nc, telnet, ping, the DNS tools."""

from __future__ import annotations

from prober.symptom.form import Format, shape
from prober.symptom.model import Failure

FORMATS = (
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
            r"(?<!d: )(?<!\]: )\b(?P<error>connection (?:closed by|reset by|timed out))(?: "
            r"(?:remote host|peer))?(?: with)? «address» port (?P<port>\d{1,4}+|[12]\d{4}+)"
            r"(?!\d)(?! \[preauth)"
        ),
        failure=Failure.CLOSED,
    ),
    Format(
        "nc: openbsd",
        "https://man.openbsd.org/nc.1",
        "nc: connect to ",
        shape(
            r"nc: connect to «host»(?: \(«address»\))? (?:port )?«port» (?:port "
            r")?[\[(](?P<protocol>tcp|udp)[^\])]{0,40}+[\])] failed: (?P<error>[^\n]{1,80}+)"
        ),
    ),
    Format(
        "nc: traditional",
        "https://nc110.sourceforge.io",
        "] ",
        shape(
            r"(?:«begin»«host»|\(unknown\)) \[«address»\] «port» \([^)]{1,40}+\) ?: "
            r"(?P<error>[^\n]{1,80}+)"
        ),
    ),
    Format(
        "nc: busybox",
        "https://git.busybox.net/busybox (networking/nc.c, libbb/xconnect.c)",
        "(",
        shape(
            r"\b(?:nc|telnet|wget): (?:can't connect to remote host )?(?:«host» "
            r")?\((?P<target>[0-9a-f.:\[\]]{4,70}+)\): (?P<error>[^\n]{1,80}+)"
        ),
    ),
    Format(
        "nc: a name",
        "https://man.openbsd.org/nc.1",
        "getaddrinfo for host",
        shape(
            r"getaddrinfo for host \"(?P<host>[^\"]{1,253}+)\" port «port»: (?P<error>[^\n]{1,80}+)"
        ),
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
        shape(
            r"telnet: (?:connect to address|could not resolve) «host»(?:/«port»)?: "
            r"(?P<error>[^\n]{1,80}+)"
        ),
    ),
    Format(
        "ping: a name",
        "https://github.com/iputils/iputils (ping/ping.c)",
        "ping: ",
        shape(r"\bping6?: (?!connect|sendmsg|socket|local error)«host»: (?P<error>[^\n]{1,80}+)"),
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
        "dockerize",
        "https://github.com/jwilder/dockerize (main.go)",
        "waiting on dependencies",
        shape(r"timeout after \S{1,12}+ waiting on dependencies to become available: \[«url»"),
        failure=Failure.UNKNOWN,
        said=True,
    ),
    Format(
        "wait-for-it",
        "https://github.com/vishnubob/wait-for-it",
        "timeout occurred after waiting",
        shape(
            r"timeout occurred after waiting \d{1,6}+ seconds for (?P<target>[\w.-]{1,253}+:"
            r"\d{1,5}+)"
        ),
        failure=Failure.UNKNOWN,
        said=True,
    ),
)
