"""Who is on the way to a target: measured with ordinary TCP connects, without privileges.

- `traceroute`  which router answers for each TTL, and where the packets stop
- `rst_origin`  did a RST come from the target, or from somebody next to the vantage in its name
"""
