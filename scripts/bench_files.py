"""Measure `check` and `fix` on a folder of many Dockerfiles: speed, and memory at its peak.

Usage: python -m scripts.bench_files [FILES ...]     (20000 if left out)

The folder is made of the cases in tests/data and of small Dockerfiles, over and over.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from itertools import cycle, islice
from pathlib import Path

from scripts.bench_rows import ROOT, environment

CASES = ROOT / "tests" / "data" / "dockerfile-cases.json"
SMALL = (
    b"FROM node:21.7.0-alpine3.19\nWORKDIR /app\nCOPY . .\nRUN npm ci\n",
    b"ARG PYTHON=3.12\nFROM python:${PYTHON}-slim AS build\nFROM build\n",
    b"FROM public.ecr.aws/docker/library/nginx:1.27\nCOPY . /usr/share/nginx/html\n",
)
# A folder of a thousand files each: what large repositories look like, and quick to list.
FILES_PER_FOLDER = 20
POLL_SECONDS = 0.02


def make_corpus(folder: Path, files: int) -> None:
    """Fill a folder with Dockerfiles.

    Args:
        folder: The folder, which is empty.
        files: How many to make.
    """
    cases = json.loads(CASES.read_text("utf-8"))
    contents = [base64.b64decode(case["dockerfile_b64"]) for case in cases]
    for number, content in enumerate(islice(cycle([*contents, *SMALL]), files)):
        place = folder / f"service{number // FILES_PER_FOLDER}"
        place.mkdir(exist_ok=True)
        (place / f"Dockerfile.{number % FILES_PER_FOLDER}").write_bytes(content)


def peak_kilobytes(process_id: int) -> int:
    """The most memory that a process has had so far, in kB; 0 if it cannot be seen."""
    with suppress(OSError):
        for line in Path(f"/proc/{process_id}/status").read_text("ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return 0


def children(process_id: int) -> list[int]:
    """The processes that a process has started."""
    with suppress(OSError):
        text = Path(f"/proc/{process_id}/task/{process_id}/children").read_text("ascii")
        return [int(word) for word in text.split()]
    return []


def measure(folder: Path, *arguments: str) -> tuple[float, int, dict[int, int]]:
    """Run the program.

    Args:
        folder: The working folder.
        arguments: The program's arguments.

    Returns:
        The seconds it took, the peak of its first process and those of the others, in kB.
    """
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "cdk_ecr_public_pull", *arguments],
        cwd=folder,
        env=environment(ROOT),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    main, others = 0, dict[int, int]()
    while process.poll() is None:
        main = max(main, peak_kilobytes(process.pid))
        for child in children(process.pid):
            others[child] = max(others.get(child, 0), peak_kilobytes(child))
        time.sleep(POLL_SECONDS)
    return time.perf_counter() - start, main, others


def main(counts: list[int]) -> None:
    """Print a line for each number of files and each command."""
    print(f"{'command':<10}{'files':>8}{'files/s':>10}{'main MB':>10}{'workers MB':>22}")
    for files in counts:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            make_corpus(folder, files)
            for command in ("check", "pulls", "fix"):
                seconds, peak, others = measure(folder, command, ".")
                workers = " + ".join(f"{kilobytes / 1024:.0f}" for kilobytes in others.values())
                rate, megabytes = files / seconds, peak / 1024
                print(f"{command:<10}{files:>8}{rate:>10.0f}{megabytes:>10.0f}{workers:>22}")


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or [20_000])
