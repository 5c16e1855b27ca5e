"""Text that others wrote, and text for others to run. Pure.

- `addresses`  whether a text is an IP address
- `naming`     the grammar of names in records: what is not one of these is forged
- `secrets`    what is taken out of a text before it is shown to somebody else
- `shell`      command lines for people to copy
"""
