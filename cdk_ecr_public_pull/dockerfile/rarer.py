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
_STRING = r'"(?:[^"\\\x00-\x1f]++|\\["\\/bfnrt])*+"'
_PATH_STRING = (
    rf'"(?:[^{NOT_BARE}<:]++|{_VARIABLE})(?:[^"\'\\$<:\x00-\x1f\x80-\xff]++|{_VARIABLE})*+"'
)
_INTERVAL = r"(?:interval|timeout|start-period|start-interval)=[1-9][0-9]{0,4}+[smh]"
_WORD = rf"(?:[^{NOT_BARE}]++|{_VARIABLE}|\"(?:[^{NOT_BARE}]++|{_VARIABLE})*+\")++"
_OWNER = rf"chown={_WORD}|chmod=[0-7]{{3,4}}+"
_FIELD = rf"[^{NOT_BARE},=]"
_MODE = r"mode=[0-7]{3,4}+|[ug]id=[0-9]{1,9}+"
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


def _mounts(*, named: bool = False) -> str:
    """Mounts of RUN, which name an image or a stage or do not."""
    place = rf"(?:source|src|target|dst)={_FIELD}*+|ro|rw|readonly"
    cached = rf"{place}|id={_FIELD}++|sharing=(?:shared|private|locked)|{_MODE}|type=cache"
    secret = rf"(?:,(?:(?:target|dst|env|id)={_FIELD}++|required(?:=true)?+|{_MODE}))*+"
    kinds = (
        rf"(?=(?:{_FIELD}++(?:={_FIELD}*+)?+,)*?type=cache[,\s]){_fields(cached, named=named)}",
        _fields(rf"{place}|type=bind", named=named),
        rf"type=tmpfs(?:,(?:{place}))*+",
        rf"type=(?:secret,id={_FIELD}++|ssh){secret}",
    )
    return rf"(?:{SPACE}--mount=(?:{'|'.join(kinds)})(?=[ \t]))"


def _fields(field: str, *, named: bool) -> str:
    """Fields of a mount, one of which may name what is mounted."""
    more = rf"(?:,(?:{field}))*+"
    if not named:
        return rf"(?:{field}){more}"
    return rf"(?:(?:{field}){more}(?:,from={_SOURCE}{more})?+|from={_SOURCE}{more})"


# One heredoc, which the shell of RUN reads; those of COPY and ADD are more than text.
_MARKER = r"(?(dash)\t*+)(?P=marker)\r*+\n"
_HEREDOC = (
    rf"{SPACE}(?![-\[])(?:[^\n\\<\"'$\x80-\xff]*[ \t])?<<(?P<dash>-)?+(?P<quote>[\"']?)"
    r"(?P<marker>[A-Za-z_][A-Za-z0-9_]*+)(?P=quote)(?:[ \t][^\n\\<\"'$\x80-\xff]*+)?\n"
    rf"(?:(?!{_MARKER})[^\n]*+\n)*+{_MARKER}"
)
_CHECK_OPTIONS = _once(rf"{_INTERVAL}|retries=[1-9][0-9]{{0,3}}+", "option")
_COPIED = _paths("<:", at_least=2)


@cache
def rarer() -> re.Pattern[bytes]:
    """The pattern of an instruction of a stage, with the white space before it.

    Its group ``onbuild`` stands before a trigger, ``source`` is what a COPY copies from,
    and ``mounts`` are those of a RUN, some of which name an image or a stage.
    """
    before, behind = (_once(f"link|{_OWNER}", group) for group in ("before", "behind"))
    forms = (
        rf"(?:RUN{_mounts()}*+|CMD|ENTRYPOINT){SHELL}",
        rf"RUN{_mounts()}*+{_HEREDOC}",
        rf"RUN(?P<mounts>{_mounts(named=True)}++){SHELL}",
        rf"HEALTHCHECK{_CHECK_OPTIONS}{SPACE}CMD(?:{_list(_STRING)}|{SHELL})",
        rf"(?:CMD|ENTRYPOINT|SHELL|RUN){_list(_STRING)}",
        rf"COPY{_once(f'link|{_OWNER}', 'copy')}{_COPIED}",
        rf"COPY{before}{SPACE}--from=(?P<source>{_SOURCE}){behind}{_COPIED}",
        rf"ADD{_once(_OWNER, 'add')}{_paths('<', at_least=2)}",
        rf"(?:ENV|LABEL){_PAIRS}",
        rf"(?:WORKDIR|USER){_VALUES}{END}",
        rf"VOLUME{_paths('<', at_least=1)}",
    )
    return re.compile(rf"[ \t]*+(?P<onbuild>ONBUILD{SPACE})?+(?:{'|'.join(forms)})".encode())
