"""What anybody on the machine can see of a build."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import Self


class Watch:
    """Reads the argument lists of all processes, over and over, while it is entered.

    Attributes:
        command_lines: All that were seen.
    """

    def __init__(self) -> None:
        self.command_lines: set[str] = set()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._read)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _read(self) -> None:
        while not self._is_over.wait(0.002):
            for process in Path("/proc").glob("[0-9]*"):
                # It may be gone by now.
                with contextlib.suppress(OSError):
                    line = (process / "cmdline").read_bytes().replace(b"\0", b" ")
                    self.command_lines.add(line.decode("utf-8", "replace"))
