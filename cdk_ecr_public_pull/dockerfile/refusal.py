"""What stops BuildKit from building a Dockerfile."""

from __future__ import annotations


class Refusal(Exception):
    """BuildKit refuses the file, or a word of it.

    Attributes:
        message: The cause, in BuildKit's words where it has some.
        line: The line at which it does, from 1.
        offset: The byte at which it does, if one can be named.
        missing_args: The build arguments without which it does, and with which it may
            not; empty if it refuses whatever is given.
    """

    def __init__(
        self,
        message: str,
        *,
        line: int,
        offset: int | None = None,
        missing_args: tuple[str, ...] = (),
    ) -> None:
        """Keep the place beside the message."""
        super().__init__(message)
        self.message = message
        self.line = line
        self.offset = offset
        self.missing_args = missing_args


class ParserRefusal(Refusal):
    """A refusal that BuildKit's parser makes, and so in an ONBUILD trigger too."""
