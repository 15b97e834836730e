r"""The grammar of what need not be read: instructions that name no image and surely build.

Most of a Dockerfile is. The forms are the usual ones, and few: whatever is not among them is
read exactly, which gives the same. A pattern is compiled when a file first needs it.

::

    blank        = a line of white space, or a comment
    continuation = escape { space } line-feed { blank }
    command      = ( RUN | CMD | ENTRYPOINT | HEALTHCHECK CMD | MAINTAINER ) ( lines | strings )
                 | SHELL strings
    lines        = { line escape line-feed { blank } } line line-feed
    strings      = "[" string { "," string } "]"
    paths        = ( COPY | ADD ) [ flag ] path path { path } | ( EXPOSE | VOLUME ) path { path }
    pairs        = ( ENV | LABEL ) name "=" value { name "=" value } | ARG name [ "=" value ]
    values       = ( WORKDIR | USER | STOPSIGNAL | ENV name | LABEL name ) value { value }
"""

from __future__ import annotations

import re
from functools import cache


@cache
def blanks() -> re.Pattern[bytes]:
    """The pattern of blank lines and comments: all that may be skipped before the first FROM."""
    return re.compile(rf"(?:{_BLANK})*+".encode())


def skippable(content: bytes, escape: str) -> re.Pattern[bytes]:
    """The pattern of what may be skipped in a stage.

    Args:
        content: The file.
        escape: The file's escape character.
    """
    # The two characters of a heredoc's marker may stand on two lines.
    markers = b"<<", b"<" + escape.encode()
    may_have_heredocs = b"<" in content and any(marker in content for marker in markers)
    return _pattern(re.escape(escape), "<" if may_have_heredocs else "")


@cache
def _pattern(escape: str, never: str) -> re.Pattern[bytes]:
    return re.compile(_grammar(escape, never).encode())


# Possessive throughout: each piece is told from the next by its first character, so there
# is nothing to come back to, and the time is linear.
_GAP = r"[ \t]++"
_END = r"[ \t]*+\r*+\n"
_BLANK = r"[ \t\r]*+(?:\#[^\n]*+)?\n"
_NAME = r"[A-Za-z_][A-Za-z0-9_]*+"


def _grammar(escape: str, never: str) -> str:
    # Of a command only the ends of its lines matter. ``never`` is what none of them may hold.
    line = rf"[^\n{never}]*+\n"
    # What stands first may be a space, which would make a comment of the line.
    continued = (
        rf"{line}(?:(?<=[^{escape}]{escape}\n)|(?<=[^{escape}]{escape}\r\n))(?:{_BLANK})*+"
        r"(?![ \t\r]*+[^\n -~])"
    )
    last = rf"{line}(?:(?<=[^{escape} \t\r]\n)|(?<=[^{escape} \t\r][ \t\r]\n))"
    continuation = rf"{escape}{_END}(?:{_BLANK})*+"
    space = rf"[ \t]++(?:{continuation}[ \t]*+)*+"
    lines = rf"{space}(?![-[{escape}<\s\x80-\xff])(?:{continued})*+{last}"
    # What ends a word, or makes it something else than it looks like; other letters may be spaces.
    not_bare = rf"\s\"'{escape}$\x80-\xff"
    # Without a brace a variable cannot fail; only a continuation may bring one.
    variable = rf"\$(?:(?![{{{escape}])|\{{{_NAME}\}})"
    path = rf"(?:[^{not_bare}<]++|{variable})++"
    quoted = rf"\"(?:[^\n\"{escape}$]++|{variable})*+\"|'[^\n']*+'"
    value = rf"(?:[^{not_bare}]++|{variable}|{quoted})"
    values = rf"(?:{space}{value}++)++{_END}"
    name = rf"[^{not_bare}=-][^{not_bare}=]*+"
    flag = rf"--(?:link|ch(?:own|mod)=[^{not_bare}]++)"
    string = r'"[^"\\\x00-\x1f]*+"'
    strings = rf"{_GAP}\[[ \t]*+{string}(?:[ \t]*+,[ \t]*+{string})*+[ \t]*+\]{_END}"
    forms = (
        rf"(?:RUN|CMD|ENTRYPOINT|HEALTHCHECK{_GAP}CMD|MAINTAINER)(?:{lines}|{strings})",
        rf"(?:COPY|ADD)(?:{_GAP}{flag})?+{space}(?![-[]){path}(?:{space}{path})++{_END}",
        rf"ARG{_GAP}{_NAME}(?:={value}*+)?+{_END}",
        rf"(?:ENV|LABEL)(?:{space}{name}={value}*+)++{_END}",
        rf"(?:WORKDIR|USER|STOPSIGNAL|(?:ENV|LABEL){_GAP}{name})(?!{_GAP}[-[]){values}",
        rf"(?:EXPOSE|VOLUME)(?!{_GAP}[-[])(?:{_GAP}{path})++{_END}",
        rf"SHELL{strings}",
    )
    return rf"(?:{_BLANK}|[ \t]*+(?:{'|'.join(forms)}))*+"
