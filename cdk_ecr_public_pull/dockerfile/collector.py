"""Python's cyclic garbage collector, kept from large files."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import wraps

# As in typing, whose import would make every start slower.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    _Work = TypeVar("_Work", bound=Callable[..., Any])

_LARGE = 32_768
"""A file of so many bytes makes enough objects for full collections."""


def collecting_later(work: _Work) -> _Work:
    """Let the collector rest while a function works on a large Dockerfile.

    The objects that a file becomes refer to each other in no cycle, but for the few of an
    error, so that there is next to nothing to collect; but each full collection looks at
    all of them, and the larger the file, the more collections there are, so that the time
    grows faster than the file. A collector that is off already stays off.

    Args:
        work: The function; its first argument is the file's content.
    """

    @wraps(work)
    def working(content: bytes, **options: object) -> object:
        if len(content) < _LARGE or not gc.isenabled():
            return work(content, **options)
        gc.disable()
        try:
            return work(content, **options)
        finally:
            gc.enable()

    return working  # type: ignore[return-value]  # wraps keeps the signature
