"""How the time grows with the size of a file: made-up files, and the same ten times as large."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator

from cdk_ecr_public_pull.dockerfile.rewrite import rewrite_dockerfile
from cdk_ecr_public_pull.images.reference import parse_image
from scripts.bench_rows import Row

LINES = 2_000
DEPTH = 9
ROUNDS = 3
GOAL = 12

SHAPES: dict[str, Callable[[int], str]] = {
    "ARGs": lambda n: "".join(f"ARG A{i}=v{i}\n" for i in range(n)) + "FROM node:21\n",
    "chained ARGs": lambda n: (
        "ARG A0=node\n" + "".join(f"ARG A{i + 1}=$A{i}\n" for i in range(n)) + f"FROM $A{n}\n"
    ),
    "a shared ARG": lambda n: "ARG A=node:21\n" + "FROM $A\n" * n,
    "stages": lambda n: "".join(f"FROM node:21 AS s{i}\n" for i in range(n)),
    "stages on one with ONBUILD": lambda n: (
        "FROM node:21 AS s\nONBUILD COPY --from=nginx:1 /a /b\n" + "FROM s\n" * n
    ),
    "copies": lambda n: "FROM node:21\n" + "COPY --from=nginx:1 /a /b\n" * n,
    "a continuation": lambda n: "FROM node:21\nRUN a \\\n" + " && b \\\n" * n * 5 + " c\n",
    "a heredoc": lambda n: "FROM node:21\nRUN <<E\n" + "line of it\n" * n * 5 + "E\n",
    "a continuation beside a heredoc": lambda n: (
        "FROM node:21\nRUN <<E\nx\nE\nRUN a \\\n" + " && b \\\n" * n * 5 + " c\n"
    ),
}


def growth() -> Iterator[Row]:
    """Ten times the input, in times the time."""
    for name, shape in SHAPES.items():
        small, large = shape(LINES).encode(), shape(LINES * 10).encode()
        size = f"{len(large) / 1e6:.1f} MB"
        ratios = [_best(large) / _best(small) for _ in range(ROUNDS)]
        yield Row(name=f"10 times: {name} ({size})", ratios=ratios, goal=GOAL)
    small, large = _nested(DEPTH), _nested(DEPTH * 10)
    ratios = [_best(large) / _best(small) for _ in range(ROUNDS)]
    yield Row(name="10 times: nesting of ${…}", ratios=ratios, goal=GOAL)


def _nested(depth: int) -> bytes:
    return ("FROM " + "${A:-" * depth + "node" + "}" * depth + "\n").encode()


def _best(content: bytes) -> float:
    """The best of some times that one file takes."""
    return min(_seconds(content) for _ in range(3))


def _seconds(content: bytes) -> float:
    # A second run would find the names of a small file known, and of a large one forgotten.
    parse_image.cache_clear()
    # As in the command line, which makes no cycles to collect.
    gc.disable()
    # Of the processor: other programs on it do not count.
    start = time.process_time()
    rewrite_dockerfile(content)
    seconds = time.process_time() - start
    gc.enable()
    return seconds
