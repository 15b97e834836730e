r"""The grammar of what need not be read: instructions that name no image and surely build.

Most of a Dockerfile is. The forms are the usual ones, and few: whatever is not among them is
read exactly, which gives the same. A pattern is compiled when a file first needs it.

::

    blank        = a line of white space, or a comment
    continuation = escape { space } line-feed { blank }
    command      = ( RUN | CMD | ENTRYPOINT | HEALTHCHECK CMD | MAINTAINER ) ( rest | strings )
    shell        = SHELL strings
    strings      = "[" string { "," string } "]"
    paths        = ( COPY | ADD ) [ flag ] path path { path }
    pairs        = ( ENV | LABEL ) ( name "=" value { name "=" value } | name value { value } )
    words        = ( EXPOSE | VOLUME ) path { path }
    values       = ( WORKDIR | USER | STOPSIGNAL ) value { value }
"""

from __future__ import annotations

import re
from functools import cache

from cdk_ecr_public_pull.report.locations import BOM

# White space other than tabs and spaces, or worse, is no part of the grammar.
_CONTROLS = bytes({*range(0x20), 0x7F} - set(b"\t\n\r"))
# What stands first may be a space, which would make a comment or an instruction of the line.
_OTHER_FIRST_LETTER = rb"(?m)^[ \t\r]*+[\x80-\xff]"


def may_skip(content: bytes) -> bool:
    """Whether the grammar can be tried on a file.

    Args:
        content: The file.
    """
    if len(content.translate(None, _CONTROLS)) < len(content):
        return False
    return content.isascii() or not (BOM in content or re.search(_OTHER_FIRST_LETTER, content))


@cache
def blanks() -> re.Pattern[bytes]:
    """The pattern of blank lines and comments: all that may be skipped before the first FROM."""
    return re.compile(rf"(?:{_BLANK})*+".encode())


@cache
def skippable(escape: str) -> re.Pattern[bytes]:
    """The pattern of what may be skipped in a stage.

    Args:
        escape: The file's escape character.
    """
    return re.compile(_grammar(re.escape(escape)).encode())


# Possessive throughout: each piece is told from the next by its first character, so there
# is nothing to come back to, and the time is linear.
_GAP = r"[ \t]++"
_END = r"[ \t]*+\r*+\n"
_BLANK = r"[ \t\r]*+(?:\#[^\n]*+)?\n"
_NAME = r"[A-Za-z_][A-Za-z0-9_]*+"


def _grammar(escape: str) -> str:
    continuation = rf"(?<!{escape}){escape}{_END}(?:{_BLANK})*+"
    space = rf"[ \t]++(?:{continuation}[ \t]*+)*+"
    line = rf"(?:[^\n{escape}<]++|<(?![<{escape}])|{escape}(?!{escape}*+{_END})|{continuation})*+\n"
    rest = rf"{space}(?![-[{escape}<\s\x80-\xff]){line}"
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
        rf"(?:RUN|CMD|ENTRYPOINT|HEALTHCHECK{_GAP}CMD|MAINTAINER)(?:{rest}|{strings})",
        rf"(?:COPY|ADD)(?:{_GAP}{flag})?+{space}(?![-[]){path}(?:{space}{path})++{_END}",
        rf"(?:ENV|LABEL)(?:(?:{space}{name}={value}*+)++{_END}|{space}{name}{values})",
        rf"(?:WORKDIR|USER|STOPSIGNAL)(?!{space}[-]){values}",
        rf"(?:EXPOSE|VOLUME)(?!{space}[-[])(?:{space}{path})++{_END}",
        rf"SHELL{strings}|HEALTHCHECK{_GAP}NONE{_END}",
    )
    return rf"(?:{_BLANK}|[ \t]*+(?:{'|'.join(forms)}))*+"
