"""How messages show a path."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def shown_path(path: Path) -> str:
    """A path as messages have it: from the working folder, unless it lies outside of it.

    Args:
        path: The file.
    """
    relative = os.path.relpath(path)
    return str(path) if relative.startswith(os.pardir) else relative
