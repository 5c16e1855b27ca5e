"""Fuzzing: bytes that nobody would write, for everything that reads bytes from outside.

- `decoders`  the table: each decoder with what it reads, and the errors that it declares
- `mutation`  PURE: the input number N of a seed, made from the corpus
- `trial`     one decoder and one input: what came of it, in what time and memory
- `__main__`  `python -m tests.fuzz`: long runs by hand

A new decoder is one row in `decoders.TABLE` and a folder of examples in `corpus/`. What a run finds
is kept as a file there, so that the tests try it for ever.
"""
