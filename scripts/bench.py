"""Measures whole commands on a folder of Dockerfiles, against other programs that read them.

Run with the Python of .venv, by ``make bench``. Name a folder to measure its Dockerfiles
instead of made-up ones, and a commit to compare the current code with that one's. CPU time
is that of a command and its workers; ``check`` and ``fix`` use all processors for many files.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from scripts.bench_base import against_base, checkout, title_of
from scripts.bench_folder import (
    Corpus,
    against_hadolint,
    against_nothing,
    against_parsers,
    corpus_of,
)
from scripts.bench_growth import growth
from scripts.bench_rows import BenchFailed, Row, show


def main() -> int:
    """Prints the table; returns 0 if every goal is met, 1 if not, and 2 if it cannot measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="a folder of Dockerfiles")
    parser.add_argument("--base", metavar="COMMIT", help="a commit to compare with")
    options = parser.parse_args()
    # An exit like any other, which removes the temporary folders.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        with ExitStack() as stack:
            corpus = stack.enter_context(corpus_of(options.folder))
            print(corpus.title, flush=True)
            base = None
            if options.base is not None:
                base = stack.enter_context(checkout(options.base))
                print(f"BASE is {title_of(base)}", flush=True)
            rows = show(measured(corpus, base))
    except BenchFailed as error:
        print(f"make bench: {error}", file=sys.stderr)
        return 2
    return 0 if all(row.is_met for row in rows) else 1


def measured(corpus: Corpus, base: Path | None) -> Iterator[Row]:
    """All rows of the table.

    Args:
        corpus: The files.
        base: The folder with the code to compare with, if there is one.
    """
    if base is not None:
        yield from against_base(corpus, base)
    yield from against_parsers(corpus)
    yield from against_hadolint(corpus)
    yield from against_nothing()
    yield from growth()


if __name__ == "__main__":
    sys.exit(main())
