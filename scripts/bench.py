"""Measures how quickly Dockerfiles are read and rewritten, against other readers of them.

Run with the Python of .venv, by ``make bench``. Every figure is a ratio of two times
taken in turn in this one run, so that it holds on a machine whose speed varies. Name a
folder to measure its Dockerfiles instead of the case table and the sample.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import dockerfile
from dockerfile_parse import DockerfileParser

from cdk_ecr_public_pull.discovery.dockerfiles import is_dockerfile_name
from cdk_ecr_public_pull.dockerfile.rewrite import rewrite_dockerfile

ROOT = Path(__file__).parent.parent
ROUNDS = 5
SAMPLES = 1_080
FILES_IN_TURN = 40
HADOLINT_FILES = 150
LINES = 2_000
DEPTH = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure.

    Attributes:
        name: What is compared.
        ratios: The ratio of each round.
        goal: What the median must reach, or stay below.
        at_least: Whether it must reach it.
    """

    name: str
    ratios: Sequence[float]
    goal: float
    at_least: bool

    @property
    def is_met(self) -> bool:
        """Whether the median is on the right side of the goal."""
        median = statistics.median(self.ratios)
        return median >= self.goal if self.at_least else median <= self.goal

    def __str__(self) -> str:
        median = statistics.median(self.ratios)
        wanted = f"{'at least' if self.at_least else 'at most'} {self.goal:g}"
        spread = f"({min(self.ratios):.2f} to {max(self.ratios):.2f})"
        verdict = "ok" if self.is_met else "MISSED"
        return f"{self.name:58} {median:8.2f} {spread:20} {wanted:14} {verdict}"


def main() -> int:
    """Prints the table; returns 0 if every goal is met, otherwise 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="a folder of Dockerfiles")
    folder = parser.parse_args().folder
    rows: list[Row] = []
    for name, corpus in corpora(folder):
        rows += show(against_parsers(name, corpus))
    corpus = next(corpora(folder))[1]
    rows += show(against_hadolint(corpus[:: max(1, len(corpus) // HADOLINT_FILES)]))
    rows += show(cold_start())
    rows += show(growth())
    return 0 if all(row.is_met for row in rows) else 1


def show(rows: Iterator[Row]) -> list[Row]:
    """Prints rows as they come."""
    seen = []
    for row in rows:
        print(row, flush=True)
        seen.append(row)
    return seen


def corpora(folder: Path | None) -> Iterator[tuple[str, list[bytes]]]:
    """The files to measure: those of a folder, or the sample and the case table."""
    if folder is not None:
        paths = [path for path in sorted(folder.rglob("*")) if is_dockerfile_name(path.name)]
        yield f"{len(paths)} files", [path.read_bytes() for path in paths if path.is_file()]
        return
    table = json.loads((ROOT / "tests" / "data" / "dockerfile-cases.json").read_bytes())
    cases = [base64.b64decode(case["dockerfile_b64"]) for case in table]
    sample = (ROOT / "sample" / "Dockerfile").read_bytes()
    yield f"{SAMPLES} samples, {len(cases)} odd cases", [*cases, *[sample] * SAMPLES]


def against_parsers(name: str, corpus: Sequence[bytes]) -> Iterator[Row]:
    """Find, decide and rewrite, against reading alone."""
    go: list[float] = []
    python: list[float] = []
    for _ in range(ROUNDS):
        times = [0.0, 0.0, 0.0]
        # In turn on few files each, so that all three meet the same machine.
        for start in range(0, len(corpus), FILES_IN_TURN):
            part = corpus[start : start + FILES_IN_TURN]
            for i, work in enumerate((rewrite_dockerfile, parse_with_go, parse_with_python)):
                times[i] += seconds(work, part)
        go.append(times[1] / times[0])
        python.append(times[0] / times[2])
    yield Row(name=f"{name}: files/s, of the Go parser's", ratios=go, goal=1.5, at_least=True)
    yield Row(name=f"{name}: time, of dockerfile-parse's", ratios=python, goal=2, at_least=False)


def seconds(work: Callable[[bytes], object], corpus: Sequence[bytes]) -> float:
    """How long one function takes on all files."""
    start = time.perf_counter()
    for content in corpus:
        work(content)
    return time.perf_counter() - start


def parse_with_go(content: bytes) -> object:
    """What the package dockerfile does with a file; it refuses some."""
    try:
        return dockerfile.parse_string(content.decode("utf-8", "replace"))
    except dockerfile.GoParseError:
        return None


def parse_with_python(content: bytes) -> object:
    """What dockerfile-parse does with a file; it fails where one is not UTF-8."""
    try:
        return DockerfileParser(fileobj=io.BytesIO(content)).structure
    except UnicodeDecodeError:
        return None


def against_hadolint(corpus: Sequence[bytes]) -> Iterator[Row]:
    """Files per second, of those of hadolint in one run of it."""
    ratios: list[float] = []
    hadolint = str(Path(sys.prefix) / "bin" / "hadolint")
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for number, content in enumerate(corpus):
            names.append(str(Path(folder, f"Dockerfile.{number}")))
            Path(names[-1]).write_bytes(content)
        for _ in range(3):
            start = time.perf_counter()
            command = [hadolint, "--no-fail", "--format", "json", *names]
            subprocess.run(command, capture_output=True, check=True)
            theirs = time.perf_counter() - start
            ratios.append(theirs / seconds(rewrite_dockerfile, corpus))
    yield Row(name="files/s, of hadolint's", ratios=ratios, goal=50, at_least=True)


def cold_start() -> Iterator[Row]:
    """One check of one small file, in processes of Python that do nothing."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "Dockerfile")
        path.write_bytes(b"FROM public.ecr.aws/docker/library/node:21\n")
        check = [str(Path(sys.prefix) / "bin" / "ecr-public-pull"), "check", str(path)]
        nothing = [sys.executable, "-c", "pass"]
        ratios = [wall(check, folder) / wall(nothing, folder) for _ in range(15)]
    yield Row(name="check of one file, of `python -c pass`", ratios=ratios, goal=5, at_least=False)


def wall(command: Sequence[str], folder: str) -> float:
    """How long a process takes, in a folder without configuration.

    Python may keep its compiled modules, as it does where it is installed.
    """
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True, cwd=folder, env=environment)
    return time.perf_counter() - start


def growth() -> Iterator[Row]:
    """Ten times the input, in times the time."""
    shapes: dict[str, Callable[[int], str]] = {
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
    for name, shape in shapes.items():
        small, large = shape(LINES).encode(), shape(LINES * 10).encode()
        ratios = [best(large) / best(small) for _ in range(3)]
        size = f"{len(large) / 1e6:.1f} MB"
        yield Row(name=f"10 times: {name} ({size})", ratios=ratios, goal=12, at_least=False)
    deep = ["FROM " + "${A:-" * d + "node" + "}" * d + "\n" for d in (DEPTH, DEPTH * 10)]
    ratios = [best(deep[1].encode()) / best(deep[0].encode()) for _ in range(3)]
    yield Row(name="10 times: nesting of ${…}", ratios=ratios, goal=12, at_least=False)


def best(content: bytes) -> float:
    """The best of some times that one file takes."""
    return min(seconds(rewrite_dockerfile, [content]) for _ in range(3))


if __name__ == "__main__":
    sys.exit(main())
