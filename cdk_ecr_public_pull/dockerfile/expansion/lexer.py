r"""The lexer behind ``expand``: one word, character by character.

The rules are those of ``frontend/dockerfile/shell/lex.go`` in
https://github.com/moby/buildkit::

    word      = { char | escape char | "'" … "'" | '"' … '"' | variable }
    variable  = "$" name | "${" name [ operation ] "}"
    name      = letters, digits and "_" | digits | one of @ * # ? - $ ! 0
    operation = [ ":" ] ( "-" | "+" | "?" ) word       default, alternative, required
              | ( "#" | "##" | "%" | "%%" ) pattern    without a prefix or suffix
              | ( "/" | "//" ) pattern "/" word        with one or all replaced
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from functools import cache, partial
from typing import NamedTuple

from cdk_ecr_public_pull.dockerfile.expansion.expand import Unresolved, Variable
from cdk_ecr_public_pull.dockerfile.expansion.patterns import (
    InvalidPattern,
    parameter_end,
    replace,
    trim,
)
from cdk_ecr_public_pull.dockerfile.parser.source_text import Text, WordError
from cdk_ecr_public_pull.images.partial import UNKNOWN

# BuildKit has no bound; these are far beyond any real file, and keep time and stack small.
MAX_NESTING = 100
MAX_LENGTH = 8_192
_UNCLOSED = "unexpected end of statement while looking for matching {}-quote"
_EMPTY = Text("", ())
_HEREDOC_MARKER = re.compile(r"<(?:<[\t\v\f\r ]*)?")


@cache
def _without(special: str) -> re.Pattern[str]:
    return re.compile(rf"[^{re.escape(special)}]+")


class Piece(NamedTuple):
    """A part of a word; ``is_split`` if white space in it ends a word."""

    text: Text
    is_split: bool


class Lexer:
    """A word, and how far it has been read.

    Attributes:
        word: The word as it stands in the file.
        env: The variables that have a value.
        escape: The file's escape character.
        unknown: The variables whose value only a build tells: ``UNKNOWN`` stands for it.
        keep_all: Leave quotes and variables without a value as they are written.
        keep_unset: Leave variables without a value as they are written.
        raw_escapes: Leave escape characters as they are written.
        has_quotes: Whether quotes mean something.
    """

    def __init__(
        self,
        word: Text,
        env: Mapping[str, Text],
        *,
        escape: str,
        unknown: Container[str] = (),
        keep_all: bool = False,
        keep_unset: bool = False,
        raw_escapes: bool = False,
        has_quotes: bool = True,
    ) -> None:
        self.word = word
        self.env = env
        self.escape = escape
        self.unknown = unknown
        self.keep_all = keep_all
        self.keep_unset = keep_unset
        self.raw_escapes = raw_escapes
        self.has_quotes = has_quotes
        # Go's text/scanner drops a byte order mark at the beginning of its input.
        self.position = 1 if word.chars.startswith("\ufeff") else 0
        self.depth = 0
        self.variables: list[Variable] = []
        self.names: set[str] = set()
        self.unresolved: dict[int, Unresolved] = {}

    def _peek(self) -> str:
        return self.word.chars[self.position : self.position + 1]

    def _take(self) -> Text:
        self.position += 1
        return self.word[self.position - 1 : self.position]

    def _take_match(self, pattern: re.Pattern[str]) -> Text | None:
        found = pattern.match(self.word.chars, self.position)
        if found is None:
            return None
        self.position = found.end()
        return self.word[found.start() : self.position]

    def _fail(self, message: str, *, at: int, required: str | None = None) -> WordError:
        """A refusal of what is at an index of the word, or just behind it."""
        offsets = self.word.offsets
        last = min(at, len(offsets) - 1)
        return WordError(message, offsets[last] if offsets else None, required=required)

    def pieces(self, *, stop: str) -> list[Piece]:
        """Lex up to the character ``stop``, which is taken too, or to the end if it is empty."""
        pieces: list[Piece] = []
        length = 0
        ordinary = _without(f"'\"$<{self.escape}{stop}")
        while char := self._peek():
            if char == stop:
                self.position += 1
                return pieces
            run = self._take_match(ordinary)
            pieces.append(Piece(run, is_split=True) if run else self._special(char, length))
            length += len(pieces[-1].text)
            if length > MAX_LENGTH + len(self.word):
                message = f"variables make the word more than {MAX_LENGTH} characters longer"
                raise self._fail(message, at=self.position)
        if stop:
            place = " in ${}" if stop == "/" else ""
            raise self._fail(f"syntax error: missing '{stop}'{place}", at=self.position)
        return pieces

    def _text(self, *, stop: str, raw_escapes: bool) -> Text:
        """Like ``pieces``, joined."""
        outer, self.raw_escapes = self.raw_escapes, raw_escapes
        pieces = self.pieces(stop=stop)
        self.raw_escapes = outer
        return Text.join([piece.text for piece in pieces] or [_EMPTY])

    def _special(self, char: str, length: int) -> Piece:
        if char == "$":
            return Piece(self._variable_at(length), is_split=True)
        if char in "'\"" and not self.has_quotes:
            return Piece(self._take(), is_split=False)
        if char == "'":
            return Piece(self._single_quoted(), is_split=False)
        if char == '"':
            return Piece(self._double_quoted(length), is_split=False)
        if marker := self._take_match(_HEREDOC_MARKER):
            return Piece(marker, is_split=False)
        return Piece(self._escaped(), is_split=False)

    def _escaped(self) -> Text:
        escape, char = self._take(), self._take()
        return Text.join([escape, char]) if self.raw_escapes else char

    def _single_quoted(self) -> Text:
        start = self.position
        end = self.word.chars.find("'", start + 1)
        if end < 0:
            raise self._fail(_UNCLOSED.format("single"), at=start)
        self.position = end + 1
        return self.word[start : end + 1] if self.keep_all else self.word[start + 1 : end]

    def _double_quoted(self, length: int) -> Text:
        start = self.position
        quote = self._take()
        parts = [quote] if self.keep_all else []
        length += len(parts)
        ordinary = _without(f'"${self.escape}')
        while (char := self._peek()) != '"':
            if not char:
                raise self._fail(_UNCLOSED.format("double"), at=start)
            if run := self._take_match(ordinary):
                parts.append(run)
            elif char == "$":
                parts.append(self._variable_at(length))
            else:
                parts.append(self._escaped_in_quotes())
            length += len(parts[-1])
        quote = self._take()
        return Text.join([*parts, quote] if self.keep_all else parts or [_EMPTY])

    def _escaped_in_quotes(self) -> Text:
        escape, following = self._take(), self._peek()
        # Only a quote, a dollar and the escape itself can be escaped; before others it stays.
        char = self._take() if following and following in f'"${self.escape}' else escape
        if self.raw_escapes:
            return Text.join([escape, char])
        return char if following else _EMPTY

    def _variable_at(self, start: int) -> Text:
        """Expand the variable here, whose value begins at ``start`` of the word's expansion."""
        place = self.position
        name, value = self._variable()
        offset = self.word.offsets[place]
        if value.chars == UNKNOWN and offset is not None and value.offsets[0] == offset:
            written = self.word.chars[place : self.position]
            self.unresolved[offset] = Unresolved(name, written)
        if self.depth == 0 and name:
            self.variables.append(Variable(name, start=start, length=len(value)))
        return value

    def _variable(self) -> tuple[str, Text]:
        """Expand the variable at ``$``; an empty name if it is a lone dollar."""
        if self.depth >= MAX_NESTING:
            message = f"variables nest deeper than {MAX_NESTING} levels"
            raise self._fail(message, at=self.position)
        start = self.position
        self.position += 1
        if self._peek() != "{":
            name = self._name()
            return name, self._value(name, start) if name else self.word[start : self.position]
        self.position += 1
        if not self._peek():
            raise self._fail("syntax error: missing '}'", at=self.position)
        if self._peek() in "{}:":
            raise self._fail("syntax error: bad substitution", at=self.position)
        name = self._name()
        self.depth += 1
        value = self._operation(name, start)
        self.depth -= 1
        return name, value

    def _name(self) -> str:
        start = self.position
        self.position = parameter_end(self.word.chars, start)
        return self.word.chars[start : self.position]

    def _value(self, name: str, start: int) -> Text:
        """A variable's value; its own text if it has none and such are kept."""
        self.names.add(name)
        if name in self.unknown:
            return Text(UNKNOWN, (self.word.offsets[start],))
        if name in self.env:
            return self.env[name]
        return self.word[start : self.position] if self.keep_all or self.keep_unset else _EMPTY

    def _operation(self, name: str, start: int) -> Text:
        place = self.position
        modifier = self._take().chars
        if modifier == "}":
            return self._value(name, start)
        if modifier == "/":
            return self._replaced(name, start)
        if modifier == ":":
            modifier += self._take().chars
        if modifier in (":#", ":%") or modifier[:1] not in tuple(":-+?#%"):
            raise self._unsupported(modifier, place)
        word = self._text(stop="}", raw_escapes=modifier in tuple("#%"))
        value = self._value(name, start)
        if (self.keep_all or self.keep_unset) and name not in self.env:
            return value
        if modifier in tuple("#%"):
            return self._trimmed(value, word.chars, modifier, start)
        has_value = name in self.env and not (modifier[0] == ":" and not value.chars)
        match modifier.removeprefix(":"):
            case "-":
                return value if has_value else word
            case "+":
                return word if has_value else _EMPTY
            case "?":
                is_open = has_value or name in self.unknown
                return value if is_open else self._missing(name, word.chars, start)
        raise self._unsupported(modifier, place)

    def _unsupported(self, modifier: str, place: int) -> WordError:
        if not modifier:
            return self._fail("syntax error: missing '}'", at=place)
        return self._fail(f"unsupported modifier ({modifier}) in substitution", at=place)

    def _missing(self, name: str, message: str, start: int) -> Text:
        default = f"is not allowed to be {'empty' if name in self.env else 'unset'}"
        raise self._fail(f"{name}: {message or default}", at=start, required=name)

    def _trimmed(self, value: Text, pattern: str, operator: str, start: int) -> Text:
        is_longest = pattern.startswith(operator)
        pattern = pattern[is_longest:]
        change = partial(trim, value, pattern, operator, is_longest=is_longest)
        return self._changed(change, value, pattern, start)

    def _replaced(self, name: str, start: int) -> Text:
        is_global = self._peek() == "/"
        self.position += is_global
        pattern = self._text(stop="/", raw_escapes=True).chars
        replacement = self._text(stop="}", raw_escapes=True)
        value = self._value(name, start)
        if name not in self.env and (self.keep_all or self.keep_unset):
            return value
        change = partial(replace, value, pattern, replacement, is_global=is_global)
        return self._changed(change, value, pattern, start)

    def _changed(self, change: Callable[[], Text], value: Text, pattern: str, start: int) -> Text:
        if UNKNOWN in value.chars + pattern:
            return Text(UNKNOWN, (self.word.offsets[start],))
        try:
            return change()
        except InvalidPattern as error:
            message = f"invalid pattern ({pattern}) in substitution: {error}"
            raise self._fail(message, at=start) from None
