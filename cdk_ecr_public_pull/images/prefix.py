"""How an image's name becomes another one, by a change of its beginning alone."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=4096)
def replaced_prefix(reference: str, new_name: str) -> tuple[int, str]:
    """Find the smallest change of a reference's beginning that gives it another name.

    Args:
        reference: The reference, with tag and digest.
        new_name: The name that it shall have, without them: ``public.ecr.aws/docker/library/node``.

    Returns:
        How many of its characters are replaced, and by what; trailing components that are the
        same stay.
    """
    old_parts = reference[: repository_length(reference)].split("/")
    new_parts = new_name.split("/")
    kept = 0
    while (
        kept < min(len(old_parts), len(new_parts)) and old_parts[-1 - kept] == new_parts[-1 - kept]
    ):
        kept += 1
    old_prefix = "/".join(old_parts[: len(old_parts) - kept])
    new_prefix = "/".join(new_parts[: len(new_parts) - kept])
    if kept and not old_prefix:
        new_prefix += "/"
    if kept and not new_prefix:
        # The copy's name is the end of the old one: the slash between goes too.
        return len(old_prefix) + 1, ""
    return len(old_prefix), new_prefix


def repository_length(reference: str) -> int:
    """How many characters of a reference stand before its tag and digest.

    Args:
        reference: The reference.
    """
    name = reference.partition("@")[0]
    path, slash, last = name.rpartition("/")
    return len(path + slash + last.partition(":")[0])
