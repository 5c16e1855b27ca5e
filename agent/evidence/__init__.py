"""What the wire says about a failure, and what that means. Nothing here opens a socket.

- `error_queue`  the ICMP errors about a socket's own packets, as the kernel keeps them: with their
                 type, code, sender and TTL, and without privileges
- `classify`     PURE: errno and ICMP errors into an outcome, and a sentence for people
- `routes`       is a host a neighbour, or behind a gateway? Read from /proc
"""
