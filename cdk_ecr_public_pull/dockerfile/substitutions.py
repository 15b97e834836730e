"""The substitutions of ``${name#pattern}``, ``${name%pattern}`` and ``${name/pattern/…}``.

BuildKit gives the replacement of ``${name//…/…}`` to Go's ``Regexp.ReplaceAllString``
(https://pkg.go.dev/regexp), which takes a ``$`` in it for a reference to a group. The
patterns have no groups, so ``$0`` is what was matched, ``$$`` a dollar, and each other
``$name`` nothing.
"""

from __future__ import annotations

from cdk_ecr_public_pull.dockerfile import globs
from cdk_ecr_public_pull.dockerfile.text import Text


def trim(value: Text, pattern: str, operator: str, *, is_longest: bool) -> Text:
    """Take away a prefix (``#``) or a suffix (``%``).

    Args:
        value: The variable's value.
        pattern: What is taken away.
        operator: ``#`` or ``%``.
        is_longest: Whether the longest match counts, not the shortest.

    Raises:
        InvalidPattern: The pattern is not one.
    """
    if operator == "#":
        return value[globs.prefix_length(pattern, value.chars, longest=is_longest) :]
    dropped = globs.suffix_length(pattern, value.chars, longest=is_longest)
    return value[: len(value) - dropped]


def replace(value: Text, pattern: str, replacement: Text, *, is_global: bool) -> Text:
    """Replace the first match, or all of them.

    Args:
        value: The variable's value.
        pattern: What is replaced.
        replacement: What stands there instead.
        is_global: Whether all are replaced.

    Raises:
        InvalidPattern: The pattern is not one.
    """
    places = list(globs.find_all(pattern, value.chars))
    template = _parse_template(replacement) if is_global else [replacement]
    parts: list[Text] = []
    kept = 0
    for begin, end in places if is_global else places[:1]:
        parts.append(value[kept:begin])
        parts += (value[begin:end] if part is None else part for part in template)
        kept = end
    return Text.join([*parts, value[kept:]])


def _parse_template(replacement: Text) -> list[Text | None]:
    """Split a replacement at its references.

    Args:
        replacement: The replacement, expanded.

    Returns:
        Its parts, None where what was matched stands.
    """
    chars = replacement.chars
    parts: list[Text | None] = []
    kept = 0
    while (dollar := chars.find("$", kept)) >= 0:
        parts.append(replacement[kept:dollar])
        if chars.startswith("$$", dollar):
            parts.append(replacement[dollar : dollar + 1])
            kept = dollar + 2
            continue
        start = dollar + 1 + chars.startswith("${", dollar)
        end = name_end(chars, start)
        name, kept = chars[start:end], end
        if chars.startswith("${", dollar):
            name = name if chars.startswith("}", end) else ""
            kept += 1
        if not name:
            # Go takes a dollar without a name as it stands.
            parts.append(replacement[dollar : dollar + 1])
            kept = dollar + 1
        elif name == "0":
            parts.append(None)
    parts.append(replacement[kept:])
    return parts


def name_end(chars: str, start: int) -> int:
    """Where a name of letters, digits and ``_`` ends that begins at an index."""
    end = start
    while end < len(chars) and (
        chars[end].isalpha() or chars[end].isdecimal() or chars[end] == "_"
    ):
        end += 1
    return end
