"""Words as BuildKit reads them: expanded, each character with its origin; split for heredocs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from cdk_ecr_public_pull.dockerfile.lexer import Lexer
from cdk_ecr_public_pull.dockerfile.text import SPACES, Text
from cdk_ecr_public_pull.dockerfile.tokens import Piece, Variable, WordError

NO_NAMES: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Expansion:
    """An expanded word.

    Attributes:
        text: Its characters; those of a variable's value stand where the value does.
        variables: The variables of the word itself, in order; those inside another
            one's operation are not listed.
        names: Every variable that was looked up on the way.
        inner: The expansions that gave the variables their values, as far as those come
            from the file.
    """

    text: Text
    variables: tuple[Variable, ...]
    names: frozenset[str]
    inner: tuple[Expansion | None, ...] = ()


def expand(
    word: Text,
    env: Mapping[str, Text],
    *,
    escape: str = "\\",
    expansions: Mapping[str, Expansion] = MappingProxyType({}),
) -> Expansion:
    """Expand a word as BuildKit does before it reads an image name from it.

    Args:
        word: The word as it stands in the file.
        env: The variables that have a value; an empty one is a value.
        escape: The file's escape character.
        expansions: What gave variables their values, as far as that is in the file.

    Returns:
        The expansion.

    Raises:
        WordError: BuildKit refuses the word (a quote that is not closed, say), or it
            nests deeper than ``MAX_NESTING`` or grows longer than ``MAX_LENGTH``.
    """
    if not _needs_lexing(escape).search(word.chars):
        return Expansion(word, (), NO_NAMES)
    lexer = Lexer(word=word, env=env, escape=escape)
    pieces = lexer.pieces(stop="")
    variables = tuple(lexer.variables)
    return Expansion(
        Text.join([piece.text for piece in pieces]) if pieces else Text("", ()),
        variables,
        frozenset(lexer.names),
        tuple(expansions.get(variable.name) for variable in variables),
    )


def check_body(body: Text, env: Mapping[str, Text]) -> None:
    """Expand the body of a heredoc as COPY and ADD do, in which quotes mean nothing.

    Args:
        body: The body.
        env: The variables that have a value.

    Raises:
        WordError: BuildKit refuses it.
    """
    Lexer(word=body, env=env, escape="\\", has_quotes=False).pieces(stop="")


def split_raw(line: str) -> list[str]:
    """Split a line as BuildKit does to look for heredocs: quotes and escapes stay.

    Args:
        line: A whole instruction.

    Returns:
        Its words, a ``<<`` together with the word behind it; none if it cannot be
        lexed, since BuildKit then finds no heredoc.
    """
    lexer = Lexer(word=Text.unplaced(line), env={}, escape="\\", keep_all=True, raw_escapes=True)
    try:
        return _split(lexer.pieces(stop=""))
    except WordError:
        return []


def split_heredoc_name(text: str) -> tuple[str, ...]:
    """Split what follows ``<<`` or ``<<-``: one word is a heredoc's name, unquoted.

    Args:
        text: The rest of the word.

    Raises:
        WordError: A quote is not closed.
    """
    word = Text.unplaced(text)
    return tuple(_split(Lexer(word=word, env={}, escape="\\", keep_unset=True).pieces(stop="")))


def _split(pieces: list[Piece]) -> list[str]:
    words = [""]
    for piece in pieces:
        if not piece.is_split:
            words[-1] += piece.text.chars
            continue
        for char in piece.text.chars:
            if char not in SPACES:
                words[-1] += char
            elif words[-1]:
                words.append("")
    return [word for word in words if word]


@cache
def _needs_lexing(escape: str) -> re.Pattern[str]:
    return re.compile(rf"['\"$\ufeff{re.escape(escape)}]")
