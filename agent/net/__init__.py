"""Sockets, names and handshakes: what the probes are built from. Every wait has a deadline.

- `sockets`     non-blocking sockets on the event loop, opened with their error queue
- `readiness`   waits for thousands of sockets at once, with one epoll descriptor
- `limits`      open files: the limit is raised, and shared out
- `connect`     a TCP connect, with the ICMP errors that came of it
- `datagram`    one question in a datagram, sent again while nothing comes back
- `resolvconf`  resolv.conf and hosts, read as glibc reads them
- `resolver`    the vantage's own resolver: which name was asked, and which server said what
- `dns_query`   one question to one DNS server, over UDP or TCP
- `handshake`   the TLS handshake, and what it shows of the server
- `http_wire`   PURE: an HTTP/1.1 request out, the head of the answer in
"""
