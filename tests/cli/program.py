"""Running the command line, as a program of its own or in this process."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cdk_ecr_public_pull.cli.main import main

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parent.parent.parent
COMMAND = (sys.executable, "-m", "cdk_ecr_public_pull")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What came of a run: its exit status and what it printed."""

    status: int
    out: str = ""
    err: str = ""


def environment(**variables: str) -> dict[str, str]:
    """The environment of a program that finds the package here, with more variables.

    Its output is buffered as a user's is, whatever is said to the Python that runs the tests.
    """
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "", **variables}


def run(
    *arguments: str | bytes,
    folder: Path,
    stdin: bytes = b"",
    before: Sequence[str] = (),
    **variables: str,
) -> Ran:
    """Run the program.

    Args:
        arguments: Its arguments.
        folder: Its working folder.
        stdin: Its standard input.
        before: What runs it, and with which arguments.
        variables: What its environment has besides this one's.
    """
    ran = subprocess.run(
        [*before, *COMMAND, *arguments],
        cwd=folder,
        env=environment(**variables),
        input=stdin,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return Ran(
        status=ran.returncode,
        out=ran.stdout.decode("utf-8", "surrogateescape"),
        err=ran.stderr.decode(),
    )


class Cli:
    """The command line in this process, which is faster, in a folder of its own.

    Attributes:
        folder: The working folder.
    """

    def __init__(
        self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.folder = folder
        self._capsys = capsys
        self._monkeypatch = monkeypatch
        monkeypatch.chdir(folder)

    def __call__(self, *arguments: str, stdin: bytes = b"") -> Ran:
        """Run it."""
        text = io.TextIOWrapper(io.BytesIO(stdin))
        self._monkeypatch.setattr(sys, "stdin", text)
        try:
            status = main(arguments)
        except SystemExit as error:
            status = int(error.code or 0)
        out, err = self._capsys.readouterr()
        return Ran(status=status, out=out, err=err)

    def write(self, name: str, content: bytes | str) -> Path:
        """Make a file below the working folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def files(self) -> dict[str, bytes]:
        """All files below the working folder, to see what a run changed or left behind."""
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and ".git" not in path.parts
        }
