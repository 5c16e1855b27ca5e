"""The processes of a lab: the keeper and its children, and those who talk to it.

- `children`          processes that the keeper forks: probes, commands, and the servers that answer
                      them
- `construct`         builds a whole lab from its blueprint, inside the keeper's namespaces
- `control`           the control channel of a running lab: one JSON object a message, with open
                      files alongside
- `enter`             enters a running lab: the calling process starts a command there that has its
                      terminal, its user and its signals
- `enter_namespaces`  puts the calling process into a slot of the lab: its network, host name and
                      few files of /etc
- `isolation`         the two processes that a lab stands on
- `kernel`            the few system calls that the lab needs and that Python 3.11 has no function
                      for, through libc
- `launch`            starts a keeper and talks to it
- `listeners`         binds the lab's listeners, each in its namespace
- `load_rules`        loads nft rulesets into namespaces
- `main`              the keeper: process 1 of a lab
- `netlink`           builds the spaces and wires of a blueprint: the only module that speaks
                      netlink
- `offload`           switches off segmentation offload of an interface (ethtool's ioctl,
                      linux/ethtool.h and linux/sockios.h)
- `registry`          labs that stay up after the command that started them: who has which name, and
                      how to reach it
- `requirements`      what the lab needs of the machine, and what to do where it is missing
- `runs`              runs agents and commands in a lab that stands, through its control channel
- `servers`           the two processes that answer in the lab: one for the listeners, one for DNS
"""
