"""What the lexer gives, and how it fails."""

from __future__ import annotations

from dataclasses import dataclass

from cdk_ecr_public_pull.dockerfile.text import Text


class WordError(Exception):
    """BuildKit refuses a word.

    Attributes:
        offset: The byte of the file at which it does, or None if it is not in the file.
        required: The variable that must be set, if that is the cause.
    """

    def __init__(
        self, message: str, offset: int | None = None, *, required: str | None = None
    ) -> None:
        """Keep the place beside the message."""
        super().__init__(message)
        self.offset = offset
        self.required = required


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A ``$name`` or ``${name…}`` that was expanded.

    Attributes:
        name: The variable's name.
        start: Where its value begins in the expanded word, counted in characters.
        length: How many characters it gave.
    """

    name: str
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a word; ``is_split`` if white space in it ends a word."""

    text: Text
    is_split: bool
