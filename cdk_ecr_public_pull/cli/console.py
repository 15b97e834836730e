"""What is printed: results on the standard output, all else on the standard error."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cdk_ecr_public_pull.printable import escape_controls

if TYPE_CHECKING:
    from typing import NoReturn, TextIO

    from tqdm.std import tqdm

# Fewer files are done before a bar could be read.
_MIN_FILES_FOR_BAR = 200


class Console:
    """Prints, around a progress bar if there is one.

    There is one if the standard error is a terminal and there are many files.
    """

    def __init__(self, files: int) -> None:
        """Show the bar, if there shall be one.

        Args:
            files: How many files will be worked on.
        """
        self._bar = _progress_bar(files)

    def out(self, text: str) -> None:
        """Print a result; line ends are not added."""
        self._print(text, sys.stdout)

    def err(self, text: str) -> None:
        """Print what is not a result; line ends are not added."""
        self._print(text, sys.stderr)

    def advance(self) -> None:
        """Count a file."""
        if self._bar is not None:
            self._bar.update()

    def close(self) -> None:
        """Remove the bar."""
        if self._bar is not None:
            self._bar.close()

    def _print(self, text: str, stream: TextIO) -> None:
        if not text:
            return
        if self._bar is not None:
            self._bar.write(text, file=stream, end="")
        else:
            print(text, end="", file=stream)


def complaint(message: str) -> str:
    """A message of several lines, with the program's name before it, safe to print."""
    lines = [escape_controls(line) for line in message.split("\n")]
    return "ecr-public-pull: " + "\n".join(lines) + "\n"


def _progress_bar(files: int) -> tqdm[NoReturn] | None:
    stream = sys.stderr
    if files < _MIN_FILES_FOR_BAR or stream is None or not stream.isatty():
        return None
    from tqdm.std import tqdm  # noqa: PLC0415  (only here: importing it takes longer than checking a file)

    # Its thread only wakes bars that stand still, and threads do not go with fork.
    tqdm.monitor_interval = 0
    return tqdm(total=files, unit=" files", file=stream, leave=False, dynamic_ncols=True)
