"""Sockets, names and handshakes: what the probes are built from.

- `certificate`  certificates made in memory, for responders and the lab: signed by themselves, or
                 by an authority of the lab
- `connect`      A TCP connect, with the ICMP errors that came of it
- `datagram`     one question in a datagram (UDP, or ICMP over a ping socket): sent, perhaps sent
                 again, and what came back
- `dial`         from a name to an address to connect to, with everything that was seen on the way
- `dns_query`    one question to one DNS server, over UDP or TCP (RFC 1035 section 4.2), and how
                 that ended
- `handshake`    the TLS handshake, and what it shows of the server
- `http_wire`    PURE
- `limits`       open files: a probe is a socket, and thousands of them run at once
- `readiness`    waits for thousands of sockets at once
- `resolvconf`   resolv.conf and hosts, read as glibc reads them (resolv.conf(5), hosts(5))
- `resolver`     the vantage's own resolver: which name was asked, which server said what, and who
                 stood in the way
- `sockets`      non-blocking sockets on the event loop: opened with their error queue, and waited
                 for with a deadline
"""
