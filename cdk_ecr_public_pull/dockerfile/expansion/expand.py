"""Words as BuildKit expands them, each character with its origin."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from types import MappingProxyType

from cdk_ecr_public_pull.dockerfile.parser.arguments import may_expand
from cdk_ecr_public_pull.dockerfile.parser.source_text import Text, WordError


class Variable:
    """A ``$name`` or ``${name…}`` that was expanded.

    Attributes:
        name: The variable's name.
        start: Where its value begins in the expanded word, counted in characters.
        length: How many characters it gave.
    """

    __slots__ = ("length", "name", "start")

    def __init__(self, name: str, *, start: int, length: int) -> None:
        self.name = name
        self.start = start
        self.length = length


class Unresolved:
    """A variable whose value only a build tells, as it is written: ``${name}``."""

    __slots__ = ("name", "written")

    def __init__(self, name: str, written: str) -> None:
        self.name = name
        self.written = written


class Expansion:
    """An expanded word.

    Attributes:
        text: Its characters; those of a variable's value stand where the value does.
        variables: The variables of the word itself, in order; those inside another
            one's operation are not listed.
        names: Every variable that was looked up on the way.
        inner: The expansions that gave the variables their values, as far as those come
            from the file.
        unresolved: For each ``UNKNOWN`` of the word itself, by its byte in the file, the
            variable that it stands for.
    """

    __slots__ = ("inner", "names", "text", "unresolved", "variables")

    def __init__(
        self,
        text: Text,
        variables: Sequence[Variable] = (),
        *,
        names: frozenset[str] = frozenset(),
        inner: Sequence[Expansion | None] = (),
        unresolved: Mapping[int, Unresolved] = MappingProxyType({}),
    ) -> None:
        self.text = text
        self.variables = variables
        self.names = names
        self.inner = inner
        self.unresolved = unresolved


def expand(
    word: Text,
    env: Mapping[str, Text],
    *,
    escape: str = "\\",
    expansions: Mapping[str, Expansion] = MappingProxyType({}),
    unknown: Container[str] = (),
) -> Expansion:
    """Expand a word as BuildKit does before it reads an image name from it.

    Args:
        word: The word as it stands in the file.
        env: The variables that have a value; an empty one is a value.
        escape: The file's escape character.
        expansions: What gave variables their values, as far as that is in the file.
        unknown: The variables whose value only a build tells: ``UNKNOWN`` stands for it.

    Returns:
        The expansion.

    Raises:
        WordError: BuildKit refuses the word (a quote that is not closed, say), or it
            nests deeper than ``MAX_NESTING`` or grows longer than ``MAX_LENGTH``.
    """
    if not may_expand(word.chars, escape):
        return Expansion(word)
    from cdk_ecr_public_pull.dockerfile.expansion.lexer import Lexer  # noqa: PLC0415  (most words have nothing to expand)

    lexer = Lexer(word=word, env=env, escape=escape, unknown=unknown)
    pieces = lexer.pieces(stop="")
    return Expansion(
        Text.join([piece.text for piece in pieces]) if pieces else Text("", ()),
        lexer.variables,
        names=frozenset(lexer.names),
        inner=[expansions.get(variable.name) for variable in lexer.variables],
        unresolved=lexer.unresolved,
    )


def is_plain(word: Text, *, escape: str) -> bool:
    """Whether BuildKit finds nothing to expand in a word.

    Args:
        word: The word as it stands in the file.
        escape: The file's escape character.
    """
    try:
        return expand(word, {}, escape=escape).text.chars == word.chars
    except WordError:
        return False


def check_body(body: Text, env: Mapping[str, Text]) -> None:
    """Expand the body of a heredoc as COPY and ADD do, in which quotes mean nothing.

    Args:
        body: The body.
        env: The variables that have a value.

    Raises:
        WordError: BuildKit refuses it.
    """
    from cdk_ecr_public_pull.dockerfile.expansion.lexer import Lexer  # noqa: PLC0415  (most words have nothing to expand)

    Lexer(word=body, env=env, escape="\\", has_quotes=False).pieces(stop="")
