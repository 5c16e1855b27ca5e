"""The command line: the composition root, and the only place that builds a concrete fabric.

- `main`      the entry point, which imports what a command needs when it is called
- `calling`   a command line, called: the one place where an error becomes a sentence and an exit
  code
- `group`     the table of commands
- `logs`      structlog on stderr, for people or as JSON
- `options`   options that several commands share
- `fabrics`   from those options to a fabric
- one module a command, each with a click command named `command`
"""
