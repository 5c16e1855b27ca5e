"""What the other policy languages mean: each makes its objects ready for matching, tier by tier.

- `admin`     AdminNetworkPolicy, BaselineAdminNetworkPolicy, ClusterNetworkPolicy: tiers around
              NetworkPolicy
- `cilium`    CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy, in one set with NetworkPolicy
- `calico`    Calico's tiers, in one of which NetworkPolicies stand
- `domains`   names of hosts outside, and the patterns that match them
- `saying`    their rules in a person's words
"""
