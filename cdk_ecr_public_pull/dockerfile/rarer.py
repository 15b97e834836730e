"""The rarer forms of plain instructions: long patterns, compiled when one is first needed."""

from __future__ import annotations

import re
from functools import cache

from cdk_ecr_public_pull.dockerfile.plain import (
    CONTINUATION,
    END,
    ESCAPE,
    KEY,
    NAME,
    NOT_BARE,
    SHELL,
    SPACE,
)

# An operation that cannot fail, on a word that means nothing else.
_OPERATION = rf":?[-+][^{NOT_BARE}{{}}<:]*+"
_VARIABLE = rf"\$(?:(?![{{\\])|\{{{NAME}(?:{_OPERATION})?+\}})"
_QUOTED = rf"\"(?:[^\n\"\\$]++|{_VARIABLE}|{ESCAPE}[\"$\\]?+|{CONTINUATION})*+\"|'[^\n']*+'"
_VALUE = rf"(?:[^{NOT_BARE}]++|{_VARIABLE}|{_QUOTED}|{ESCAPE}[^\n\r\x80-\xff])"
_VALUES = rf"{SPACE}(?!-|\[){_VALUE}++(?:{SPACE}{_VALUE}++)*+"
_PAIRS = rf"(?:(?:{SPACE}{KEY}={_VALUE}*+)++|{SPACE}{KEY}{_VALUES}){END}"
_STRING = r'"(?:[^"\\\x00-\x1f]++|\\["\\/bfnrt])++"'
_PATH_STRING = (
    rf'"(?:[^{NOT_BARE}<:]++|{_VARIABLE})(?:[^"\'\\$<:\x00-\x1f\x80-\xff]++|{_VARIABLE})*+"'
)
_INTERVAL = r"(?:interval|timeout|start-period|start-interval)=[1-9][0-9]{0,4}+[smh]"
_OWNER = rf"chown=(?:[^{NOT_BARE}]++|{_VARIABLE})++|chmod=[0-7]{{3,4}}+"
_SOURCE = rf"[A-Za-z0-9][^{NOT_BARE},]*+"


def _once(flags: str, group: str) -> str:
    """Flags in any order, of which each stands once at most."""
    again = rf"(?!(?:{SPACE}--\S++)*?{SPACE}--(?P={group})[=\s])"
    return rf"(?:{SPACE}--(?=(?:{flags})\s)(?P<{group}>[a-z-]++)\S*+{again})*+"


def _list(string: str, *, at_least: int = 1) -> str:
    """Arguments that are a JSON array of strings."""
    space = rf"[ \t]*+(?:{CONTINUATION}[ \t]*+)*+"
    more = rf"(?:{space},{space}{string}){{{at_least - 1},}}+"
    return rf"{SPACE}\[{space}{string}{more}{space}\]{END}"


def _paths(not_in_path: str, *, at_least: int) -> str:
    """Paths, in JSON form or not."""
    path = rf"(?:[^{NOT_BARE}{not_in_path}]++|{_VARIABLE})++"
    words = rf"{SPACE}(?!-|\[){path}(?:{SPACE}{path}){{{at_least - 1},}}+{END}"
    return rf"(?:{words}|{_list(_PATH_STRING, at_least=at_least)})"


def _mounts(named: str = "") -> str:
    """Mounts of RUN, with the pattern of the field that names an image or a stage."""
    place = rf"(?:source|src|target|dst)=[^{NOT_BARE},]*+"
    owner = r"mode=[0-7]{3,4}+|[ug]id=[0-9]{1,9}+"
    bind = rf"(?:,(?:{place}|ro|rw|readonly))*+"
    cached = rf"(?:,(?:{place}|id=[^{NOT_BARE},]++|sharing=(?:shared|private|locked)|{owner}))*+"
    secret = rf"(?:,(?:(?:target|dst|env)=[^{NOT_BARE},]++|required(?:=true)?+|{owner}))*+"
    kinds = (
        rf"bind{bind}{named}",
        rf"cache{cached}{named}",
        rf"tmpfs{bind}",
        rf"secret,id=[^{NOT_BARE},]++{secret}",
        rf"ssh(?:,id=[^{NOT_BARE},]++)?+{secret}",
    )
    return rf"(?:{SPACE}--mount=type=(?:{'|'.join(kinds)})(?=[ \t]))"


# One heredoc, which the shell of RUN reads; those of COPY and ADD are more than text.
_HEREDOC = (
    rf"{SPACE}(?![-\[])(?:[^\n\\<\"'$\x80-\xff]*[ \t])?<<(?P<dash>-?)(?P<quote>[\"']?)"
    r"(?P<marker>[A-Za-z_][A-Za-z0-9_]*+)(?P=quote)(?:[ \t][^\n\\<\"'$\x80-\xff]*+)?\n"
    r"(?:(?!(?(dash)\t*+)(?P=marker)\r*+\n)[^\n]*+\n)*+\t*+(?P=marker)\r*+\n"
)
_CHECK_OPTIONS = _once(rf"{_INTERVAL}|retries=[1-9][0-9]{{0,3}}+", "option")
_COPIED = _paths("<:", at_least=2)


@cache
def rarer() -> re.Pattern[bytes]:
    """The pattern of an instruction of a stage, with the white space before it.

    Its group ``source`` is what a COPY copies from, and ``mounts`` the mounts of a RUN,
    some of which name an image or a stage.
    """
    named = rf"(?:,from={_SOURCE}(?:,(?:source|src|target|dst)=[^{NOT_BARE},]*+|,ro|,rw)*+)?+"
    before, behind = (_once(f"link|{_OWNER}", group) for group in ("before", "behind"))
    forms = (
        rf"RUN{_mounts()}*+(?:{SHELL}|{_HEREDOC})",
        rf"RUN(?P<mounts>{_mounts(named)}++){SHELL}",
        rf"HEALTHCHECK{_CHECK_OPTIONS}{SPACE}CMD(?:{_list(_STRING)}|{SHELL})",
        rf"(?:CMD|ENTRYPOINT|SHELL|RUN){_list(_STRING)}",
        rf"COPY{_once(f'link|{_OWNER}', 'copy')}{_COPIED}",
        rf"COPY{before}{SPACE}--from=(?P<source>{_SOURCE}){behind}{_COPIED}",
        rf"ADD{_once(_OWNER, 'add')}{_paths('<', at_least=2)}",
        rf"(?:ENV|LABEL){_PAIRS}",
        rf"(?:WORKDIR|USER){_VALUES}{END}",
        rf"VOLUME{_paths('<', at_least=1)}",
    )
    return re.compile(rf"[ \t]*+(?:{'|'.join(forms)})".encode())
