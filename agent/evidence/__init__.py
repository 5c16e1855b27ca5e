"""What the wire says about a failure, and what that means.

- `classify`     PURE
- `error_queue`  what the wire said, as far as an unprivileged socket can know it: the error queue
- `routes`       is a host on a network of the vantage's own, or behind a gateway? Read from /proc,
                 which needs no privilege
- `rst_origin`   who said no: the target, or somebody next to the vantage in the target's name?
                 Found out without privileges
- `traceroute`   the TTL walk: a traceroute made of ordinary TCP connects, without privileges
"""
