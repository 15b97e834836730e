"""Whether an instruction's flags are among those that it has.

The rules are those of ``frontend/dockerfile/instructions/bflag.go`` in
https://github.com/moby/buildkit.
"""

from __future__ import annotations

from cdk_ecr_public_pull.dockerfile.arguments import Flag
from cdk_ecr_public_pull.dockerfile.refusal import Refusal
from cdk_ecr_public_pull.dockerfile.text import Text


def check_flags(
    flags: list[Flag], *, strings: str = "", lists: str = "", booleans: str = "", start: int
) -> dict[str, list[Text]]:
    """Check an instruction's flags against those that it has.

    Args:
        flags: The flags found.
        strings: Names of flags that may stand once, with a value; separated by spaces.
        lists: Names of flags that may stand several times, with a value.
        booleans: Names of flags that may stand once, with ``true``, ``false`` or nothing.
        start: The byte at which the instruction starts, for the refusal.

    Returns:
        The values of the flags, by name.

    Raises:
        Refusal: BuildKit would refuse one.
    """
    values: dict[str, list[Text]] = {}
    for flag in flags:
        refuse = _flag_refusal(flag, set(values), strings.split(), lists.split(), booleans.split())
        if refuse:
            raise Refusal(refuse, start=start, offset=flag.offset)
        values.setdefault(flag.name, []).append(flag.value or Text("", ()))
    return values


def _flag_refusal(
    flag: Flag, used: set[str], strings: list[str], lists: list[str], booleans: list[str]
) -> str | None:
    if flag.name not in (*strings, *lists, *booleans):
        return f"unknown flag: --{flag.name}"
    if flag.name in used and flag.name not in lists:
        return f"duplicate flag specified: --{flag.name}"
    if flag.name not in booleans:
        return None if flag.value is not None else f"missing a value on flag: --{flag.name}"
    if flag.value is None:
        return None
    if not flag.value.chars:
        return f"missing a value on flag: --{flag.name}"
    if flag.value.chars.lower() not in ("true", "false"):
        return f"expecting boolean value for flag --{flag.name}, not: {flag.value.chars}"
    return None
