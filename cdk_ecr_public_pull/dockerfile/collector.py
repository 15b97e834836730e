"""Work on large files, from which the garbage collector is kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from cdk_ecr_public_pull.collector import resting_collector

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
    grows faster than the file.

    Args:
        work: The function; its first argument is the file's content.
    """

    @wraps(work)
    def working(content: bytes, **options: object) -> object:
        if len(content) < _LARGE:
            return work(content, **options)
        with resting_collector():
            return work(content, **options)

    return working  # type: ignore[return-value]  # wraps keeps the signature
