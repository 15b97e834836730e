"""Heredocs of RUN, COPY, ADD, and of ONBUILD with one of those.

The rules are those of ``frontend/dockerfile/parser/parser.go`` in
https://github.com/moby/buildkit, and of
https://docs.docker.com/reference/dockerfile/#here-documents.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cdk_ecr_public_pull.dockerfile.arguments import (
    is_json,
    split_command,
    split_flags,
    split_words,
)
from cdk_ecr_public_pull.dockerfile.refusal import Refusal
from cdk_ecr_public_pull.dockerfile.text import Text
from cdk_ecr_public_pull.dockerfile.tokens import WordError
from cdk_ecr_public_pull.dockerfile.words import split_heredoc_name, split_raw

_WITH_HEREDOCS = frozenset({"RUN", "COPY", "ADD"})
_MARKER = re.compile(r"[0-9]*<<(-?)[\t\n\f\r ]*([^<]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heredoc:
    """A heredoc.

    Attributes:
        name: The line that ends it.
        strips_tabs: Whether tabs before that line are passed over (``<<-``).
        expands: Whether COPY and ADD expand variables in its body: not if the name is
            quoted.
    """

    name: str
    strips_tabs: bool
    expands: bool


def find_heredocs(instruction: Text, *, start: int) -> list[Heredoc]:
    """The heredocs that an instruction opens, in order.

    Args:
        instruction: The whole instruction, on one line.
        start: The byte at which it starts, for the refusal.

    Raises:
        Refusal: A heredoc's name has a quote that is not closed.
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
    for word in split_raw(instruction.chars):
        try:
            heredoc = parse_heredoc(word)
        except WordError as error:
            raise Refusal(f'heredoc "{word}": {error}', start=start) from None
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
    names = split_heredoc_name(match[2])
    if len(names) != 1:
        return None
    name = names[0]
    return Heredoc(
        name=name, strips_tabs=bool(match[1]), expands=_quotes(name) == _quotes(match[2])
    )


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
