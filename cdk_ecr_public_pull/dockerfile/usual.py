"""The places of a usual Dockerfile that name images and stages, found in one pass.

Usual is a plain one whose names are literal, or made of literal text and the defaults of
ARGs. Whatever is not, and whatever BuildKit may refuse, is left to the long way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from cdk_ecr_public_pull.dockerfile.moves import SCRATCH, ArgSite, Via
from cdk_ecr_public_pull.dockerfile.plain import (
    BLANK,
    COPIED_FILES,
    END,
    GAP,
    NAME,
    NOT_BARE,
    PLAIN,
    VALUE,
    VARIABLE,
    may_be_plain,
)

# As in typing, whose import would make every start slower.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_PLATFORM = (
    r"--platform=(?:\$(?:BUILD|TARGET)PLATFORM|\$\{(?:BUILD|TARGET)PLATFORM\}"
    rf"|(?:linux/)?+(?:amd64|arm64|arm/v[67]|386|ppc64le|s390x)){GAP}"
)
# One that BuildKit takes for a reference, too, which one of 64 characters may not be.
_ALIAS = r"[A-Za-z][A-Za-z0-9]*+(?:(?:\.|__?+|-++)[A-Za-z0-9]++)*+"
_AS = rf"{GAP}[Aa][Ss]{GAP}({_ALIAS})"
_FROM = rf"FROM{GAP}(?:{_PLATFORM})?+([a-z0-9$][^\s\"'\\\x80-\xff]*+)(?:{_AS})?+{END}"
_COPY = rf"COPY{GAP}--from=([A-Za-z0-9][^{NOT_BARE}]*+){COPIED_FILES}"
_DEFAULT = rf"(?:\"(?:[^\n\"\\$]++|{VARIABLE})*+\"|(?:[^{NOT_BARE}]++|{VARIABLE})*+)"
_GLOBAL_ARG = rf"ARG{GAP}{NAME}(?:={_DEFAULT})?+{END}"
# Those that few files need are compiled, and kept, by the functions of re.
# An ARG without a default keeps the value that an earlier one gave it.
_ARG_WITH_DEFAULT = rf"(?m)^ARG{GAP}({NAME})=(\"?)([^\s\"\x80-\xff]*+)(\2\s)?".encode()
_STAGE_ARG = rf"ARG{GAP}{NAME}(?:={VALUE}*+)?+{END}"
_ARG_IN_STAGE = rf"(?m)^[ \t]*+ARG{GAP}({NAME})".encode()
_VARIABLE = rf"\$(?:\{{({NAME})\}}|({NAME}))"
_MOUNTED = rb"[=,]from=([^,\s]++)"
_CHECK = rf"\#[ \t]*check=(?:skip=[A-Za-z,]++|error=(?:true|false)){END}"
_SYNTAX = rf"\#[ \t]*(?i:syntax)[ \t]*=[ \t]*([^\s\x80-\xff]++){END}"
# Not what may be one more of them, nor what no usual file begins with.
_START = re.compile(
    rf"(?:{_SYNTAX}(?:{_CHECK})?+|{_CHECK}(?:{_SYNTAX})?+)?+"
    r"(?!\s*\#[\s\x80-\xff]*+(?:!|(?i:syntax|check|escape)\s*=))(?=\s*(?:[#A-Z]|\Z))".encode()
)
# The groups of the body's pattern: a FROM's word is the first, and behind it there are the
# stage's name and the source of a COPY.
_ALIAS_GROUP = 2
_SOURCE_GROUP = 3
_MOST_DIGITS = 9
_LONGEST_ALIAS = 64
# More ARGs in a name, or longer names, are for the long way, which has limits of its own.
_MOST_VARIABLES = 16
_LONGEST_NAME = 1024
_IGNORE_MARK = b"ecr-public-pull:"

# The kind of place, the byte at which its word starts, the word, the name that comes of it,
# the stage that it names (None if that is an image), and the name of the stage it begins.
# A tuple, because every file makes several, and makes them twice.
Named = tuple[Via, int, str, str, int | None, str | None]


@dataclass(slots=True, eq=False, repr=False)
class Origin:
    """Where a name comes from that has variables.

    Attributes:
        name: The name, or an ARG's value.
        length: How many characters of its beginning stand together.
        site: The default in which they stand; None if that is the word itself.
        variables: The ARGs whose values are in it.
    """

    name: str
    length: int
    site: ArgSite | None
    variables: frozenset[str]


@dataclass(slots=True, eq=False, repr=False)
class Usual:
    """What a usual Dockerfile names.

    Attributes:
        head: How many bytes stand before the first FROM.
        named: The places that name an image or a stage, in order.
        origins: Where the names come from that have variables, by their index in ``named``.
    """

    head: int
    named: list[Named] = field(default_factory=list)
    origins: dict[int, Origin] = field(default_factory=dict)


def find_usual(content: bytes) -> Usual | None:
    """Find the places of a Dockerfile that name images and stages.

    Args:
        content: The file.

    Returns:
        The places; None if the file is not usual.
    """
    start = _START.match(content)
    if not start or _IGNORE_MARK in content or not may_be_plain(content):
        return None
    ended = content if content.endswith(b"\n") else content + b"\n"
    head = _head().match(ended)
    if not head:
        return None
    found = Usual(head.end())
    if group := start.lastindex:
        word = start[group].decode()
        found.named.append((Via.SYNTAX, start.start(group), word, word, None, None))
    return found if _Reader(ended, found).read() else None


def names_in_stages(content: bytes, head: int) -> set[str]:
    """The ARGs that a stage may declare again.

    Args:
        content: A usual Dockerfile.
        head: How many bytes stand before its first FROM.
    """
    return {name.decode() for name in re.findall(_ARG_IN_STAGE, content[head:])}


@cache
def _head() -> re.Pattern[bytes]:
    return re.compile(rf"(?:{BLANK}|{_GLOBAL_ARG})*+(?=FROM)".encode())


@cache
def _body() -> re.Pattern[bytes]:
    skipped = rf"(?:{BLANK}|[ \t]*+(?:{PLAIN}|{_STAGE_ARG}))*+"
    # What is none of these ends the match where it stands.
    return re.compile(rf"{skipped}(?:{_FROM}|{_COPY}|(\Z)|)".encode())


def _rarer(content: bytes, position: int) -> re.Match[bytes] | None:
    # Its import makes every start slower, and the usual file does without.
    from cdk_ecr_public_pull.dockerfile.rarer import rarer  # noqa: PLC0415

    return rarer().match(content, position)


class _Reader:
    """Reads the stages of a file."""

    __slots__ = ("_content", "_defaults", "_found", "_index", "_later", "_named", "_stages")

    def __init__(self, content: bytes, found: Usual) -> None:
        self._content = content
        self._found = found
        self._named = found.named
        self._index = -1
        self._stages: dict[str, int] = {}
        self._later: set[str] = set()
        self._defaults: dict[str, Origin | None] | None = None

    def read(self) -> bool:
        """Note what the stages name; False if the file is not usual."""
        content, body, position = self._content, _body(), self._found.head
        while match := body.match(content, position):
            position, kind = match.end(), match.lastindex
            if kind is None:
                rare = _rarer(content, position)
                is_usual = rare is not None and self._take_rarer(rare)
                position = rare.end() if rare else position
            elif kind < _SOURCE_GROUP:
                is_usual = self._begin_stage(match)
            elif kind == _SOURCE_GROUP:
                is_usual = self._take(
                    Via.COPY, match.start(_SOURCE_GROUP), match[_SOURCE_GROUP].decode()
                )
            else:
                return self._index >= 0
            if not is_usual:
                return False
        return False

    def _begin_stage(self, match: re.Match[bytes]) -> bool:
        word = name = match[1].decode()
        if "$" in word:
            origin = self._expand(word)
            if origin is None:
                return False
            name = origin.name
            self._found.origins[len(self._named)] = origin
        base = -1 if name == SCRATCH else self._stages.get(name)
        alias = None
        self._index += 1
        if match.lastindex == _ALIAS_GROUP:
            alias = match[_ALIAS_GROUP].decode().lower()
            if alias in self._stages or alias in self._later or len(alias) >= _LONGEST_ALIAS:
                return False
            self._stages[alias] = self._index
        self._named.append((Via.FROM, match.start(1), word, name, base, alias))
        return True

    def _take(self, via: Via, start: int, word: str) -> bool:
        name = word.lower()
        source = self._stages.get(name)
        if word == SCRATCH:
            source = -1
        elif source is None and via is Via.COPY and word.isdecimal():
            # A longer one is no index, but a name.
            source = int(word) if len(word) <= _MOST_DIGITS else self._index
        if source is None:
            self._later.add(name)
        elif source >= self._index:
            return False
        self._named.append((via, start, word, word, source, None))
        return True

    def _take_rarer(self, match: re.Match[bytes]) -> bool:
        if match["onbuild"]:
            return not match["source"] and not match["mounts"]
        if match["source"]:
            return self._take(Via.COPY, match.start("source"), match["source"].decode())
        if match["mounts"]:
            # A comment between them may look like one more.
            return b"#" not in match["mounts"] and all(
                self._take(Via.MOUNT, match.start("mounts") + mounted.start(1), mounted[1].decode())
                for mounted in re.finditer(_MOUNTED, match["mounts"])
            )
        return True

    def _expand(self, word: str) -> Origin | None:
        """What comes of a word of FROM; None if only the long way can tell."""
        if self._defaults is None:
            self._defaults = _defaults(self._content, self._found.head)
        return _expand(word, None, self._defaults)


def _defaults(content: bytes, head: int) -> dict[str, Origin | None]:
    """The values of the ARGs before the first FROM; None for one that is no single word."""
    defaults: dict[str, Origin | None] = {}
    for match in re.finditer(_ARG_WITH_DEFAULT, content[:head]):
        name, value = match[1].decode(), match[3].decode()
        # An empty one may stand before a name without a trace.
        is_word = value and match[4]
        site = ArgSite(*match.span(3), name)
        defaults[name] = _expand(value, site, defaults) if is_word else None
    return defaults


def _expand(
    word: str, site: ArgSite | None, defaults: Mapping[str, Origin | None]
) -> Origin | None:
    parts = re.split(_VARIABLE, word)
    length = len(parts[0])
    variables = set[str]()
    # Of each variable there is its name in one of two groups, and then the text behind it.
    for i in range(1, len(parts), 3):
        name = parts[i] or parts[i + 1]
        value = defaults.get(name)
        if value is None:
            return None
        if not length:
            length, site = value.length, value.site
        variables |= {name, *value.variables}
        parts[i], parts[i + 1] = value.name, ""
    name = "".join(parts)
    if "$" in name or len(variables) > _MOST_VARIABLES or len(name) > _LONGEST_NAME:
        return None
    return Origin(name, length, site, frozenset(variables))
