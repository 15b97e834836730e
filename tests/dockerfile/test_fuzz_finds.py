"""What the fuzzer found is tried again on every run, and the fuzzer starts where it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.dockerfile.invariants import check_everything
from tests.dockerfile.support import DATA, FRAGMENTS

FUZZER = DATA.parent.parent / "scripts" / "fuzz.py"
FINDS = sorted((DATA / "fuzz").iterdir())


@pytest.mark.parametrize("find", [pytest.param(find, id=find.name) for find in FINDS])
def test_find(find: Path) -> None:
    """A file that once broke a rule breaks none, and an empty one does not either."""
    check_everything(find.read_bytes())


@pytest.mark.parametrize("fragment", FRAGMENTS)
@pytest.mark.parametrize("start", [b"", b"FROM node\n", b"FROM node AS a\nCOPY --from="])
def test_fragment(start: bytes, fragment: bytes) -> None:
    """A file that one of the fuzzer's words ends breaks no rule."""
    check_everything(start + fragment)


def test_without_the_fuzzer() -> None:
    """Where atheris is missing, as all packages are here, one line says how to get it."""
    run = subprocess.run(
        [sys.executable, "-I", "-S", FUZZER, "1"], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout, run.stderr) == (
        2,
        "",
        "atheris, the fuzzer, is not installed: run make fuzz\n",
    )
