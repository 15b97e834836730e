"""The plain scalars of a buildspec, which are written without quotes.

The data is printed as JSON later on, by Python or by the CDK. So that nothing
of what the user wrote changes on the way, a plain scalar becomes a number or a
boolean only where it prints as the same text again:

    value     = null | true | false | number | text
    null      = "" | "~" | "null" | "Null" | "NULL"
    number    = integer | fraction      (at most 15 characters)
    integer   = "0" | ["-"] whole
    fraction  = ["-"] ("0" | whole) "." {0-9} 1-9
    whole     = 1-9 {0-9}
    text      = anything else: 3.10, 1.0, 0644, 1e3, 0x1F, yes, on, True, 2026-11-24

JavaScript, which prints the CDK's buildspecs, has no number but the double,
which holds 15 digits exactly, and prints 1.0 as 1.
"""

from __future__ import annotations

import re

_NULLS = ("", "~", "null", "Null", "NULL")
_BOOLEANS = {"true": True, "false": False}
_INTEGER = re.compile(r"0|-?[1-9][0-9]*")
_FRACTION = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]*[1-9]")
_LONGEST_NUMBER = 15


def plain_scalar(text: str) -> object:
    """The value of a plain scalar.

    Args:
        text: The scalar, as it is written.
    """
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if len(text) > _LONGEST_NUMBER:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    # Python prints 0.00001 as 1e-05.
    if _FRACTION.fullmatch(text) and str(float(text)) == text:
        return float(text)
    return text
