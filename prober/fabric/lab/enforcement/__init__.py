"""Policies and obstacles as nft text. Pure, and without a line of the prediction.

- `admin_policies`, `calico_policies`, `cilium_policies`
                    the other policy languages, each as tiers around or with NetworkPolicy
- `calico_selecting`
                    whom Calico's selectors mean in the lab: pods, and network sets
- `network_policy`  NetworkPolicy v1 in one node's namespace, as an implementation with packet
                    filters does it
- `obstacles`       what stands in the way apart from policies: the router's rules, firewalls, and
                    pods without identity
- `peers`           one rule of a policy as nft conditions: who, and which ports
- `selectors`       which objects a label selector selects: the lab's own reading of apimachinery's
                    LabelSelector
- `tier_chains`     tiers of policies as chains of nft
"""
