"""What runs at a vantage. Knows `prober.model` and nothing else of `prober`.

A plan comes in (one line of JSON), observations go out (one line each, as they happen); nothing
listens for commands. `python -m agent` lists the commands.

From a plan to its observations, top down:

- `dropping`      why the kernel dropped a packet: what it says itself, whoever set up the rule
- `pacing`        in which order probes start, and how quickly: so that no plan is a flood to
                  anybody
- `runner`        runs all probes of a plan at once, within the limit of open files
- `until_stable`  the runner for a new pod: repeats its plan until two rounds agree
- `pulse`         connects again and again, and says when it stops getting through
- `attempts`      the one loop over the tries of a probe; makes an observation of them
- `contract`      the type of a probe: what it is given (context) and gives back (result)
- `result`        how one try ended
- `wire`          the lines: strict when read, silent about defaults when written
- `output`        lines leave through a thread, so that a slow reader does not slow the probes
- `loop_lag`      how late the event loop was, so that a starved prober is no slow network

And the rooms, each of which uses only those below it:

- `entering`      the runner in an agent's pod: becomes other pods for the network
- `patrolling`    the agent probes by itself what it is assigned
- `probes`        one file a protocol, and the table of them
- `path`          who is on the way: traceroute, and where a RST came from
- `net`           sockets, names and handshakes: what probes are built from
- `evidence`      what the wire says about a failure, and what that means
- `serving`       the other side: health and metrics of an agent, and targets that answer
- `capturing`     packets as they pass, for people
- `dropping`      which packets the kernel gives up, and why
"""
