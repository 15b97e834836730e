"""Characters that know where in the file they stand, and errors that point at them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from cdk_ecr_public_pull.report.locations import Span

# BuildKit's scanner: bufio.MaxScanTokenSize - 1.
LONGEST_LINE = 65_535
# What Go's unicode.IsSpace calls space; Python's str.isspace has four more (U+001C to U+001F).
SPACES = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)


class Text:
    """A string, and for each of its characters the byte it stands at in the file.

    Attributes:
        chars: The characters.
        offsets: As many byte offsets, ascending within one word of the file; None
            for a character that is not in the file (a build argument's value, say).
    """

    __slots__ = ("chars", "offsets")

    def __init__(self, chars: str, offsets: Sequence[int | None]) -> None:
        self.chars = chars
        self.offsets = offsets

    def __len__(self) -> int:
        """How many characters there are."""
        return len(self.chars)

    def __getitem__(self, part: slice) -> Text:
        """The characters of a slice, with their offsets."""
        return Text(self.chars[part], self.offsets[part])

    def strip(self) -> Text:
        """This text without white space at its ends, as Go's strings.TrimSpace sees it."""
        stripped = self.chars.strip(SPACES)
        if len(stripped) == len(self.chars):
            return self
        start = len(self.chars) - len(self.chars.lstrip(SPACES))
        return self[start : start + len(stripped)]

    @classmethod
    def of_bytes(cls, raw: bytes, start: int) -> Text:
        """Decode bytes of the file.

        Args:
            raw: The bytes; what is not UTF-8 becomes lone surrogates.
            start: Where the first of them stands in the file.
        """
        if raw.isascii():
            return cls(raw.decode("ascii"), range(start, start + len(raw)))
        chars = raw.decode("utf-8", "surrogateescape")
        offsets: list[int | None] = []
        for char in chars:
            offsets.append(start)
            start += len(char.encode("utf-8", "surrogateescape"))
        return cls(chars, offsets)

    @classmethod
    def unplaced(cls, chars: str) -> Text:
        """Characters that are not in the file."""
        return cls(chars, (None,) * len(chars))

    @classmethod
    def join(cls, parts: Sequence[Text]) -> Text:
        """The parts one after the other."""
        if len(parts) == 1:
            return parts[0]
        return cls(
            "".join(part.chars for part in parts),
            tuple(chain.from_iterable(part.offsets for part in parts)),
        )

    def as_bytes(self) -> Text:
        """This text with a character for each byte of its UTF-8, as Latin-1 has them."""
        chars: list[str] = []
        offsets: list[int | None] = []
        for char, offset in zip(self.chars, self.offsets, strict=True):
            raw = char.encode("utf-8", "surrogateescape")
            chars.append(raw.decode("latin-1"))
            offsets += [None if offset is None else offset + i for i in range(len(raw))]
        return Text("".join(chars), offsets)

    def from_bytes(self) -> Text:
        """The text whose bytes this one has for characters; the inverse of ``as_bytes``."""
        chars = self.chars.encode("latin-1").decode("utf-8", "surrogateescape")
        offsets: list[int | None] = []
        index = 0
        for char in chars:
            offsets.append(self.offsets[index])
            index += len(char.encode("utf-8", "surrogateescape"))
        return Text(chars, offsets)


def span_of(word: Text) -> Span:
    """The bytes of a word of the file, which is not empty."""
    first, last = word.offsets[0], word.offsets[-1]
    if first is None or last is None:
        msg = f"{word.chars!r} is not a word of the file"
        raise ValueError(msg)
    return Span(first, last + len(word.chars[-1].encode("utf-8", "surrogateescape")))


class BuildError(Exception):
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
        super().__init__(message)
        # A byte that is not UTF-8 is shown as Go's %q shows it.
        self.message = message.encode("utf-8", "surrogateescape").decode(
            "utf-8", "backslashreplace"
        )
        self.start = start
        self.offset = offset
        self.missing_args = missing_args

    @classmethod
    def at(cls, word: Text, message: str, start: int) -> BuildError:
        """An error that points at the first character of a word.

        Args:
            word: The word; an empty one has no place.
            message: The cause.
            start: The byte at which the instruction starts.
        """
        return cls(message, start=start, offset=word.offsets[0] if word.chars else None)


class ParserError(BuildError):
    """An error that BuildKit's parser finds, and so in an ONBUILD trigger too."""


class WordError(Exception):
    """BuildKit refuses a word; who knows the instruction makes a ``BuildError`` of it.

    Attributes:
        offset: The byte of the file at which it does, or None if it is not in the file.
        required: The variable that must be set, if that is the cause.
    """

    def __init__(
        self, message: str, offset: int | None = None, *, required: str | None = None
    ) -> None:
        super().__init__(message)
        self.offset = offset
        self.required = required
