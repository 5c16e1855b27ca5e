"""The hands: whatever runs at a vantage. Knows `prober.model` and nothing else of `prober`.

A plan comes in (one line of JSON), observations go out (one line each, as they happen); nothing
listens for commands.

- runner       reads the plan, runs all probes at once within the file limit, writes the lines
- fresh        the runner for a pod that is new: repeats its plan until the answers are stable
- visit        the runner as exec'd in an agent's pod: a process for each pod that is visited
- itinerary    what it is given: a plan for each pod, in one line
- enter        become a pod for the network; find its process, compare its addresses
- privileges   setns(2) and capset(2)
- daemon       the long-lived process of an agent's pod: health and metrics, and nothing else
- metrics      PURE: Prometheus' text format
- tally        how much was done, left in a file by runs for the long-lived process to show
- wire         the lines themselves: strict when read, silent about defaults when written
- contract     what a probe function is given (context) and gives back (attempt result)
- attempts     the one loop over tries; makes an observation of them
- probes       one file a protocol, and the table of them
- dial         name → address → connected socket, with everything that was seen on the way
- resolve      the vantage's own resolver: resolv.conf, hosts, search path; says which DNS server
  did what
- resolvconf   PURE but for reading: resolv.conf and hosts, as glibc reads them
- exchange     one question to one DNS server
- handshake    TLS: the handshake, and what it shows of the server
- httpwire     PURE. HTTP/1.1: a request out, the head of the answer in
- evidence     the socket's error queue: which ICMP error came, and from whom, without privileges
- classify     PURE: errno and ICMP evidence → outcome and a sentence
- routes       is a host a neighbour, or behind a gateway
- hops         the TTL walk: which side of the way dropped the packet
- datagram     one question in a datagram, sent again while nothing comes back
- vicinity     who said no: the target, or somebody next to the vantage in its name
- sockets      non-blocking sockets on the event loop, and waiting for them with a deadline
- lag          how late the event loop itself was, so that a starved prober is not read as a slow
  network
- limits       open files: raised as far as allowed, and shared out
- output       lines leave through a thread, so that a slow reader does not slow the probes
- responder    the other end: echo, HTTP, TLS and SSH-banner listeners for targets under control
- certificate  a self-signed one, for those listeners
"""
