"""Heredocs of RUN, COPY, ADD, and of ONBUILD with one of those.

The rules are those of ``frontend/dockerfile/parser/parser.go`` in
https://github.com/moby/buildkit, and of
https://docs.docker.com/reference/dockerfile/#here-documents.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from cdk_ecr_public_pull.dockerfile.expansion.lexer import Lexer, Piece
from cdk_ecr_public_pull.dockerfile.parser.arguments import (
    is_json,
    split_command,
    split_flags,
    split_words,
)
from cdk_ecr_public_pull.dockerfile.parser.reader import Heredoc
from cdk_ecr_public_pull.dockerfile.parser.source_text import SPACES, BuildError, Text, WordError

_WITH_HEREDOCS = frozenset({"RUN", "COPY", "ADD"})
_MARKER = re.compile(r"[0-9]*<<(-?)[\t\n\f\r ]*([^<]*)")


def find_heredocs(instruction: Text, start: int) -> list[Heredoc]:
    """The heredocs that an instruction opens, in order.

    Args:
        instruction: The whole instruction, on one line.
        start: The byte at which it starts, for the error.

    Raises:
        BuildError: A heredoc's name has a quote that is not closed.
    """
    if "<<" not in instruction.chars:
        return []
    command = split_command(instruction)
    _, arguments = split_flags(command.arguments)
    if command.name == "ONBUILD":
        command = split_command(arguments)
        _, arguments = split_flags(command.arguments)
    if command.name not in _WITH_HEREDOCS or is_json(arguments.chars):
        return []
    heredocs = []
    for word in _split_raw(instruction.chars):
        try:
            heredoc = parse_heredoc(word)
        except WordError as error:
            raise BuildError(f'heredoc "{word}": {error}', start=start) from None
        if heredoc:
            heredocs.append(heredoc)
    return heredocs


def parse_heredoc(word: str) -> Heredoc | None:
    """Read a word as a heredoc's marker.

    Args:
        word: A word of an instruction, quotes and escapes in it.

    Returns:
        The heredoc, or None if the word opens none.

    Raises:
        WordError: A quote in it is not closed.
    """
    match = _MARKER.fullmatch(word)
    if match is None or not match[2]:
        return None
    names = _split_name(match[2])
    if len(names) != 1:
        return None
    name = names[0]
    return Heredoc(name, strips_tabs=bool(match[1]), expands=_quotes(name) == _quotes(match[2]))


def _quotes(text: str) -> int:
    return text.count("'") + text.count('"')


def expanded_bodies(arguments: Text, bodies: Mapping[str, Text]) -> tuple[Text, ...]:
    """The bodies of heredocs in which COPY or ADD expands variables.

    Args:
        arguments: The instruction's arguments.
        bodies: The bodies of its heredocs by their names.
    """
    _, rest = split_flags(arguments)
    expanded: list[Text] = []
    for word in split_words(rest)[:-1]:
        try:
            heredoc = parse_heredoc(word.chars)
        except WordError:
            continue
        if heredoc and heredoc.expands and heredoc.name in bodies:
            expanded.append(bodies[heredoc.name])
    return tuple(expanded)


def _split_raw(line: str) -> list[str]:
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


def _split_name(text: str) -> tuple[str, ...]:
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
