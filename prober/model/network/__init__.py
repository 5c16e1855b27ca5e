"""What a cluster's network is made of, and by which labels its parts are known. Pure.

- `cni`         the network plugins and policy engines, and what becomes of a NetworkPolicy there
- `components`  pods that do something for the network of others: DNS, kube-proxy, agents
"""
