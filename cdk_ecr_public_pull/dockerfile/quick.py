"""The quick way for the usual Dockerfile: plain, with its repositories named literally.

It gives the same as the long way of ``rewrite``, which a test holds, and gives up where
it cannot: on an ARG that names a repository, on ONBUILD, on whatever BuildKit may refuse.
It finds the pulls of the changed file again, too, and answers only if they are the old
ones, moved.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from cdk_ecr_public_pull.dockerfile.edits import Edit, apply_edits
from cdk_ecr_public_pull.dockerfile.moves import (
    SCRATCH,
    Decision,
    Move,
    Place,
    Via,
    replaced_prefix,
)
from cdk_ecr_public_pull.dockerfile.plain import (
    BLANK,
    COPIED_FILES,
    END,
    PLAIN,
    VALUE,
    may_be_plain,
)
from cdk_ecr_public_pull.dockerfile.text import Text
from cdk_ecr_public_pull.errors import InvalidReference
from cdk_ecr_public_pull.images.mirrors import Mirrors, Resolution, Verdict
from cdk_ecr_public_pull.images.reference import ImageReference, parse_image

_GAP = r"[ \t]++"
_NAME = r"[A-Za-z_][A-Za-z0-9_]*+"
_PLATFORM = rf"--platform=(?:\$BUILDPLATFORM|\$TARGETPLATFORM|linux/(?:amd64|arm64)){_GAP}"
_AS = rf"{_GAP}(?:AS|as){_GAP}([A-Za-z][A-Za-z0-9\-_.]*+)"
_FROM = rf"FROM{_GAP}(?:{_PLATFORM})?+([a-z0-9][^\s\"'\\]*+)(?:{_AS})?+{END}"
_COPY = rf"COPY{_GAP}--from=([A-Za-z0-9][^\s\"'\\$]*+){COPIED_FILES}"
_GLOBAL_ARG = rf"ARG{_GAP}{_NAME}(?:=[^\s\"'\\$]++)?+{END}"
# One without a default keeps the value that an earlier one gave it.
_ARG_WITH_DEFAULT = re.compile(rf"(?m)^ARG{_GAP}({_NAME})=([^\s\"'\\$]++)".encode())
_STAGE_ARG = rf"ARG{_GAP}{_NAME}(?:={VALUE}*+)?+{END}"
_VARIABLE = re.compile(rf"\$(?:\{{({_NAME})\}}|({_NAME}))")
# A whole repository without a variable, and the colon before the tag.
_LITERAL_REPOSITORY = re.compile(r"(?:[^$/]*/)*[^$/:]+:")
_SYNTAX = re.compile(
    rb"#[ \t]*syntax[ \t]*=[ \t]*([^\s]+)[ \t]*\r?\n(?!\s*#\s*[A-Za-z]+\s*=)", re.IGNORECASE
)
_UNUSUAL_START = re.compile(rb"\s*(?:#\s*(?:!|[A-Za-z]+\s*=)|[^#\sA-Z])")
# Enough for all images of a large repository.
_MOST_KNOWN = 4096
_IGNORE_MARK = b"ecr-public-pull:"


# The kind of place, the byte at which its word starts, the word, the name that comes of it,
# the stage that it names (None if that is an image), and the name of the stage it begins.
# A tuple, because every file makes several, and makes them twice.
_Place = tuple[Via, int, str, str, int | None, str | None]


@dataclass(slots=True, eq=False, repr=False)
class _Moving:
    """What is done about an image: its copy, and the change of its name's beginning."""

    image: ImageReference
    resolution: Resolution
    length: int
    replacement: str
    needs_report: bool


@dataclass(slots=True, eq=False, repr=False)
class QuickRewrite:
    """A rewritten Dockerfile.

    Attributes:
        content: The new content.
        edits: The changes.
        decisions: What is done about each pull that something is to be said about.
    """

    content: bytes
    edits: tuple[Edit, ...]
    decisions: list[Decision]


def rewrite_quickly(content: bytes, mirrors: Mirrors, *, report_all: bool) -> QuickRewrite | None:
    """Move the pulls of a usual Dockerfile.

    Args:
        content: The Dockerfile.
        mirrors: Where copies are.
        report_all: Whether something is to be said about the pulls that are moved.

    Returns:
        The outcome, or None if the file takes the long way.
    """
    places = _find(content)
    if places is None:
        return None
    edits: list[Edit] = []
    decisions: list[Decision] = []
    expected: list[_Place] = []
    shift = 0
    for via, start, word, name, stage, alias in places:
        if stage is not None:
            expected.append((via, start + shift, word, name, stage, alias))
            continue
        moving = _moving(name, mirrors)
        if moving is None:
            return None
        length, replacement, edit = moving.length, moving.replacement, None
        if replacement:
            edit = Edit(start, start + length, replacement)
            edits.append(edit)
        if moving.needs_report or (report_all and edit):
            place = Place(via, Text(word, range(start, start + len(word))))
            move = Move(edit=edit)
            decisions.append(Decision(place, moving.image, moving.resolution, move))
        new_word, new_name = replacement + word[length:], replacement + name[length:]
        expected.append((via, start + shift, new_word, new_name, None, alias))
        shift += len(replacement) - length
    if not edits:
        return QuickRewrite(content, (), decisions)
    new_content = apply_edits(content, edits)
    if _find(new_content) != expected:
        return None
    return QuickRewrite(new_content, tuple(edits), decisions)


def _moving(name: str, mirrors: Mirrors) -> _Moving | None:
    known: dict[str, _Moving | None] = mirrors.memo.setdefault("quick", {})
    if name not in known:
        if len(known) >= _MOST_KNOWN:
            known.clear()
        known[name] = _work_out(name, mirrors)
    return known[name]


def _work_out(name: str, mirrors: Mirrors) -> _Moving | None:
    try:
        image = parse_image(name)
    except InvalidReference:
        return None
    resolution = mirrors.resolve(image)
    copy = resolution.replacement
    if copy is None:
        is_quiet = resolution.verdict in (Verdict.NOT_DOCKER_HUB, Verdict.LOCAL)
        return _Moving(image, resolution, 0, "", not is_quiet)
    length, replacement = replaced_prefix(name, copy.name)
    if not replacement or parse_image(replacement + name[length:]) != copy.with_default_tag():
        return None
    return _Moving(image, resolution, length, replacement, image.digest is not None)


@cache
def _head() -> re.Pattern[bytes]:
    return re.compile(rf"(?:{BLANK}|{_GLOBAL_ARG})*+(?=FROM)".encode())


@cache
def _body() -> re.Pattern[bytes]:
    skipped = rf"(?:{BLANK}|[ \t]*+(?:{PLAIN}|{_STAGE_ARG}))*+"
    return re.compile(rf"{skipped}(?:{_FROM}|{_COPY}|\Z)".encode())


def _find(content: bytes) -> list[_Place] | None:
    """Find the places that name images and stages; None if the file is not usual."""
    syntax = _SYNTAX.match(content)
    if not syntax and _UNUSUAL_START.match(content):
        return None
    if _IGNORE_MARK in content or not may_be_plain(content):
        return None
    places: list[_Place] = []
    if syntax:
        word = syntax[1].decode()
        places.append((Via.SYNTAX, syntax.start(1), word, word, None, None))
    ended = content if content.endswith(b"\n") else content + b"\n"
    head = _head().match(ended)
    return _find_in_stages(ended, head.end(), places) if head else None


def _find_in_stages(content: bytes, first: int, places: list[_Place]) -> list[_Place] | None:
    position = first
    stages: dict[str, int] = {}
    later: set[str] = set()
    index, body = -1, _body()
    while match := body.match(content, position):
        position = match.end()
        if match[1]:
            word = match[1].decode()
            name = _expand(word, content[:first]) if "$" in word else word
            if name is None:
                return None
            alias = match[2].decode().lower() if match[2] else None
            base = -1 if name == SCRATCH else stages.get(name)
            places.append((Via.FROM, match.start(1), word, name, base, alias))
            index += 1
            if alias:
                if alias in stages or alias in later:
                    return None
                stages[alias] = index
        elif match[3]:
            word = match[3].decode()
            source = int(word) if word.isdecimal() else stages.get(word.lower())
            if word == SCRATCH:
                source = -1
            elif source is None:
                later.add(word.lower())
            elif source >= index:
                return None
            places.append((Via.COPY, match.start(3), word, word, source, None))
        else:
            return places if stages or index >= 0 else None
    return None


def _expand(word: str, head: bytes) -> str | None:
    if not _LITERAL_REPOSITORY.match(word):
        return None
    args = dict(_ARG_WITH_DEFAULT.findall(head))
    parts = _VARIABLE.split(word)
    # Of each variable there is its name in one of two groups, and then the text behind it.
    for i in range(1, len(parts), 3):
        value = args.get((parts[i] or parts[i + 1]).encode())
        if value is None:
            return None
        parts[i], parts[i + 1] = value.decode(), ""
    name = "".join(parts)
    return None if "$" in name else name
