"""Numbers, booleans and durations as Go's ``strconv`` and ``time`` read them.

BuildKit reads flags and directives with them; each differs from Python's own reading, in
signs, white space, underscores and digits of other scripts.
"""

from __future__ import annotations

import re

_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})
_INTEGER = re.compile(r"([-+]?)([0-9]+)")
_DURATION = re.compile(r"[-+]?(?:0|(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+)")
_TERM = re.compile(r"([0-9]*)\.?([0-9]*)([a-zµμ]+)")
_NANOSECONDS = {
    "ns": 1,
    "us": 1_000,
    "\u00b5s": 1_000,
    "\u03bcs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_INT64 = 1 << 63
# Beyond these digits Go reads no more of a fraction.
_FRACTION_DIGITS = 18


def parse_bool(text: str) -> bool | None:
    """Read a boolean, as ``strconv.ParseBool`` does.

    Args:
        text: The text.

    Returns:
        The boolean; None if it is none.
    """
    if text in _TRUE:
        return True
    return False if text in _FALSE else None


def parse_int(text: str, *, bits: int) -> int | None:
    """Read a decimal integer with a sign or without, as ``strconv.ParseInt`` does.

    Args:
        text: The text.
        bits: How many bits the integer may have, its sign among them.

    Returns:
        The integer; None if it is none, or too large.
    """
    match = _INTEGER.fullmatch(text)
    # Python refuses to read very long numbers.
    if match is None or len(match[2].lstrip("0")) > bits:
        return None
    value = int(match[2].lstrip("0") or "0")
    value = -value if match[1] == "-" else value
    return value if -(1 << (bits - 1)) <= value < 1 << (bits - 1) else None


def parse_uint(text: str, *, base: int = 10, bits: int) -> int | None:
    """Read an integer without a sign, as ``strconv.ParseUint`` does.

    Args:
        text: The text.
        base: The base, 8 or 10.
        bits: How many bits the integer may have.

    Returns:
        The integer; None if it is none, or too large.
    """
    digits = text.lstrip("0")
    if not text or digits.strip("0123456789"[:base]) or len(digits) > bits:
        return None
    value = int(digits or "0", base)
    return value if value < 1 << bits else None


def parse_duration(text: str) -> int | None:
    """Read a duration such as ``1h2m3.5s``, as ``time.ParseDuration`` does.

    Args:
        text: The text.

    Returns:
        The duration in nanoseconds; None if it is none, or too long.
    """
    if not _DURATION.fullmatch(text):
        return None
    total = 0
    for whole, fraction, unit in _TERM.findall(text):
        # Python refuses to read very long numbers.
        if len(whole.lstrip("0")) > len(str(_INT64)):
            return None
        kept = fraction[:_FRACTION_DIGITS]
        scale = _NANOSECONDS[unit] / 10 ** len(kept)
        total += int(whole.lstrip("0") or "0") * _NANOSECONDS[unit] + int(int(kept or "0") * scale)
    total = -total if text.startswith("-") else total
    return total if -_INT64 <= total < _INT64 else None
