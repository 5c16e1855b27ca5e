"""The words everything else is written in. Pure: no I/O, no clients, no clocks.

- `engine_word`           what a policy engine or a node's kernel says itself of a packet that it
                          did not let pass
- `listing`               names in a sentence
- `objects`, `snapshot`   the Kubernetes objects that decide about connectivity
- `kubernetes`            words that Kubernetes itself has given: labels, short names of kinds
- `check`                 endpoint, flow, vantage, check, expectation
- `probe`                 the contract with the agent: a plan in, observations out
- `outcome`               how a probe ended, and the evidence
- `prediction`            what the policies say, with the trail
- `run`                   verdict, result, finding, and the record of a whole run
- `network`               what a cluster's network is made of, and by which labels it is known
- `languages`             the objects of the policy languages beside NetworkPolicy
- `baseline`              what was reachable at a moment, and what changed since
- `testimony`             what people and clusters wrote about their objects
- `bundle`                what goes into a support bundle
- `published`, `codec`    the published JSON: its shapes, and a record to it and back
- `packed`                a snapshot as text, for another prober that goes on where one ended
- `decoding`              what makes bytes unreadable, whoever wrote them
- `patches`               JSON patches: applied, undone, moved to another object
- `text`                  text that others wrote, and text for others to run
- `protocol`              the one table of protocols, which both sides of a probe read
- `bounds`                what an agent may say at most
- `limits`                how much of a run is under way at once, and how quickly probes start
- `lab`                   what the embedded lab is told besides the manifests
- `errors`                the exception tree and the exit codes
"""
