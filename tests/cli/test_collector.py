"""The garbage collector after a run of the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import gc, sys
from cdk_ecr_public_pull.cli.main import main
{before}
main({arguments})
print(gc.get_freeze_count() > 0, gc.isenabled())
"""


@pytest.mark.parametrize(
    ("before", "arguments", "expected"),
    [
        ("", "", "True False"),
        ("", "sys.argv[1:]", "False True"),
        ("gc.disable()", "sys.argv[1:]", "False False"),
    ],
    ids=["a process of its own", "called with arguments", "called while it is off"],
)
def test_collector(before: str, arguments: str, expected: str, tmp_path: Path) -> None:
    """It rests where the process is the command line's own, and is as it was elsewhere."""
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_bytes(b"FROM public.ecr.aws/docker/library/node:21\n")
    program = PROGRAM.format(before=before, arguments=arguments)

    ran = subprocess.run(
        [sys.executable, "-c", program, "check", str(dockerfile)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )

    assert ran.stdout == f"{expected}\n"
