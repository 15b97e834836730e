r"""The grammar of plain Dockerfiles, as regular expressions.

Most files are plain: UTF-8, ``\\`` as the escape character, no heredoc, no escaped
escape at a line's end. For those a regular expression is enough to tell where each
instruction ends, and which instructions are surely fine and name no image. The forms of
``PLAIN`` are the usual ones, and few, since a long pattern takes long to compile; those
of ``rarer`` are compiled when they are first needed.
"""

from __future__ import annotations

import re

from cdk_ecr_public_pull.dockerfile.text import MAX_LINE
from cdk_ecr_public_pull.report.locations import BOM

# Possessive throughout: each piece is told from the next by its first character, so there
# is nothing to come back to, and the time is linear.
END = r"[ \t]*+\r*+\n"
BLANK = r"[ \t\r]*+(?:\#[^\n]*+)?\n"
CONTINUATION = rf"(?<!\\)\\{END}(?:{BLANK})*+"
ESCAPE = rf"\\(?!\\*+{END})"
REST = rf"(?:[^\n\\<]++|<(?![<\\])|{ESCAPE}|{CONTINUATION})*+\r*+\n"
GAP = r"[ \t]++"
SPACE = rf"[ \t]++(?:{CONTINUATION}[ \t]*+)*+"
# What ends a word, or makes it something else than it looks like; other letters may be spaces.
NOT_BARE = r"\s\"'\\$\x80-\xff"
# Without a brace it cannot fail, whatever follows; only a continuation may bring one.
NAME = r"[A-Za-z_][A-Za-z0-9_]*+"
VARIABLE = rf"\$(?:(?![{{\\])|\{{{NAME}\}})"
QUOTED = rf"\"(?:[^\n\"\\$]++|{VARIABLE})*+\"|'[^\n']*+'"
VALUE = rf"(?:[^{NOT_BARE}]++|{VARIABLE}|{QUOTED})"
PATH = rf"(?:[^{NOT_BARE}<]++|{VARIABLE})++"
# A colon may be that of an address, which COPY does not take.
COPIED = rf"(?:[^{NOT_BARE}<:]++|{VARIABLE})++"
KEY = rf"[^{NOT_BARE}=-][^{NOT_BARE}=]*+"
VALUES = rf"{GAP}(?!-|\[){VALUE}++(?:{GAP}{VALUE}++)*+"
PAIRS = rf"(?:(?:{SPACE}{KEY}={VALUE}*+)++|{GAP}{KEY}{VALUES}){END}"
STRING = r'"[^"\\\x00-\x1f]++"'
JSON = rf"{GAP}\[[ \t]*+{STRING}(?:[ \t]*+,[ \t]*+{STRING})*+[ \t]*+\]{END}"
SHELL = rf"{SPACE}(?![-\[\\<\s\x80-\xff]){REST}"
# Mounts that take nothing from an image or a stage, in their usual forms.
MOUNT = (
    rf"{SPACE}--mount=type=(?:cache(?:,(?:id|target|dst)=[^{NOT_BARE},]++"
    rf"|,sharing=(?:shared|private|locked))*+|secret,id=[^{NOT_BARE},]++"
    rf"(?:,(?:target|dst|env)=[^{NOT_BARE},]++|,required(?:=true)?+)*+|ssh)"
)
CHOWN = rf"(?:{GAP}--chown=[^{NOT_BARE}]++)?+"
COPIED_FILES = rf"{CHOWN}{SPACE}(?!-|\[){COPIED}(?:{SPACE}{COPIED})++{END}"
PORT = rf"(?:[1-5]?[0-9]{{1,4}}+|\$(?:{NAME}|\{{{NAME}\}}))(?:/(?:tcp|udp))?+"
SIGNAL = r"(?:(?:SIG)?(?:TERM|INT|QUIT|KILL|HUP|WINCH|USR[12]|RTMIN\+3)|[1-9][0-9]?+)"
PLAIN = "|".join(
    (
        rf"(?:RUN(?:{MOUNT})*+|CMD|ENTRYPOINT|MAINTAINER|HEALTHCHECK{GAP}CMD){SHELL}",
        rf"COPY{COPIED_FILES}",
        rf"ADD{CHOWN}{SPACE}(?!-|\[){PATH}(?:{SPACE}{PATH})++{END}",
        rf"(?:ENV|LABEL){PAIRS}",
        rf"(?:WORKDIR|USER){VALUES}{END}",
        rf"EXPOSE(?:{GAP}{PORT})++{END}",
        rf"STOPSIGNAL{GAP}{SIGNAL}{END}",
        rf"VOLUME{GAP}(?!-|\[){PATH}(?:{GAP}{PATH})*+{END}",
        rf"(?:CMD|ENTRYPOINT|SHELL|HEALTHCHECK{GAP}CMD){JSON}",
        rf"HEALTHCHECK{GAP}NONE{END}",
    )
)
# White space other than these, or worse, is no part of the grammar.
_CONTROLS = bytes({*range(0x20), 0x7F} - set(b"\t\n\r"))
# What stands first may be a space, which would make a comment or an instruction of the line.
_OTHER_FIRST_LETTER = re.compile(rb"(?m)^[ \t\r]*+[\x80-\xff]")
# BuildKit counts each mount as a state of the build: an index may point behind them, and a
# stage called scratch would be what those without a source take.
_COUNTS_MOUNTS = re.compile(rb"--from=\W*[0-9]|\bAS\W+scratch\b", re.IGNORECASE)


def may_be_plain(content: bytes) -> bool:
    """Whether the grammar can be tried on a file.

    Args:
        content: The file, whose escape character is a backslash.
    """
    if not content.isascii() and _has_odd_letters(content):
        return False
    if len(content.translate(None, _CONTROLS)) < len(content):
        return False
    if b"--mount" in content and _COUNTS_MOUNTS.search(content):
        return False
    return not _has_long_line(content)


def _has_odd_letters(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return True
    return BOM in content or _OTHER_FIRST_LETTER.search(content) is not None


def _has_long_line(content: bytes) -> bool:
    start = 0
    while start + MAX_LINE < len(content):
        start = content.rfind(b"\n", start, start + MAX_LINE + 1) + 1
        if start == 0:
            return True
    return False
