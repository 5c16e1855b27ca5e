"""What is known about a run: what rules ask before they conclude. Pure.

- `case`               what a rule sees, and what a rule is
- `dead_pods`          what the rules about dead pod networks share: whose network is dead, and
                       which checks that explains
- `denials`            what the rules about policies share: the denials of a run, sorted by what is
                       missing
- `dns`                what the rules about DNS share: which names got no answer, from whom, and
                       whether policies forbade the question
- `followups`          the further probes that rules ask for: past the Service, from the node, to
                       the node
- `locate`             whose address is it? Evidence names addresses; people think in nodes and pods
- `machinery`          how the parts are that a cluster's network consists of: CNI agents,
                       kube-proxy, DNS servers
- `node_paths`         what the rules about ways between nodes share: what is lost between pods of
                       two nodes, against the policies
- `peers`              what the rules about peers share: the items of `from` and `to` that leave a
                       pod out, and why
- `policy_gap`         what the rules about gaps in policies share: grouping denials into one
                       finding a policy and port
- `port_names`         what the rules about names of ports share: names that mean nothing on the
                       destination, and putting them right
- `questions`          questions that rules ask, and the answers so far
- `reasons`            the sentences under a check: what the policies say, what the wire said, what
                       the controls showed
- `service_endpoints`  what the rules about Services share: checks of Services that have nothing
                       behind them, and why
- `traffic_policy`     what the two rules about traffic policies share: where a Service has
                       endpoints, and the fix
- `unwanted`           what the rules about too much reachability share: checks that expect a
                       denial, where the policies allow the flow
- `wanted_flows`       the flows that a check needs, as a policy sees them: between pods after
                       translation, or to anywhere outside
"""
