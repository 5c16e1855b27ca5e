"""Asking those who drop packets: the policy engine's agents, and the kernels of the nodes.

A probe that gets no answer shows that packets were dropped, not by whom. The engine knows: Cilium
tells of each dropped packet, engines of iptables count what each rule took, and every kernel has a
reason for a packet that it gives up. So the checks that failed are made once more while those are
listened to, on the nodes concerned. That is opt-in, and its rights are a group of their own: exec
into the engine's pods is as good as root on their nodes.

What an engine says is untrusted: it is bounded in time and size, read by its grammar, and what does
not fit the probe's own flow is passed over. It never makes a check green or red.

- `ask`         all of it: listen, probe again, put together
- `subjects`    who is asked, on which node, and how
- `talking`     one exec: listen until told to stop
- `flows`       what of a check's flow is looked for
- `counters`    iptables-save: rules with their counters, before and after
- `chains`      what a rule that took packets stands for (kube-router, Calico, others)
- `cilium`      Cilium's monitor, and the policies of an endpoint
- `kernel`      what an agent says of the kernel's drops
- `told`        from what was heard to words about each check
"""
