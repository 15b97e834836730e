"""Dockerfiles: which images a build pulls, where they are written, how to move them.

Bytes in, bytes out: nothing here opens a file. What BuildKit does is the truth
(https://github.com/moby/buildkit, ``frontend/dockerfile``). The rooms, each of which imports
only those behind it::

    rewrite, named_contexts → pulls → edits → stages → instructions → expansion → parser
"""
