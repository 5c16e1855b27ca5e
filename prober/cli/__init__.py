"""The command line: the composition root, and the only place that builds a concrete fabric.

- `main`      the entry point: lazy commands, and the one place where an error becomes a sentence
  and an exit code
- `logs`      structlog on stderr, for people or as JSON
- `options`   options that several commands share
- `fabrics`   from those options to a fabric
- one module a command, each with a click command named `command`
"""
