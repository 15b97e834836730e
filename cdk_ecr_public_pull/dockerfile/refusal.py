"""What stops BuildKit from building a Dockerfile."""

from __future__ import annotations

from cdk_ecr_public_pull.dockerfile.text import Text


class Refusal(Exception):
    """BuildKit refuses the file, or a word of it.

    Attributes:
        message: The cause, in BuildKit's words where it has some.
        start: The byte at which the refused instruction starts.
        offset: The byte at which the refused word starts, if one can be named.
        missing_args: The build arguments without which it is refused, and with which it
            may not be; empty if it is refused whatever is given.
    """

    def __init__(
        self,
        message: str,
        *,
        start: int,
        offset: int | None = None,
        missing_args: tuple[str, ...] = (),
    ) -> None:
        """Keep the place beside the message."""
        super().__init__(message)
        # A byte that is not UTF-8 is shown as Go's %q shows it.
        self.message = message.encode("utf-8", "surrogateescape").decode(
            "utf-8", "backslashreplace"
        )
        self.start = start
        self.offset = offset
        self.missing_args = missing_args

    @classmethod
    def of(cls, message: str, start: int, word: Text) -> Refusal:
        """A refusal that points at the first character of a word.

        Args:
            message: The cause.
            start: The byte at which the instruction starts.
            word: The word; an empty one has no place.
        """
        return cls(message, start=start, offset=word.offsets[0] if word.chars else None)


class ParserRefusal(Refusal):
    """A refusal that BuildKit's parser makes, and so in an ONBUILD trigger too."""
