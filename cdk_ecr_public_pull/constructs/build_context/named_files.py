"""Files that an app names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeAlias

from cdk_ecr_public_pull.errors import UnusableFile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FileName: TypeAlias = str | os.PathLike[str]


def names(given: Sequence[FileName] | FileName) -> tuple[str, ...]:
    """The names that were given, each once; one alone may stand without a list.

    Args:
        given: File names.
    """
    several = (given,) if isinstance(given, str | os.PathLike) else given
    return tuple(dict.fromkeys(os.fspath(name) for name in several))


def read(path: Path, *, shown: str) -> bytes:
    """Read a file.

    Args:
        path: The file.
        shown: Its path as the user would write it, for messages.

    Raises:
        UnusableFile: It is not there, or cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnusableFile(f"{shown}: the file cannot be read: {error.strerror}") from None
