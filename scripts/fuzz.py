"""Looks for files that break what must hold for every file, guided by coverage.

Run with the Python of .venv, by ``make fuzz``. It starts from the case table and from
earlier finds, changes them in ways that reach new code, and stops at the first file that
breaks a rule of ``tests/dockerfile/invariants.py``, or when its time is up. What it finds
lands in ``tests/data/fuzz``, where a test tries it again on every run.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import importlib.util
import io
import multiprocessing
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
FINDS = ROOT / "tests" / "data" / "fuzz"
LONGEST = 2_048
SLOWEST_SECONDS = 10


def main() -> int:
    """Fuzz for as long as the command line says.

    Returns:
        0 if nothing was found, 1 if something was, 2 if the fuzzer is not installed.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("seconds", nargs="?", type=int, default=60, help="how long (default: 60)")
    seconds = parser.parse_args().seconds
    if importlib.util.find_spec("atheris") is None:
        print("atheris, the fuzzer, is not installed: run make fuzz", file=sys.stderr)
        return 2
    known = set(FINDS.iterdir())
    with tempfile.TemporaryDirectory() as folder:
        # The fuzzer ends its process, so it gets one of its own.
        spawn = multiprocessing.get_context("spawn")
        process = spawn.Process(target=fuzz, args=(seconds, Path(folder)))
        process.start()
        process.join()
    for find in sorted(set(FINDS.iterdir()) - known):
        print(f"found: {find.relative_to(ROOT)}")
    return 1 if process.exitcode else 0


def fuzz(seconds: int, folder: Path) -> None:
    """Fuzz, and end the process.

    Args:
        seconds: How long.
        folder: An empty folder, for the files to start from and those that reach new code.
    """
    sys.path.insert(0, str(ROOT))
    # Without mypy's knowledge: it is installed for fuzzing alone.
    atheris = importlib.import_module("atheris")
    # It tells of each module that it instruments.
    told = contextlib.redirect_stderr(io.StringIO())
    with told, atheris.instrument_imports(include=["cdk_ecr_public_pull"]):
        invariants = importlib.import_module("tests.dockerfile.invariants")
    support = importlib.import_module("tests.dockerfile.support")
    corpus, words = folder / "corpus", folder / "words"
    corpus.mkdir()
    seeds = [case.content for case in support.cases()]
    seeds += [find.read_bytes() for find in FINDS.iterdir()]
    for number, seed in enumerate(seeds):
        (corpus / f"{number:03}").write_bytes(seed)
    words.write_text("\n".join(map(quoted, support.FRAGMENTS)), encoding="ascii")
    options = [
        f"-max_total_time={seconds}",
        f"-max_len={LONGEST}",
        "-len_control=0",
        f"-timeout={SLOWEST_SECONDS}",
        f"-artifact_prefix={FINDS}/",
        f"-dict={words}",
        "-use_value_profile=1",
        "-print_final_stats=1",
        "-verbosity=0",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], invariants.check_everything)
    atheris.Fuzz()


def quoted(fragment: bytes) -> str:
    """A piece of a Dockerfile as the fuzzer's dictionary has it."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in fragment) + '"'


if __name__ == "__main__":
    sys.exit(main())
