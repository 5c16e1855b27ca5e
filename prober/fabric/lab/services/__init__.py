"""Services and DNS as kube-proxy and cluster DNS have them.

- `catalogue`    what a DNS server of the lab knows, and the answers that follow from it
- `dns_server`   the lab's DNS servers on the wire: UDP and TCP, with forwarding
- `records`      the records of cluster DNS and of the DNS server outside
- `translation`  service translation in one node's namespace, as kube-proxy does it
"""
