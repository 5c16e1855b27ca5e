"""Why the kernel dropped a packet: what it says itself, whoever set up the rule.

Every packet that the kernel gives up passes the tracepoint skb:kfree_skb, with a reason (enum
skb_drop_reason) and the place in its code. The tracepoint itself, as tracefs prints it, does not
say which packet that was. So a small program of the kernel's own virtual machine (BPF) is attached
to it, which looks at the packet's header; it runs for some seconds, sees only packets from or to
the addresses that are asked about, and changes nothing.

It needs CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN: root on the node, which agents that enter pods
are. Nothing is compiled and no tool is needed: the program is some fifty instructions, and where
the members of a packet are is read from the kernel's own type information (BTF).

- `btf`      where members of the kernel's structures are
- `program`  the instructions
- `kernel`   bpf(2): maps, programs, the tracepoint
- `packets`  headers to flows; addresses of code to names
- `wire`     what is asked, and what is said
- `watch`    the command
"""
