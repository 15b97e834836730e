"""The figures of the benchmarks: how whole programs are timed in turn, and what is printed.

Every figure is a ratio of two measurements of one run, so that it holds on a machine whose
speed varies.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The last line of `check` and `fix`; a Python that fails ends with status 1 as well.
_TALLY = re.compile(r" in \d+ files?\b")
_SHOWN_ERRORS = 2_000


class BenchFailed(Exception):
    """Nothing can be measured; the message is the cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure.

    Attributes:
        name: What is compared.
        ratios: The ratio of each round.
        goal: What the median must reach, or stay below; None if it is only shown.
        at_least: Whether it must reach it.
    """

    name: str
    ratios: Sequence[float]
    goal: float | None
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the median is on the right side of the goal."""
        if self.goal is None:
            return True
        median = statistics.median(self.ratios)
        return median >= self.goal if self.at_least else median <= self.goal

    def __str__(self) -> str:
        median = statistics.median(self.ratios)
        spread = f"({min(self.ratios):.2f} to {max(self.ratios):.2f})"
        figures = f"{self.name:58} {median:8.2f} {spread:20}"
        if self.goal is None:
            return f"{figures} no goal"
        wanted = f"{'at least' if self.at_least else 'at most'} {self.goal:g}"
        return f"{figures} {wanted:14} {'ok' if self.is_met else 'MISSED'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What a program used.

    Attributes:
        wall: Seconds from its start to its end.
        cpu: Seconds of processors, in the program and the kernel, its workers' included.
    """

    wall: float
    cpu: float


def show(rows: Iterable[Row]) -> list[Row]:
    """Print rows as they come, and return them."""
    seen = []
    for row in rows:
        print(row, flush=True)
        seen.append(row)
    return seen


def in_turn(
    *works: Callable[[], Used], rounds: int, warm_up: bool = True
) -> list[tuple[Used, ...]]:
    """Measure programs in turn.

    Every other round goes backwards: a machine that tires favours none.

    Args:
        works: What runs each program.
        rounds: How many times to measure each.
        warm_up: Whether to run each once before, so that its files are in memory, and
            Python has kept its compiled modules.

    Returns:
        For each round what each program used, in the order of the arguments.
    """
    if warm_up:
        for work in works:
            work()
    measured = []
    for number in range(rounds):
        order = range(len(works)) if number % 2 == 0 else range(len(works) - 1, -1, -1)
        used = {i: works[i]() for i in order}
        measured.append(tuple(used[i] for i in range(len(works))))
    return measured


def environment(code: Path) -> dict[str, str]:
    """The environment of a program that imports the project from one folder.

    What else is set for Python is left out: it may keep its compiled modules, and buffer
    its output, as it does where nothing is set.

    Args:
        code: The folder with the project's package.
    """
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    return kept | {"PYTHONPATH": str(code)}


def ecr_public_pull(*arguments: str, folder: Path, code: Path = ROOT) -> Used:
    """Run the command line.

    Args:
        arguments: Its arguments: ``check`` or ``fix``, and paths.
        folder: The working folder, which has no configuration.
        code: The folder with the project's package.

    Raises:
        BenchFailed: It did not get to its end, or is not in that folder.
    """
    # Python would take the installed package, which is this checkout's.
    if not (code / "cdk_ecr_public_pull" / "__init__.py").exists():
        raise BenchFailed(f"there is no package cdk_ecr_public_pull in {code}")
    command = [sys.executable, "-m", "cdk_ecr_public_pull", *arguments]
    return _run(command, folder, code, lambda _, errors: bool(_TALLY.search(errors)))


def program(*arguments: str, folder: Path) -> Used:
    """Run a program.

    Args:
        arguments: The program and its arguments.
        folder: The working folder.

    Raises:
        BenchFailed: It failed.
    """
    return _run(arguments, folder, ROOT, lambda status, _: status == 0)


def _run(
    command: Sequence[str], folder: Path, code: Path, is_done: Callable[[int, str], bool]
) -> Used:
    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        with subprocess.Popen(
            command,
            cwd=folder,
            env=environment(code),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        ) as process:
            try:
                # Unlike wait(), it says what this program and its workers used.
                _, status, usage = os.wait4(process.pid, 0)
            except BaseException:
                process.kill()
                raise
            wall = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        said = errors.read().decode("utf-8", "replace")
    if not is_done(process.returncode, said):
        shown = " ".join(command[:4])
        raise BenchFailed(
            f"{shown} … with the code in {code} ended with status {process.returncode}:\n"
            f"{said[-_SHOWN_ERRORS:]}"
        )
    return Used(wall=wall, cpu=usage.ru_utime + usage.ru_stime)
