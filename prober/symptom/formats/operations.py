"""What keeps a system running: storage, clustering, monitoring, copying."""

from __future__ import annotations

from prober.symptom.form import Format, shape
from prober.symptom.model import Failure

FORMATS = (
    Format(
        "rsync",
        "https://github.com/RsyncProject/rsync (socket.c, open_socket_out)",
        "failed to connect to ",
        shape(
            r"\brsync: (?:\[\w{1,12}+\] )?failed to connect to «host»(?: \(«address»\))?: "
            r"(?P<error>[^\n]{1,60}+)"
        ),
        failure=Failure.UNKNOWN,
        joins=False,
    ),
    Format(
        "mount.cifs",
        "https://git.samba.org/cifs-utils.git (mount.cifs.c)",
        "mount error(",
        shape(
            r"mount error\(«errno»\): could not connect to (?:(?P<address>\d{1,3}+"
            r"(?:\.\d{1,3}+){3})|«host»)"
        ),
        failure=Failure.UNKNOWN,
        joins=False,
    ),
    Format(
        "open-iscsi",
        "https://github.com/open-iscsi/open-iscsi (usr/io.c)",
        "iscsiadm: ",
        shape(
            r"\biscsiadm: (?:connect to|cannot make (?:a )?connection to) «address»:?"
            r"(?P<error>[^\n]{1,60}+)"
        ),
        joins=False,
    ),
    Format(
        "rabbitmq: the port mapper of another node",
        "https://www.rabbitmq.com/docs/clustering (rabbit_nodes, diagnostics)",
        "unable to connect to epmd",
        shape(r"unable to connect to epmd \(port «port»\) on «host»: (?P<error>[^\n]{1,60}+)"),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "galera: a peer",
        "https://github.com/codership/galera (gcomm/src/gmcast.cpp)",
        "connection to peer ",
        shape(
            r"connection to peer [0-9a-f-]{4,40}+ with addr (?:tcp|ssl)://«target» "
            r"(?P<error>[^\n]{1,40}+)"
        ),
    ),
    Format(
        "galera: a name",
        "https://github.com/codership/galera (galerautils/src/gu_resolver.cpp)",
        "wsrep: ",
        shape(
            r"wsrep: [^\n]{0,60}?failed to resolve (?:(?:tcp|ssl)://)?«target» ?: "
            r"(?P<error>[^\n]{1,80}+)"
        ),
        failure=Failure.NO_SUCH_HOST,
    ),
    Format(
        "zabbix: a server or an agent",
        "https://github.com/zabbix/zabbix (src/libs/zbxcomms/comms.c)",
        "annot connect to [",
        shape(
            r"cannot connect to \[\[?(?P<target>[^\s\[\]]{1,253}+\]?:\d{1,5}+)\]: "
            r"(?P<error>[^\n]{1,120}+)"
        ),
        failure=Failure.UNKNOWN,
    ),
    Format(
        "zabbix: a name",
        "https://github.com/zabbix/zabbix (src/libs/zbxcomms/comms.c)",
        "cannot resolve [",
        shape(r"cannot resolve \[«host»\](?P<error>[^\n]{0,80}+)"),
        failure=Failure.NO_SUCH_HOST,
        protocol="",
    ),
    Format(
        "mount.nfs: in time",
        "https://man7.org/linux/man-pages/man8/mount.nfs.8.html (utils/mount/error.c)",
        "mount.nfs",
        shape(
            r"mount\.nfs4?: mount to nfs server '(?P<target>[^'\s:]{1,253}+)(?::[^'\n]{0,200}+)?'"
            r" failed: (?P<error>[^\n]{1,60}+)"
        ),
        joins=False,
    ),
)
